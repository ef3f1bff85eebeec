"""The web application: puts the routers of the front desk together."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from followup.domain.errors import FollowupError
from followup.services.context import Services
from followup.services.watch import start_watch
from followup.web import api, checkin, error_pages, errors, health, hooks, live, staff
from followup.web.api import openapi
from followup.web.rendering import STATIC
from followup.web.security import SecurityHeaders
from followup.web.session import PasswordNeeded, ScreenLocked, SignInNeeded


def create_app(services: Services, *, demo: str = "") -> FastAPI:
    """The whole front desk for one process; `demo` is where the demo's simulated phone is shown, or empty."""
    app = FastAPI(
        title="Followup", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None,
        lifespan=_lifespan,
    )  # fmt: skip
    app.state.services = services
    app.state.demo = bool(demo)
    app.state.missed = threading.Event()
    for kind in (
        SignInNeeded,
        ScreenLocked,
        PasswordNeeded,
        FollowupError,
        HTTPException,
        RequestValidationError,
        Exception,
    ):
        app.add_exception_handler(kind, _failed)
    app.include_router(hooks.router)
    app.include_router(health.router)
    app.include_router(api.router)
    app.include_router(checkin.router)
    app.include_router(live.router)
    app.include_router(staff.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(SecurityHeaders, demo=bool(demo), https=services.public_url.startswith("https://"))
    openapi.install(app)
    if demo:
        from followup.web.demo import demo_router

        app.include_router(demo_router(demo))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While the process serves, it also keeps watch, whatever has become of broker and workers."""
    stop = await run_in_threadpool(start_watch, app.state.services, missed=app.state.missed)
    try:
        yield
    finally:
        await run_in_threadpool(stop)


async def _failed(request: Request, error: Exception) -> Response:
    """Failures on paths for machines are problem details, on every other path a page for people."""
    if request.url.path.startswith("/c/"):
        return await checkin.trouble(request, error)
    for_machines = request.url.path.startswith(("/api/", "/hooks/"))
    return await errors.answer(request, error) if for_machines else await error_pages.answer(request, error)
