"""How a page of the check-in is made: its words, its headers, and what stands on every one of them."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from followup.web.checkin.words import MONTHS, WORDS, other
from followup.web.rendering import environment

# Nothing runs, nothing is fetched but our stylesheet and the patient's own photos, nothing is kept or passed on.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


def show(request: Request, template: str, language: str, *, status: int = 200, **words: Any) -> HTMLResponse:
    """One page; `words` are its own."""
    html = (
        environment()
        .get_template(f"check_in/{template}.html")
        .render(
            t=WORDS[language],
            language=language,
            other=other(language),
            months=MONTHS[language],
            here=words.pop("here", request.url.path),
            spoken=str(words.get("phone", "")).replace("-", "\N{NON-BREAKING HYPHEN}"),
            root=f"/c/{request.path_params.get('token', '')}",
            **{"problem": "", "clinic_name": "", "phone": "", "hours": "", **words},
        )
    )
    return HTMLResponse(html, status, HEADERS)
