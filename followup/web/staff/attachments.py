"""Photos that patients sent, shown to staff of their clinic only."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from followup.services.attachments import open_attachment
from followup.web.session import Looking

router = APIRouter()


@router.get("/attachments/{attachment_id}")
def attachment(desk: Looking, attachment_id: UUID) -> Response:
    """One file; what is no picture is only ever downloaded, and nothing in it can run."""
    opened = open_attachment(desk.services, desk.clinic_id, attachment_id, actor=desk.who.actor)
    how = "inline" if opened.picture else f'attachment; filename="{attachment_id}.bin"'
    return Response(
        opened.content,
        media_type=opened.content_type,
        headers={
            "Content-Disposition": how,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
