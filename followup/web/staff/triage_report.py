"""The report on readings, as a page and as a file for a spreadsheet."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Fault, InvalidInput
from followup.services.clinics import change_clinic
from followup.services.triage_report import report_csv, report_page
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, admin_only
from followup.web.staff.refused import Refused

router = APIRouter()
LANGUAGES = {"en": "English", "es": "Spanish and mixed", "other": "Other languages", "all": "All"}


@router.get("/triage-report")
def triage_report(request: Request, desk: Looking, first: str = "", last: str = "") -> Response:
    """What nurses left, what they changed, and what the sample found."""
    return _show(request, desk, first, last)


def _show(request: Request, desk: Desk, first: str = "", last: str = "", refused: Refused | None = None) -> Response:
    try:
        found = report_page(desk.services, desk.clinic_id, desk.who.actor, first=first, last=last)
    except InvalidInput as wrong:
        refused = Refused.of("days", wrong, {"first": first, "last": last})
        found = report_page(desk.services, desk.clinic_id, desk.who.actor)
    return page(
        request, "triage_report.html", who=desk.who, status=422 if refused else 200, shown=found, report=found.report,
        languages=LANGUAGES, refused=refused, now=found.now,
    )  # fmt: skip


@router.post("/triage-report/settings")
def change_settings(
    request: Request,
    desk: Posting,
    percent: Annotated[str, Form()] = "",
    outside_reader: Annotated[str, Form()] = "",
) -> Response:
    """How many unqueued replies are looked at, and whether the outside reader reads this clinic's replies."""
    admin_only(desk)
    typed = {"percent": percent, "outside_reader": outside_reader}
    try:
        settings = {"triage_sample_percent": _percent(percent), "outside_reader": outside_reader == "on"}
        change_clinic(desk.services, desk.clinic_id, {"settings": settings}, desk.who.actor)
    except InvalidInput as wrong:
        return _show(request, desk, refused=Refused.of("settings", wrong, typed))
    return RedirectResponse("/triage-report?said=saved", 303)


def _percent(text: str) -> float:
    try:
        return float(text.strip().rstrip("%").strip().replace(",", "."))
    except ValueError:
        raise InvalidInput(Fault("triage_sample_percent", f"{text!r} is not a number from 0 to 100")) from None


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
