"""How pages are made: Jinja2 with strict undefined variables, and what every page is given."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from followup.services.context import Services
from followup.services.sessions import SignedIn
from followup.web import presenters

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).parent / "static"


@cache
def environment() -> Environment:
    """The pages' environment, made once."""
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(presenters.FILTERS)
    made.globals.update(presenters.GLOBALS)
    made.globals["assets"] = assets_version()
    return made


@cache
def assets_version() -> str:
    """Changes whenever a stylesheet or script does, so that browsers never mix two versions."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def page(
    request: Request, template: str, *, who: SignedIn | None = None, status: int = 200, **words: Any
) -> HTMLResponse:
    """One page. `who` is None where nobody is signed in; `words` are the page's own."""
    now = _now(request)
    html = (
        environment()
        .get_template(template)
        .render(
            request_path=request.url.path,
            who=who,
            zone=who.zone if who else "UTC",
            now=words.pop("now", now),
            demo=request.app.state.demo,
            said=presenters.SAID.get(request.query_params.get("said", ""), ""),
            **words,
        )
    )
    # Ticking ages run on the care clock, which the demo moves: every page says what it reads.
    return HTMLResponse(html, status, {"X-Now": now.isoformat()})


def _now(request: Request) -> datetime:
    """The care time; real time where the database that may hold it is away, so that even that can be said."""
    services: Services = request.app.state.services
    try:
        return services.now()
    except Exception:
        return services.real_now()
