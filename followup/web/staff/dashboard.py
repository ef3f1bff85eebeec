"""The dashboard, as a page and as a file for a spreadsheet."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from followup.domain.errors import InvalidInput
from followup.services.dashboard import dashboard_page
from followup.services.dashboard_file import dashboard_csv
from followup.web.charts import ladders, load, ticks
from followup.web.rendering import page
from followup.web.session import Looking
from followup.web.staff.refused import Refused

router = APIRouter()


@router.get("/dashboard")
def dashboard(
    request: Request, desk: Looking, first: str = "", last: str = "", office: str = "", protocol: str = ""
) -> Response:
    """How the clinic did, for one look."""
    refused = None
    try:
        shown = dashboard_page(
            desk.services, desk.clinic_id, desk.who.actor, first=first, last=last, office=office, protocol=protocol
        )
    except InvalidInput as wrong:
        refused = Refused.of("filters", wrong, {"first": first, "last": last})
        shown = dashboard_page(desk.services, desk.clinic_id, desk.who.actor)
    return page(
        request, "dashboard.html", who=desk.who, status=422 if refused else 200, shown=shown, figures=shown.figures,
        ladders=ladders(shown.figures.timings), load=load(shown.figures.hours), ticks=ticks,
        refused=refused, now=shown.now,
    )  # fmt: skip


@router.get("/dashboard.csv")
def dashboard_file(desk: Looking, first: str = "", last: str = "", office: str = "", protocol: str = "") -> Response:
    """The same tables as CSV, with a mark that tells spreadsheets that it is UTF-8."""
    found = dashboard_page(
        desk.services, desk.clinic_id, desk.who.actor, first=first, last=last, office=office, protocol=protocol,
        action="export",
    )  # fmt: skip
    return Response(
        "\ufeff" + dashboard_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="dashboard-{found.first}-{found.last}.csv"'},
    )
