"""Where the demo is shown and its clock is moved; these routes exist in the demo only."""

import time
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from followup.services import care_clock, clinics
from followup.services.context import Services
from followup.services.demo_phone import show_time
from followup.services.sessions import sign_in
from followup.web.demo.page import clock_page, not_yet, shop_window
from followup.web.session import set_cookie

NURSE = "nurse@demo.example"
ADMIN = "admin@demo.example"
PASSWORD = "recovery-demo-2026"  # noqa: S105  (printed on the demo's page; worth nothing elsewhere)
_DRAIN_WITHIN = 10.0


def demo_router(phone_url: str) -> APIRouter:
    """The demo's routes; `phone_url` is where the simulated phone and mailbox are shown."""
    router = APIRouter(prefix="/demo", include_in_schema=False)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(phone_url))
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
            f"frame-src 'self' {origin}; frame-ancestors 'self'"
        ),
        "Cache-Control": "no-store",
    }

    @router.get("")
    def window(request: Request) -> Response:
        """The whole shop window; whoever opens it is signed in as the demo's nurse."""
        services: Services = request.app.state.services
        if not clinics.list_clinics(services):
            return HTMLResponse(not_yet(), 503, headers=headers | {"Retry-After": "1", "Refresh": "1"})
        answer = HTMLResponse(shop_window(phone_url, NURSE, ADMIN, PASSWORD), headers=headers)
        set_cookie(request, answer, sign_in(services, NURSE, PASSWORD, "demo"))
        return answer

    @router.get("/clock")
    def clock(request: Request, moved: str = "") -> HTMLResponse:
        """The care clock: where it stands, what comes next, and buttons to move it."""
        services: Services = request.app.state.services
        clinic = clinics.list_clinics(services)[0]
        zone = ZoneInfo(clinic.zone)
        event = care_clock.next_event(services)
        return HTMLResponse(clock_page(services.now().astimezone(zone), event, zone, moved), headers=headers)

    @router.post("/clock")
    def move(request: Request, to: Annotated[str, Form()] = "next") -> RedirectResponse:
        """Move the clock and wait until everything that became due has left."""
        services: Services = request.app.state.services
        what = _move(services, to)
        show_time(phone_url, services.now())
        deadline = time.monotonic() + _DRAIN_WITHIN
        while time.monotonic() < deadline and not care_clock.settled(services):
            time.sleep(0.05)
        return RedirectResponse(f"/demo/clock?moved={what}", status_code=303, headers={"Cache-Control": "no-store"})

    return router


def _move(services: Services, to: str) -> str:
    if to == "hour":
        care_clock.move_by(services, timedelta(hours=1))
        return "hour"
    event = care_clock.move_to_next(services)
    return "event" if event else "end"
