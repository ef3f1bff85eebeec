"""Drills: every rung is paged at once without a patient, and whoever is paged shows that it reached them."""

from datetime import timedelta
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Conflict, NotFound
from followup.domain.ladder import PageChannel
from followup.domain.paging import DrillFacts, DrillResult
from followup.services.context import Services
from followup.services.escalation.climb import SEND_PAGES
from followup.services.escalation.pages import facts_in
from followup.services.escalation.reach import roll_in
from followup.services.escalation.write import page_in
from followup.services.names import names_in
from followup.store import audit, clinics, pages
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Drill

# Whoever is called on two rungs is called once; and a text is given this long to be read before the telephone rings.
_CALL_AFTER = timedelta(seconds=20)


def start_drill(services: Services, clinic_id: UUID, actor: Actor) -> DrillFacts:
    """Page everyone whom the ladder reaches now, with the word "drill". Raises NotFound, Conflict while one runs.

    Each person is paged once a channel, however many rungs name them; a rung has been answered when any page that it
    shares in was. Rungs that reach nobody stay unanswered, so that the drill fails.
    """
    now = services.now()
    with services.db.write() as tx:
        if clinics.lock(tx, clinic_id) is None:
            raise NotFound("There is no such clinic.")
        running = pages.last_drill(tx, clinic_id)
        if running is not None and _facts_in(tx, running).result(now) is DrillResult.RUNNING:
            raise Conflict("A drill is running. Let it end, or be answered, before you start another.")
        roll = roll_in(tx, services, clinic_id)
        drill = Drill(id=new_id(), clinic_id=clinic_id, started_at=now, started_by=str(actor), plan=[])
        pages.add_drill(tx, drill)
        sent: dict[tuple[str, str], UUID] = {}
        plan: list[list[str]] = []
        for position, rung in enumerate(roll.ladder.rungs):
            ids: list[str] = []
            for target in roll.rung(rung, now).targets:
                key = (target.channel.value, target.address or str(target.to))
                if key not in sent:
                    page = page_in(
                        tx, services, clinic=roll.clinic, case=None, drill_id=drill.id, climb=position, rung=position,
                        target=target, now=now,
                    )  # fmt: skip
                    assert page is not None  # the drill is new
                    if target.channel is PageChannel.CALL:
                        page.due_at = now + _CALL_AFTER
                    sent[key] = page.id
                ids.append(str(sent[key]))
            plan.append(ids)
        drill.plan = plan
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="drill.start", object_kind="drill",
            object_id=drill.id, fields=[],
        )  # fmt: skip
        tx.flush()
        facts = _facts_in(tx, drill)
    services.queue.wake("followup.send_due")
    services.queue.wake(SEND_PAGES)
    return facts


def last_drill(services: Services, clinic_id: UUID) -> DrillFacts | None:
    """The clinic's newest drill, or None."""
    with services.db.read() as tx:
        row = pages.last_drill(tx, clinic_id)
        return _facts_in(tx, row) if row is not None else None


def drill(services: Services, clinic_id: UUID, drill_id: UUID) -> DrillFacts:
    """One drill. Raises NotFound."""
    with services.db.read() as tx:
        row = pages.drill(tx, clinic_id, drill_id)
        if row is None:
            raise NotFound("There is no such drill here.")
        return _facts_in(tx, row)


def _facts_in(tx: Tx, row: Drill) -> DrillFacts:
    return DrillFacts(
        id=row.id,
        started_at=row.started_at,
        started_by=names_in(tx, row.clinic_id, [row.started_by])[row.started_by],
        rungs=tuple(tuple(UUID(one) for one in ids) for ids in row.plan),
        pages=facts_in(tx, row.clinic_id, pages.of_drill(tx, row.clinic_id, row.id)),
    )
