"""Importing procedures from a CSV file: upload, progress, and the report of refused rows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import InvalidInput
from followup.services import imports
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting
from followup.web.staff.refused import Refused

router = APIRouter(prefix="/procedures/import")

_SHOWN = 200


def _list(request: Request, desk: Desk, refused: Refused | None = None, status: int = 200) -> Response:
    jobs = imports.list_imports(desk.services, desk.clinic_id)
    return page(request, "imports.html", who=desk.who, status=status, jobs=jobs, refused=refused)


@router.get("")
def imports_page(request: Request, desk: Looking) -> Response:
    """The latest imports, and a new one."""
    return _list(request, desk)


@router.post("")
def upload(request: Request, desk: Posting, file: Annotated[UploadFile, File()]) -> Response:
    """Take a file on; a worker takes its rows in."""
    content = file.file.read(imports.MAX_BYTES + 1)
    try:
        job = imports.start_import(desk.services, desk.clinic_id, file.filename or "file.csv", content, desk.who.actor)
    except InvalidInput as wrong:
        return _list(request, desk, Refused.of("file", wrong, {}), 422)
    return RedirectResponse(f"/procedures/import/{job.id}", 303)


def _show(request: Request, desk: Desk, template: str, job_id: UUID) -> Response:
    job = imports.look_at(desk.services, desk.clinic_id, job_id)
    refused = imports.refusals(desk.services, desk.clinic_id, job_id, limit=_SHOWN)
    return page(request, template, who=desk.who, job=job, refusals=refused)


@router.get("/{job_id}")
def job_page(request: Request, desk: Looking, job_id: UUID) -> Response:
    """How far an import is."""
    return _show(request, desk, "import.html", job_id)


@router.get("/{job_id}/live")
def job_live(request: Request, desk: Looking, job_id: UUID) -> Response:
    """The part that refreshes itself."""
    return _show(request, desk, "_import_live.html", job_id)


@router.get("/{job_id}/report.csv")
def report(desk: Looking, job_id: UUID) -> Response:
    """Every refused row, safe for spreadsheets."""
    text = imports.report(desk.services, desk.clinic_id, job_id)
    return Response(
        text.encode("utf-8-sig"),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="refused-{job_id}.csv"'},
    )
