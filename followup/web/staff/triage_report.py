"""The report on readings, as a page and as a file for a spreadsheet."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from followup.domain.errors import InvalidInput
from followup.services.triage_report import report_csv, report_page
from followup.web.rendering import page
from followup.web.session import Looking
from followup.web.staff.refused import Refused

router = APIRouter()
LANGUAGES = {"en": "English", "es": "Spanish and mixed", "other": "Other languages", "all": "All"}


@router.get("/triage-report")
def triage_report(request: Request, desk: Looking, first: str = "", last: str = "") -> Response:
    """What nurses left, what they changed, and what the sample found."""
    refused = None
    try:
        found = report_page(desk.services, desk.clinic_id, desk.who.actor, first=first, last=last)
    except InvalidInput as wrong:
        refused = Refused.of("days", wrong, {"first": first, "last": last})
        found = report_page(desk.services, desk.clinic_id, desk.who.actor)
    return page(
        request, "triage_report.html", who=desk.who, status=422 if refused else 200, shown=found, report=found.report,
        languages=LANGUAGES, refused=refused, now=found.now,
    )  # fmt: skip


@router.get("/triage-report.csv")
def triage_report_file(desk: Looking, first: str = "", last: str = "") -> Response:
    """The same tables as CSV, with a mark that tells spreadsheets that it is UTF-8."""
    found = report_page(desk.services, desk.clinic_id, desk.who.actor, first=first, last=last, action="export")
    name = f"triage-report-{found.first}-{found.last}.csv"
    return Response(
        "\ufeff" + report_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
