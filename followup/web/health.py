"""Alive, ready, and how it goes: for load balancers and monitoring, without a word about patients."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from followup.services import monitoring, readiness
from followup.services.context import Services

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> Response:
    """This process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """The database takes writes and is at this version's revision; broker and workers never take the web away."""
    services: Services = request.app.state.services
    wrong = readiness.not_ready(services)
    return JSONResponse({"ready": not wrong, "why": wrong}, 503 if wrong else 200)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus."""
    services: Services = request.app.state.services
    return Response(monitoring.metrics(services).encode() + generate_latest(), media_type=CONTENT_TYPE_LATEST)
