"""A page is answered: whoever was paged has the case, which buys time; or passes it on, which climbs at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus, Move
from followup.domain.errors import Conflict, NotFound
from followup.domain.escalation import next_page_after_claim
from followup.domain.ladder import PageChannel
from followup.domain.paging import AnsweredBy, ContactKind
from followup.services.cases.acknowledge import owning
from followup.services.cases.moves import move_in, name_of
from followup.services.context import Services
from followup.services.escalation.lost import announce, climb_on_in
from followup.store import audit, case_events, cases, contact_points, escalations, pages
from followup.store.database import Tx
from followup.store.models import Case, Page


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What answering a page came to. `owner` has the case now (a name; empty for a drill or a case that is done)."""

    page_id: UUID
    case_id: UUID | None
    first: bool  # False: this page was answered before
    mine: bool  # the one who answered has the case
    owner: str
    over: bool  # there is nothing left to do: resolved, or the patient was reached


def acknowledge_page(services: Services, page_id: UUID, how: AnsweredBy) -> Acknowledged:
    """Record who answered, and let them have the case where nobody has it; either way it buys time, like a claim.

    Answering twice changes nothing more. Raises NotFound for a page that nobody made or that went to no person.
    """
    now = services.now()
    with services.db.write() as tx:
        page = pages.hold(tx, page_id)
        if page is None or page.staff_id is None:
            raise NotFound("There is no such page.")
        case = cases.locked(tx, page.clinic_id, page.case_id) if page.case_id is not None else None
        first = pages.answer(tx, page.id, how=how.value, at=now)
        if first:
            kind = ContactKind.EMAIL if page.channel == PageChannel.EMAIL else ContactKind.MOBILE
            contact_points.mark_verified(tx, page.clinic_id, page.staff_id, kind, now)
            _record(tx, page, now, "page.acknowledge")
        if case is not None and first:
            case = _answered_in(tx, services, page, page.staff_id, case, how, now)
        done = _what_became(tx, page, case, first=first)
    announce(services, page)
    return done


def _answered_in(
    tx: Tx, services: Services, page: Page, staff_id: UUID, case: Case, how: AnsweredBy, now: datetime
) -> Case:
    actor = Actor(ActorKind.STAFF, staff_id)
    case_events.add(
        tx, case.clinic_id, case.id, "page_answered", actor, now, {"how": how.value, "channel": page.channel}
    )  # fmt: skip
    over = case.status == CaseStatus.RESOLVED or case.next_page_at is None
    if case.status == CaseStatus.OPEN and case.owner_id in (None, staff_id):
        try:
            return move_in(
                tx,
                services,
                clinic_id=case.clinic_id,
                case_id=case.id,
                actor=actor,
                move=Move.ACKNOWLEDGE,
                event="acknowledged",
                values=owning(services, case, staff_id),
                free_for=staff_id,
            )
        except Conflict:
            pass  # the case is held, so nobody can have been quicker; were it so, they have it
    elif not over:
        until = next_page_after_claim(Acuity(case.acuity), case.respond_by, now)
        if until is not None:
            escalations.buy_time(tx, case.clinic_id, case.id, until)
    found = cases.by_id(tx, case.clinic_id, case.id)
    assert found is not None
    return found


def look_at_page(services: Services, page_id: UUID) -> Acknowledged:
    """How a page stands, without answering it: what its link shows before the button is pressed. Raises NotFound."""
    with services.db.read() as tx:
        page = pages.by_id(tx, page_id)
        if page is None or page.staff_id is None:
            raise NotFound("There is no such page.")
        case = cases.by_id(tx, page.clinic_id, page.case_id) if page.case_id is not None else None
        return _what_became(tx, page, case, first=page.acknowledged_at is None)


def _what_became(tx: Tx, page: Page, case: Case | None, *, first: bool) -> Acknowledged:
    if case is None:
        return Acknowledged(page.id, None, first, mine=False, owner="", over=False)
    return Acknowledged(
        page.id,
        case.id,
        first,
        mine=case.owner_id == page.staff_id,
        owner=name_of(tx, case.clinic_id, case.owner_id) if case.owner_id else "",
        over=case.status == CaseStatus.RESOLVED or case.contacted_at is not None,
    )


def pass_on(services: Services, page_id: UUID) -> bool:
    """Somebody cannot: the ladder is climbed at once, unless others of that rung may still answer.

    False when the page was answered before. Raises NotFound.
    """
    now = services.now()
    with services.db.write() as tx:
        page = pages.hold(tx, page_id)
        if page is None or page.staff_id is None:
            raise NotFound("There is no such page.")
        if not pages.decline(tx, page.id, now):
            return False
        tx.refresh(page)
        _record(tx, page, now, "page.decline")
        if page.case_id is not None:
            actor = Actor(ActorKind.STAFF, page.staff_id)
            case_events.add(
                tx, page.clinic_id, page.case_id, "page_answered", actor, now,
                {"how": "declined", "channel": page.channel},
            )  # fmt: skip
            case = cases.locked(tx, page.clinic_id, page.case_id)
            if case is not None and case.status == CaseStatus.OPEN:
                climb_on_in(tx, page, now)
    announce(services, page)
    return True


def _record(tx: Tx, page: Page, now: datetime, action: str) -> None:
    assert page.staff_id is not None
    audit.record(
        tx, clinic_id=page.clinic_id, at=now, actor=Actor(ActorKind.STAFF, page.staff_id), action=action,
        object_kind="page", object_id=page.id, fields=["acknowledged_at"],
    )  # fmt: skip
