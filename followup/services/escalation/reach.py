"""Whom a rung reaches at an instant, over which channels; and why it does not reach the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.errors import NotFound
from followup.domain.ladder import Ladder, PageChannel, Rung, Who
from followup.domain.rota import Rota
from followup.services.context import Services
from followup.services.escalation.contact_points import Reach, reaches_in
from followup.services.escalation.ladder import ladder_in
from followup.services.escalation.rota import rota_in
from followup.store import clinics, ladders, senders, staff
from followup.store.database import Tx
from followup.store.models import Clinic, Sender, Staff

NOBODY_ON_DUTY = "nobody is on duty as {role}"


@dataclass(frozen=True, slots=True)
class Target:
    """One page to send: to a person (`address` is E.164 or a mail address) or to a webhook (no address)."""

    channel: PageChannel
    to: UUID
    name: str
    address: str = ""
    language: str = "en"

    @property
    def staff_id(self) -> UUID | None:
        """The person, or None for a webhook."""
        return None if self.channel is PageChannel.WEBHOOK else self.to


@dataclass(frozen=True, slots=True)
class RungReach:
    """What a rung comes to at an instant: whom it pages, and what it lacks, each in a few words."""

    rung: Rung
    targets: tuple[Target, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roll:
    """All that says who can be paged in a clinic: read once for a climb, a drill or a look."""

    clinic: Clinic
    ladder: Ladder
    rota: Rota
    reaches: Mapping[UUID, Reach]
    people: Mapping[UUID, Staff]
    webhooks: Mapping[UUID, str]
    open: frozenset[PageChannel]  # what this service can send on for this clinic
    own_pager: bool  # texts and calls leave from a number of their own

    def rung(self, rung: Rung, at: datetime, *, owner: UUID | None = None, also: UUID | None = None) -> RungReach:
        """Whom a rung pages; `owner` has the case, `also` is paged beside those whom the rung names."""
        lacking: list[str] = []
        targets: list[Target] = []
        if rung.who is Who.WEBHOOK:
            name = self.webhooks.get(rung.webhook_id) if rung.webhook_id is not None else None
            if rung.webhook_id is not None and name is not None and PageChannel.WEBHOOK in self.open:
                targets.append(Target(PageChannel.WEBHOOK, rung.webhook_id, name))
            else:
                lacking.append("its webhook is gone or posts are switched off")
            return RungReach(rung, tuple(targets), tuple(lacking))
        named = self._named(rung, at, owner, lacking)
        for staff_id in dict.fromkeys([*named, *([also] if also is not None else [])]):
            person = self.people.get(staff_id)
            if person is None or not person.active:
                lacking.append("somebody named here may no longer come in")
                continue
            found = [target for channel in rung.channels if (target := self._target(person, channel))]
            if not found:
                wanted = " or ".join(channel.label.lower() for channel in rung.channels)
                lacking.append(f"{person.name} cannot be reached by {wanted}")
            targets += found
        return RungReach(rung, tuple(targets), tuple(lacking))

    def _named(self, rung: Rung, at: datetime, owner: UUID | None, lacking: list[str]) -> tuple[UUID, ...]:
        if rung.who is Who.ROLE and rung.role is not None:
            on_duty = self.rota.on_duty(rung.role, at)
            if not on_duty:
                lacking.append(NOBODY_ON_DUTY.format(role=rung.role.label.lower()))
            return on_duty
        if rung.who is Who.OWNER:
            if owner is None:
                lacking.append("nobody has the case")
            return (owner,) if owner is not None else ()
        return (rung.staff_id,) if rung.staff_id is not None else ()

    def _target(self, person: Staff, channel: PageChannel) -> Target | None:
        reach = self.reaches.get(person.id)
        if reach is None or channel not in reach.channels or channel not in self.open:
            return None
        point = reach.email if channel is PageChannel.EMAIL else reach.mobile
        assert point is not None
        return Target(channel, person.id, person.name, point.address, self.language_of(person))

    def language_of(self, person: Staff) -> str:
        """The language that somebody is paged in: their own choice, else the clinic's."""
        chosen = str(person.preferences.get("language") or self.clinic.language)
        return chosen if chosen in ("en", "es") else "en"

    def administrators(self) -> tuple[Target, ...]:
        """Every administrator by email: who is paged when the ladder reaches nobody."""
        if PageChannel.EMAIL not in self.open:
            return ()
        return tuple(
            Target(PageChannel.EMAIL, one.id, one.name, self._mail_of(one), self.language_of(one))
            for one in self.people.values()
            if one.active and one.role == "admin"
        )

    def _mail_of(self, person: Staff) -> str:
        reach = self.reaches.get(person.id)
        return reach.email.address if reach is not None and reach.email is not None else person.email


def roll_in(tx: Tx, services: Services, clinic_id: UUID) -> Roll:
    """Who can be paged in a clinic. Raises NotFound."""
    clinic = clinics.by_id(tx, clinic_id)
    if clinic is None:
        raise NotFound("There is no such clinic.")
    both = (senders.PAGES, senders.PATIENTS)
    own = [one for purpose in both for one in clinics.senders_of(tx, clinic_id, purpose) if one.stopped_at is None]
    kinds = {one.kind for one in own}
    open_: set[PageChannel] = set()
    if services.sms is not None and kinds & {"sms", "messaging_service"}:
        open_.add(PageChannel.SMS)
    if services.calls is not None and call_number_of(own) is not None:
        open_.add(PageChannel.CALL)
    if services.email is not None and "email" in kinds:
        open_.add(PageChannel.EMAIL)
    if services.webhook is not None:
        open_.add(PageChannel.WEBHOOK)
    return Roll(
        clinic=clinic,
        ladder=ladder_in(tx, clinic_id),
        rota=rota_in(tx, clinic_id),
        reaches=reaches_in(tx, clinic_id),
        people={one.id: one for one in staff.of_clinic(tx, clinic_id)},
        webhooks={one.id: one.name for one in ladders.webhooks(tx, clinic_id)},
        open=frozenset(open_),
        own_pager=any(one.purpose == senders.PAGES and one.kind != "email" for one in own),
    )


def call_number_of(own: Sequence[Sender]) -> str | None:
    """The number that calls leave from: one for pages where there is one, and never a short code or a service."""
    numbers = [one for one in own if one.kind == "sms" and one.address.startswith("+")]
    numbers.sort(key=lambda one: one.purpose != senders.PAGES)
    return str(numbers[0].address) if numbers else None


@dataclass(frozen=True, slots=True)
class Reachable:
    """What the ladder comes to at an instant, rung by rung; `administrators` stand behind it."""

    rungs: tuple[RungReach, ...]
    administrators: tuple[Target, ...]
    own_pager: bool

    @property
    def anyone(self) -> bool:
        """True when some rung reaches somebody."""
        return any(rung.targets for rung in self.rungs)


def who_is_reachable(services: Services, clinic_id: UUID, at: datetime | None = None) -> Reachable:
    """Whom the ladder would page at an instant (by default now), for `doctor`, coverage and the screens."""
    with services.db.read() as tx:
        roll = roll_in(tx, services, clinic_id)
    moment = at or services.now()
    rungs = tuple(roll.rung(rung, moment) for rung in roll.ladder.rungs)
    return Reachable(rungs, roll.administrators(), roll.own_pager)
