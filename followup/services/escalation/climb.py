"""The ladder is climbed: whoever the next rung names is paged, once, however many look at the same moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from followup.domain.actor import SYSTEM
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus
from followup.domain.ladder import repeat_every
from followup.domain.paging import FALLBACK_RUNG
from followup.services.cases import intake
from followup.services.context import Services
from followup.services.escalation.reach import Roll, Target, roll_in
from followup.services.escalation.write import page_in
from followup.store import case_events, cases, escalations
from followup.store.models import Case

log = structlog.get_logger(__name__)
SEND_PAGES = "followup.send_pages"
NOBODY_PAGED = "nobody_paged"  # what the queue shows of a case for which nobody at all could be paged
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one climb does: whom it pages from which rung, what it passed over, and where it goes on when."""

    position: int
    targets: tuple[Target, ...]
    lacking: tuple[str, ...]
    following: int
    wait: timedelta


def climb_due(services: Services) -> int:
    """Page for every case whose next page is due; returns for how many. Any number of processes may do so."""
    now = services.now()
    with services.db.read() as tx:
        if not escalations.any_due(tx, now):
            return 0
        found = escalations.due(tx, now, limit=_AT_ONCE)
    return sum(climb_now(services, one.clinic_id, one.case_id) for one in found)


def climb_now(services: Services, clinic_id: UUID, case_id: UUID) -> bool:
    """The same for one case, by whoever has just made a page due; never raises, since the next round comes."""
    try:
        return climb(services, clinic_id, case_id)
    except Exception as error:  # one case that cannot be paged for must not keep the rest from being done
        log.error("climb_failed", case_id=str(case_id), error=type(error).__name__)
        return False


def climb(services: Services, clinic_id: UUID, case_id: UUID) -> bool:
    """Page for one case if that is due; False when it is not, or somebody else was quicker.

    1. The case is held. 2. The next rung is found; those on which nobody can be reached are passed over at once, and
    said. Where none is left, every administrator is paged by email. 3. One conditional update takes this climb: of two
    processes, the second finds nothing to do. 4. The pages are written in the same transaction, so that there is no
    climb without them; each has a key that lets it be written once. 5. They leave after the commit.
    """
    now = services.now()
    with services.db.write() as tx:
        case = cases.locked(tx, clinic_id, case_id)
        if case is None or case.status == CaseStatus.RESOLVED or case.next_page_at is None or case.next_page_at > now:
            return False
        roll = roll_in(tx, services, clinic_id)
        plan = _plan(roll, case, now)
        climb_number = case.climbs
        if not escalations.take(tx, case, rung=plan.following, next_page_at=now + plan.wait, now=now):
            return False
        tx.refresh(case)
        written = [
            page
            for target in plan.targets
            if (
                page := page_in(
                    tx,
                    services,
                    clinic=roll.clinic,
                    case=case,
                    drill_id=None,
                    climb=climb_number,
                    rung=plan.position,
                    target=target,
                    now=now,
                )
            )
        ]
        case_events.add(
            tx,
            clinic_id,
            case_id,
            "paged",
            SYSTEM,
            now,
            {
                "rung": plan.position,
                "to": [f"{target.name} ({target.channel.label.lower()})" for target in plan.targets],
                "lacking": list(plan.lacking),
            },
        )
        if not written:
            intake.mark_in(tx, case, NOBODY_PAGED)
        tx.flush()
    if written:
        log.info("paged", case_id=str(case_id), rung=plan.position, pages=len(written))
    else:
        log.error("nobody_paged", case_id=str(case_id))
    services.queue.wake("followup.send_due")
    services.queue.wake(SEND_PAGES)
    services.queue.announce(clinic_id, "queue")
    services.queue.announce(clinic_id, f"case:{case_id}")
    return True


def _plan(roll: Roll, case: Case, now: datetime) -> _Plan:
    acuity = Acuity(case.acuity)
    last = len(roll.ladder.rungs) - 1
    lacking: list[str] = []
    since, raised = case.acknowledged_at, case.escalated_at
    asks_others = case.owner_id is not None and since is not None and raised is not None and raised >= since
    at = case.rung
    while at != FALLBACK_RUNG and (step := roll.ladder.next_rung(at, acuity)) is not None:
        # Whoever took a case and has not reached the patient hears of it first, whatever the ladder says.
        # Who escalated their own case knows of it, and wants somebody else.
        also = case.owner_id if step.position == 0 and case.acknowledged_at is not None and not asks_others else None
        reach = roll.rung(step.rung, now, owner=case.owner_id, also=also)
        lacking += reach.lacking
        targets = _once([one for one in reach.targets if not (asks_others and one.staff_id == case.owner_id)])
        if targets:
            return _Plan(step.position, targets, tuple(lacking), step.following, step.wait)
        if step.position == last:
            break
        at = step.following
    if not roll.ladder.rungs:
        lacking.append("there is no ladder")
    return _Plan(
        FALLBACK_RUNG, roll.administrators(), tuple(dict.fromkeys(lacking)), max(last, 0), repeat_every(acuity)
    )


def _once(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Nobody is texted or called twice on one rung, and of people who share a number or mailbox one is."""
    seen: dict[tuple[str, str], Target] = {}
    for target in targets:
        seen.setdefault((target.channel, target.address or str(target.to)), target)
    return tuple(seen.values())
