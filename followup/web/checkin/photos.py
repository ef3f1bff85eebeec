"""The page on which a patient adds photos, and the photos themselves."""

import contextlib
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from followup.domain.errors import InvalidInput, NotFound
from followup.domain.photos import LARGEST
from followup.services.checkin import photos
from followup.services.checkin.answering import Closed
from followup.services.checkin.visit import Visit
from followup.web.checkin.entering import elsewhere, enter, may_enter, to
from followup.web.checkin.showing import HEADERS, show
from followup.web.checkin.words import WORDS
from followup.web.session import services_of
from followup.web.staff.sign_in import same_site

router = APIRouter(prefix="/c", include_in_schema=False)
# What a form puts around a photo.
_WRAPPING = 64 * 1024


@router.get("/{token}/photos")
def photos_page(request: Request, token: str) -> Response:
    """Photos, as many as were added, and a way to add one."""
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    return elsewhere(token, found) or _photos(request, found)


def _photos(request: Request, found: Visit, problem: str = "", status: int = 200) -> Response:
    step = len(found.questions) + 1
    return show(
        request, "photos", found.language, status=status, visit=found, step=step, steps=step + 1, problem=problem,
        clinic_name=found.clinic_name, phone=found.phone, hours=found.hours,
    )  # fmt: skip


@router.post("/{token}/photos")
async def add_photo(request: Request, token: str) -> Response:
    """Take a photo in. How much comes is known before it is read, and who sends it before that."""
    same_site(request)
    found = await run_in_threadpool(enter, request, token)
    if isinstance(found, Response):
        return found
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411)
    if int(length) > LARGEST + _WRAPPING:
        return _photos(request, found, WORDS[found.language]["photo_too_large"], 413)
    async with request.form(max_files=1, max_fields=4) as form:
        given = form.get("photo")
        content = await given.read() if isinstance(given, UploadFile) else b""
    try:
        await run_in_threadpool(photos.add_photo, services_of(request), token, content)
    except InvalidInput as refused:
        return _photos(request, found, WORDS[found.language][f"photo_{refused.faults[0].message}"], 422)
    except Closed:
        return to(token, "done", found.language)
    return to(token, "photos", found.language)


@router.get("/{token}/photos/{photo_id}")
def photo(request: Request, token: str, photo_id: UUID) -> Response:
    """A photo that waits to be sent, for the patient alone."""
    if not may_enter(request, token):
        raise NotFound
    opened = photos.open_photo(services_of(request), token, photo_id)
    return Response(
        opened.content,
        media_type=opened.content_type,
        headers=HEADERS | {"Content-Security-Policy": "default-src 'none'; sandbox"},
    )


@router.post("/{token}/photos/{photo_id}/remove")
def remove_photo(request: Request, token: str, photo_id: UUID) -> Response:
    """Take a photo away."""
    same_site(request)
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    with contextlib.suppress(Closed):
        photos.remove_photo(services_of(request), token, photo_id)
    return to(token, "photos", found.language)
