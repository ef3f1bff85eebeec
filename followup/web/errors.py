"""How every refusal and failure is told to a machine: one HTTP status each, as problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from followup.domain.errors import (
    ConfigurationError,
    Conflict,
    Fault,
    FollowupError,
    InvalidInput,
    NotAllowed,
    NotFound,
    PermanentGatewayError,
    TransientGatewayError,
)

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[FollowupError], HTTPStatus], ...] = (
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (ConfigurationError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TransientGatewayError, HTTPStatus.SERVICE_UNAVAILABLE),
    (PermanentGatewayError, HTTPStatus.BAD_GATEWAY),
)
_RETRY_AFTER = "10"
# What a database that is away, busy or full raises; named, because this room does not know the database's library.
_AWAY = frozenset({"OperationalError", "InterfaceError", "TimeoutError", "DisconnectionError"})


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Problem details: type, title, status, detail, a steady code, and each field with what is wrong with it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code or HTTPStatus(status).phrase.casefold().replace(" ", "_"),
    }
    if errors:
        body["errors"] = [{"field": fault.field, "message": fault.message} for fault in errors]
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def status_of(error: FollowupError) -> HTTPStatus:
    """The HTTP status of an error of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


async def answer(request: Request, error: Exception) -> JSONResponse:
    """Any failure of a request by a machine, told so that it can be acted on; nothing of the request is logged."""
    if isinstance(error, FollowupError):
        status = status_of(error)
        if status >= 500:
            log.error("request_failed", route=_route(request), error=type(error).__name__)
        headers = {"Retry-After": _RETRY_AFTER} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
        faults = error.faults if isinstance(error, InvalidInput | Conflict) else ()
        said = "The request cannot be used; see errors." if isinstance(error, InvalidInput) else error.message
        return problem(status, said, code=error.code, errors=faults, headers=headers)
    if isinstance(error, RequestValidationError):
        if any(each["loc"][:1] == ("path",) for each in error.errors()):
            return problem(404, "There is no such thing here.", code=NotFound.code)
        faults = tuple(Fault(".".join(map(str, each["loc"][1:])), str(each["msg"])) for each in error.errors())
        return problem(422, "The request cannot be used; see errors.", code=InvalidInput.code, errors=faults)
    if isinstance(error, HTTPException):
        return problem(error.status_code, _said(error), headers=error.headers)
    log.error("request_broken", route=_route(request), error=type(error).__name__, exc_info=_quiet(error))
    if type(error).__name__ in _AWAY:
        words = "The service cannot reach its database just now. Nothing was changed; try again."
        return problem(503, words, headers={"Retry-After": _RETRY_AFTER})
    return problem(500, "Something went wrong on our side. Try again; the same request is safe to repeat.")


def _said(error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND and error.detail == HTTPStatus.NOT_FOUND.phrase:
        return "There is no such address; /api/v1/openapi.json lists them."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return "This address cannot be used in that way; /api/v1/openapi.json says how."
    return str(error.detail)


def _quiet(error: Exception) -> Any:
    """Where it happened, without the message, which may hold what a patient wrote or a query's values."""
    return (
        (type(error), type(error)(), error.__traceback__) if type(error) in (KeyError, ValueError, TypeError) else None
    )


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", ""))
