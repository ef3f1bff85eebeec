"""The queue's page, the part of it that refreshes itself, and "next"."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from followup.services import alarms, queue_view
from followup.services.cases.acknowledge import take_next
from followup.services.escalation.coverage import coverage
from followup.services.queue_view import Tab
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting

router = APIRouter()

TABS = {Tab.TODO: "To do", Tab.MINE: "Mine", Tab.OPEN: "All open", Tab.RESOLVED: "Resolved today"}


def _show(request: Request, desk: Desk, template: str, tab: str, number: int) -> Response:
    wanted = Tab(tab) if tab in set(Tab) else Tab.TODO
    found = queue_view.queue(
        desk.services, desk.clinic_id, tab=wanted, me=desk.who.staff_id, page=min(max(number, 1), 10_000)
    )
    cover = coverage(desk.services, desk.clinic_id)
    standing = alarms.open_for(desk.services, desk.clinic_id) if desk.who.admin else ()
    return page(
        request, template, who=desk.who, queue=found, tabs=TABS, coverage=cover, alarms=standing, now=found.checked_at
    )  # fmt: skip


@router.get("/queue")
def queue_page(request: Request, desk: Looking, tab: str = "todo", page: int = 1) -> Response:
    """The queue."""
    return _show(request, desk, "queue.html", tab, page)


@router.get("/queue/rows")
def queue_rows(request: Request, desk: Looking, tab: str = "todo", page: int = 1) -> Response:
    """The rows alone, for a live refresh."""
    return _show(request, desk, "_queue_rows.html", tab, page)


@router.post("/queue/next")
def next_case(desk: Posting) -> Response:
    """Take the most pressing case that nobody has, and open it."""
    case = take_next(desk.services, desk.clinic_id, desk.who.actor)
    return RedirectResponse(f"/cases/{case.id}?said=acknowledged" if case else "/queue?said=none", 303)
