"""Pages as they stand, for timelines, lists and numbers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from followup.domain.delivery import Status
from followup.domain.ladder import PageChannel
from followup.domain.paging import LOST, AnsweredBy, PageFacts
from followup.services.context import Services
from followup.store import ladders, pages, staff
from followup.store.database import Tx
from followup.store.models import Page

_Row = tuple[Page, str | None, str | None, datetime | None]


def pages_of_case(services: Services, clinic_id: UUID, case_id: UUID) -> tuple[PageFacts, ...]:
    """Every page for a case, oldest first."""
    with services.db.read() as tx:
        return facts_in(tx, clinic_id, pages.of_case(tx, clinic_id, case_id))


def recent_pages(services: Services, clinic_id: UUID, limit: int = 50) -> tuple[PageFacts, ...]:
    """The newest pages of a clinic, drills included."""
    with services.db.read() as tx:
        return facts_in(tx, clinic_id, pages.recent(tx, clinic_id, limit))


def facts_in(tx: Tx, clinic_id: UUID, rows: Sequence[_Row]) -> tuple[PageFacts, ...]:
    """Rows as facts, with names."""
    people = staff.by_ids(tx, clinic_id, {page.staff_id for page, *_ in rows if page.staff_id is not None})
    hooks = _hooks(tx, clinic_id, {page.webhook_id for page, *_ in rows if page.webhook_id is not None})
    found = []
    for page, status, reason, sent_at in rows:
        stands = Status(status or page.status)
        name = people[page.staff_id].name if page.staff_id in people and page.staff_id is not None else ""
        found.append(
            PageFacts(
                id=page.id,
                rung=page.rung,
                climb=page.climb,
                staff_id=page.staff_id,
                to=name or (hooks.get(page.webhook_id, "") if page.webhook_id is not None else ""),
                channel=PageChannel(page.channel),
                status=stands,
                reason=(reason if status is not None else page.reason) if stands in LOST else None,
                created_at=page.created_at,
                sent_at=sent_at if status is not None else page.sent_at,
                acknowledged_at=page.acknowledged_at,
                acknowledged_how=AnsweredBy(page.acknowledged_how) if page.acknowledged_how else None,
                declined_at=page.declined_at,
            )
        )
    return tuple(found)


def _hooks(tx: Tx, clinic_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    found = (ladders.webhook(tx, clinic_id, one) for one in ids)
    return {hook.id: hook.name for hook in found if hook is not None}
