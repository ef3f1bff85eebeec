"""The drill's page: the button, each rung as it is answered, and how the last one went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict
from followup.domain.paging import DRILL_LASTS, DrillFacts, DrillResult, PageFacts
from followup.services import staff
from followup.services.escalation import drills, ladder
from followup.services.escalation.coverage import coverage
from followup.services.escalation.reach import who_is_reachable
from followup.web.ladder_words import Names
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, admin_only
from followup.web.staff.refused import Refused

router = APIRouter(prefix="/admin/drill")
OVERDUE_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A drill as its page shows it."""

    facts: DrillFacts
    result: DrillResult
    rungs: Sequence[tuple[int, bool, Sequence[PageFacts]]]  # place, answered, its pages

    @property
    def ends(self) -> datetime:
        """Until when it can be answered."""
        return self.facts.started_at + DRILL_LASTS


def shown(facts: DrillFacts | None, now: datetime) -> Shown | None:
    """The last drill for the page, or None."""
    if facts is None:
        return None
    by_id = {one.id: one for one in facts.pages}
    rungs = [
        (number, number not in facts.unanswered, [by_id[one] for one in ids if one in by_id])
        for number, ids in enumerate(facts.rungs)
    ]
    return Shown(facts, facts.result(now), rungs)


def _show(request: Request, desk: Desk, template: str, refused: Refused | None = None, status: int = 200) -> Response:
    services, clinic_id, now = desk.services, desk.clinic_id, desk.services.now()
    last = shown(drills.last_drill(services, clinic_id), now)
    hooks = {one.id: one.name for one in ladder.list_webhooks(services, clinic_id)}
    names = Names({one.id: one.name for one in staff.everyone(services, clinic_id)}, hooks)
    return page(
        request, template, who=desk.who, status=status, refused=refused, tab="drill", drill=last, now=now,
        coverage=coverage(services, clinic_id), reach=who_is_reachable(services, clinic_id), names=names,
        overdue=last is None or now - last.facts.started_at > OVERDUE_AFTER,
    )  # fmt: skip


@router.get("")
def drill_page(request: Request, desk: Looking) -> Response:
    """Prove that the ladder works."""
    return _show(request, admin_only(desk), "drill.html")


@router.get("/live")
def drill_live(request: Request, desk: Looking) -> Response:
    """The part that refreshes itself."""
    return _show(request, admin_only(desk), "_drill_live.html")


@router.post("")
def start(request: Request, desk: Posting) -> Response:
    """Page everybody on the ladder, now."""
    admin_only(desk)
    try:
        drills.start_drill(desk.services, desk.clinic_id, desk.who.actor)
    except Conflict as wrong:
        return _show(request, desk, "drill.html", Refused.of("drill", wrong, {}), 409)
    return RedirectResponse("/admin/drill?said=drilling", 303)
