"""Which HTTP status each refusal has, and what it may tell."""

import asyncio
import json
from typing import Any

import pytest
from fastapi import Request
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
from followup.web.errors import answer


def told(error: Exception) -> tuple[int, dict[str, Any], Any]:
    request = Request({"type": "http", "method": "GET", "path": "/api/v1/x", "headers": []})
    response = asyncio.run(answer(request, error))
    assert response.media_type == "application/problem+json"
    return response.status_code, json.loads(bytes(response.body)), response.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput(Fault("phone", "is too short")), 422),
        (NotFound(), 404),
        (Conflict("Nell was first."), 409),
        (NotAllowed(), 403),
        (ConfigurationError("x"), 503),
        (TransientGatewayError("x"), 503),
        (PermanentGatewayError("x"), 502),
        (FollowupError("x"), 500),
        (HTTPException(413, "too large"), 413),
        (RuntimeError("x"), 500),
    ],
)
def test_each_error_has_one_status(error: Exception, status: int) -> None:
    code, body, _ = told(error)
    assert (code, body["status"]) == (status, status)


def test_faults_are_listed_by_field() -> None:
    _, body, _ = told(InvalidInput([Fault("phone", "is too short"), Fault("email", "has no @")]))
    assert body["errors"] == [
        {"field": "phone", "message": "is too short"},
        {"field": "email", "message": "has no @"},
    ]
    assert body["code"] == "invalid_input"
    _, body, _ = told(Conflict("It differs.", [Fault("office", "differs")]))
    assert body["errors"] == [{"field": "office", "message": "differs"}]
    assert body["detail"] == "It differs."


def test_what_may_work_later_says_so() -> None:
    assert "retry-after" in told(TransientGatewayError("x"))[2]
    assert "retry-after" not in told(NotFound())[2]


def test_the_words_of_an_error_of_ours_alone_are_told() -> None:
    _, body, _ = told(RuntimeError("Rosa Delgado wrote: it hurts"))
    assert "Rosa" not in json.dumps(body)
