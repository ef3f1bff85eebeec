"""What a patient sees when something goes wrong on our side: both languages, and what to do instead."""

from fastapi import Request, Response

from followup.domain.errors import FollowupError
from followup.web import error_pages
from followup.web.checkin.showing import show
from followup.web.checkin.words import preferred


async def trouble(request: Request, error: Exception) -> Response:
    """A failure on the check-in page, with the status (and the log line) that any page would have."""
    answer = await error_pages.answer(request, error)
    ours = answer.status_code >= 500 or not isinstance(error, FollowupError)
    language = preferred(request.query_params.get("lang", "") or request.headers.get("accept-language", ""), "en")
    return show(request, "trouble", language, status=answer.status_code, ours=ours)
