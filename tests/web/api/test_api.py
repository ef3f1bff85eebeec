"""What holds for every address of the API: keys, scopes, other clinics, failures, description."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from followup.domain.actor import OPERATOR
from followup.domain.acuity import Acuity
from followup.services import api_keys
from followup.services.api_keys import Scope
from followup.services.context import Services
from followup.store.models import Clinic
from tests.services.people import make_clinic, request
from tests.web.api.conftest import Make
from tests.web.api.test_cases import opened
from tests.web.api.test_procedures import problem

ZERO = "01890000-0000-7000-8000-000000000000"


def routes(app: FastAPI) -> Iterator[tuple[str, str, Scope]]:
    """Every address of the API: method, path and the scope it asks for."""
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            yield method.upper(), path, scope_of(app, method.upper(), path)


def scope_of(app: FastAPI, method: str, path: str) -> Scope:
    found = [scope for route in api_routes(app.routes) for scope in scopes(route.dependant)
             if route.path.endswith(path.removeprefix("/api/v1")) and method in route.methods]  # fmt: skip
    assert found, f"{method} {path} asks for no scope"
    return found[0]


def api_routes(found: Any) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        else:
            inner = getattr(route, "original_router", None) or getattr(route, "router", None)
            yield from api_routes(getattr(inner, "routes", ()))


def scopes(dependant: Dependant) -> Iterator[Scope]:
    for each in dependant.dependencies:
        scope = getattr(each.call, "scope", None)
        if isinstance(scope, Scope):
            yield scope
        yield from scopes(each)


def filled(path: str, number: str = ZERO) -> str:
    return re.sub(r"\{[a-z_]+\}", number, path)


def test_every_address_asks_for_a_scope_and_without_a_key_is_401(app: FastAPI, address: str) -> None:
    seen = list(routes(app))
    assert len(seen) >= 16
    with httpx.Client(base_url=address) as nobody:
        for method, path, _ in seen:
            told = nobody.request(method, filled(path))
            problem(told, 401)
            assert told.headers["www-authenticate"] == "Bearer"
        for wrong in ("Bearer nonsense", "Bearer fup_nonsense", "Basic YTpi", "fup_x", ""):
            problem(nobody.get("/api/v1/cases", headers={"Authorization": wrong}), 401)


def test_a_key_without_the_scope_is_403_on_every_address(app: FastAPI, client_with: Make, clinic: Clinic) -> None:
    for scope in Scope:
        others = [each for each in Scope if each is not scope]
        client = client_with(clinic, *others)
        for method, path, needed in routes(app):
            if needed is scope:
                told = problem(client.request(method, filled(path), json={}), 403)
                assert scope.value in told["detail"]


def test_reading_addresses_ask_for_a_reading_scope_and_changing_ones_for_a_writing_one(app: FastAPI) -> None:
    for method, _, scope in routes(app):
        assert scope.value.endswith(":read" if method == "GET" else ":write")


def test_another_clinics_key_gets_nothing_on_any_address(
    app: FastAPI, client_with: Make, clinic: Clinic, sqlite_services: Services
) -> None:
    own = client_with(clinic)
    case = opened(own, sqlite_services, clinic, "U-1", Acuity.URGENT)
    shown = own.get(f"/api/v1/cases/{case}").json()
    ids = {"case_id": case, "procedure_id": shown["procedure"]["id"], "patient_id": shown["patient"]["id"]}
    ids["expectation_id"] = ZERO
    before = own.get("/api/v1/communications").json(), own.get(f"/api/v1/patients/{ids['patient_id']}").json()
    outsider = client_with(make_clinic(sqlite_services, "hillside", "+13125550198"))
    bodies: dict[str, Any] = {
        "contact": {"how": "call", "outcome": "reached"},
        "reply": {"text": "Hello"},
        "note": {"text": "Hello"},
        "hand-over": {"to": ZERO, "note": "x"},
        "escalate": {"reason": "x"},
        "correct": {"reply_id": shown["replies"][0]["id"], "acuity": "routine", "reason": "x"},
        "resolve": {"disposition": "self_care", "confirm": True},
        "expected": {"topic": "bruising", "until": sqlite_services.now().date().isoformat()},
        "cancel": {"reason": "x"},
        "plan": {"move": "stop", "reason": "x"},
        "{procedure_id}": {"office": "North"},
        "{patient_id}": {"deceased": True},
    }
    for method, path, _ in routes(app):
        url = path
        for name, value in ids.items():
            url = url.replace(f"{{{name}}}", value)
        if path == "/api/v1/patients":
            url += "?mrn=U-1"
        answer = outsider.request(method, url, json=bodies.get(path.rpartition("/")[2]))
        if "{" in path:
            # Who is handed a case is looked for in the outsider's own clinic before the case is.
            assert answer.status_code in ((404, 422) if path.endswith("hand-over") else (404,)), (method, path)
        elif method == "GET":
            assert answer.json() in ([], {"items": [], "next_cursor": None}), path
        assert clinic.name not in answer.text
        assert "Delgado" not in answer.text
    for name in ("procedure", "patient"):
        filters = {name: ids[f"{name}_id"]}
        assert outsider.get("/api/v1/communications", params=filters).json()["items"] == []
    assert own.get(f"/api/v1/cases/{case}").json()["status"] == "open"
    after = own.get("/api/v1/communications").json(), own.get(f"/api/v1/patients/{ids['patient_id']}").json()
    assert after == before


def test_a_key_that_was_taken_back_opens_nothing(address: str, clinic: Clinic, sqlite_services: Services) -> None:
    made = api_keys.create(sqlite_services, clinic.id, "old machine", ["cases:read"], OPERATOR)
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {made.secret}"}) as client:
        assert client.get("/api/v1/cases").status_code == 200
        api_keys.revoke(sqlite_services, clinic.id, made.key.id, OPERATOR)
        problem(client.get("/api/v1/cases"), 401)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/", 404),
        ("DELETE", "/api/v1/procedures", 405),
        ("PUT", f"/api/v1/patients/{ZERO}", 405),
    ],
)
def test_an_address_that_is_none_is_a_problem_too(client: httpx.Client, method: str, path: str, status: int) -> None:
    problem(client.request(method, path), status)


def test_a_database_that_is_away_is_503_and_says_to_try_again(client: httpx.Client, sqlite_services: Services) -> None:
    with sqlite_services.db.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE patients RENAME TO elsewhere")
        connection.commit()
    told = client.post("/api/v1/procedures", json=request(sqlite_services))
    problem(told, 503)
    assert told.headers["retry-after"]
    assert "elsewhere" not in told.text
    assert "Delgado" not in told.text


def test_the_description_shows_every_failure_as_problem_details(app: FastAPI) -> None:
    described = app.openapi()
    assert "Problem" in described["components"]["schemas"]
    for path, operations in described["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in operations.items():
            assert operation["summary"]
            assert operation["description"]
            assert operation["security"]
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], (path, status)
            assert {"401", "403"} <= set(operation["responses"])
            if method in ("post", "patch") and not path.endswith(("acknowledge", "/end")):
                assert operation["requestBody"]["content"]["application/json"]["example"]
