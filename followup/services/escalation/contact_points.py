"""Where each member of staff can be paged: kept, changed, and looked at as a whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.domain.ladder import PageChannel
from followup.domain.paging import ContactKind
from followup.domain.patient import parse_email
from followup.domain.phone import parse_phone
from followup.services.audited import record_change
from followup.services.context import Services
from followup.store import contact_points, staff
from followup.store.database import Tx
from followup.store.models import ContactPoint


@dataclass(frozen=True, slots=True)
class Point:
    """One address; `pages` is agreed, `stopped_at` the STOP that the carrier heeds, `verified_at` the first answer."""

    address: str
    pages: bool
    stopped_at: datetime | None
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Over what one member of staff can be paged."""

    staff_id: UUID
    name: str
    role: str
    mobile: Point | None
    email: Point | None

    @property
    def channels(self) -> frozenset[PageChannel]:
        """The channels on which a page can be sent to them now."""
        found: set[PageChannel] = set()
        if self.mobile is not None and self.mobile.pages:
            found |= {PageChannel.CALL} | ({PageChannel.SMS} if self.mobile.stopped_at is None else set())
        if self.email is not None and self.email.pages:
            found.add(PageChannel.EMAIL)
        return frozenset(found)


def list_contact_points(services: Services, clinic_id: UUID) -> tuple[Reach, ...]:
    """Everyone who may come in, by name, with where they can be paged."""
    with services.db.read() as tx:
        return tuple(reaches_in(tx, clinic_id).values())


def reach_of(services: Services, clinic_id: UUID, staff_id: UUID) -> Reach:
    """Where one member of staff can be paged. Raises NotFound."""
    with services.db.read() as tx:
        found = reaches_in(tx, clinic_id).get(staff_id)
    if found is None:
        raise NotFound("There is no such member of staff here.")
    return found


def reaches_in(tx: Tx, clinic_id: UUID) -> dict[UUID, Reach]:
    """The same by person, in a transaction."""
    people = staff.of_clinic(tx, clinic_id, active_only=True)
    points = contact_points.of_staff(tx, clinic_id, [one.id for one in people])
    return {
        one.id: Reach(
            one.id,
            one.name,
            one.role,
            _point(points[one.id].get(ContactKind.MOBILE)),
            _point(points[one.id].get(ContactKind.EMAIL)),
        )
        for one in people
    }


def _point(row: ContactPoint | None) -> Point | None:
    return Point(row.address, row.pages, row.stopped_at, row.verified_at) if row is not None else None


def set_contact_point(
    services: Services,
    clinic_id: UUID,
    staff_id: UUID,
    kind: ContactKind,
    address: str,
    *,
    pages: bool = True,
    actor: Actor,
) -> None:
    """Keep where somebody can be paged, and whether they agree to it there. Raises InvalidInput, NotFound."""
    plain = mobile_number(address) if kind is ContactKind.MOBILE else parse_email(address, "email").lower()
    with services.db.write() as tx:
        if staff.by_id(tx, clinic_id, staff_id) is None:
            raise NotFound("There is no such member of staff here.")
        row = contact_points.put(tx, clinic_id, staff_id, kind, address=plain, pages=pages, now=services.now())
        fields = [kind.value, "pages"]
        record_change(tx, services, clinic_id, actor, "contact_point.set", "contact_point", row.id, fields)


def mobile_number(number: str) -> str:
    """A mobile number in its one written form (E.164). Raises InvalidInput for the field `mobile`."""
    try:
        return parse_phone(number)
    except InvalidInput as wrong:
        raise InvalidInput([Fault("mobile", fault.message) for fault in wrong.faults]) from None


def remove_contact_point(
    services: Services, clinic_id: UUID, staff_id: UUID, kind: ContactKind, *, actor: Actor
) -> None:  # fmt: skip
    """Page somebody there no more. Raises NotFound."""
    with services.db.write() as tx:
        if not contact_points.remove(tx, clinic_id, staff_id, kind):
            raise NotFound("There is no such address here.")
        record_change(tx, services, clinic_id, actor, "contact_point.remove", "contact_point", staff_id, [kind.value])
