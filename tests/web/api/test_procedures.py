"""Procedures over the API."""

from typing import Any

import httpx
import pytest

from followup.services.context import Services
from tests.services.people import request

PATH = "/api/v1/procedures"


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem details of an answer that must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def fields(body: dict[str, Any]) -> set[str]:
    return {error["field"] for error in body["errors"]}


def test_a_new_procedure_is_201_a_repeat_200_with_the_same(client: httpx.Client, sqlite_services: Services) -> None:
    first = client.post(PATH, json=request(sqlite_services))
    assert first.status_code == 201
    again = client.post(PATH, json=request(sqlite_services))
    assert again.status_code == 200
    assert again.json() == first.json()
    assert first.headers["location"] == f"{PATH}/{first.json()['id']}"
    shown = first.json()
    assert shown["status"] == "active"
    assert shown["protocol"] == "trigger-point-injection"
    for row in shown["communications"]:
        assert {"id", "step", "channel", "due_at", "status"} <= set(row)
    assert client.get(first.headers["location"]).json() == shown


def test_a_repeat_that_differs_is_409_and_names_each_field(client: httpx.Client, sqlite_services: Services) -> None:
    client.post(PATH, json=request(sqlite_services))
    answer = client.post(PATH, json=request(sqlite_services, office="North", patient__phone="312-555-0102"))
    assert fields(problem(answer, 409)) == {"office", "patient.phone"}


def test_every_fault_is_told_at_once(client: httpx.Client, sqlite_services: Services) -> None:
    body = request(sqlite_services, performed_at="yesterday", patient__phone="1", patient__mrn=..., extra=1)
    told = problem(client.post(PATH, json=body), 422)
    assert fields(told) == {"performed_at", "patient.phone", "patient.mrn", "extra"}
    assert told["code"] == "invalid_input"


@pytest.mark.parametrize("body", [[], "text", 7, None, {"patient": []}, {"patient": 1, "code": "x"}])
def test_bodies_of_the_wrong_type_are_told_what_is_wrong(client: httpx.Client, body: Any) -> None:
    assert problem(client.post(PATH, json=body), 422)["errors"]


@pytest.mark.parametrize(
    "content",
    [b"{", b"{'a': 1}", b"\xff\xfe{}", b'{"a": NaN}', b"[" * 100_000, b'{"a": 1' + b"0" * 5000 + b"}", b'{"a":"\xe9"}'],
)
def test_a_body_that_is_not_json_is_400(client: httpx.Client, content: bytes) -> None:
    answer = client.post(PATH, content=content, headers={"Content-Type": "application/json"})
    assert problem(answer, 400)["detail"].startswith("The body is not")


def test_a_field_that_is_given_twice_is_refused(client: httpx.Client) -> None:
    answer = client.post(PATH, content=b'{"source": "a", "source": "b"}', headers={"Content-Type": "application/json"})
    assert fields(problem(answer, 422)) == {"source"}


def test_a_body_that_is_too_large_is_413(client: httpx.Client) -> None:
    answer = client.post(PATH, content=b" " * 300_000, headers={"Content-Type": "application/json"})
    problem(answer, 413)


def test_a_form_is_not_json(client: httpx.Client) -> None:
    problem(client.post(PATH, data={"source": "a"}), 415)


def test_a_new_time_is_planned_and_a_bad_one_refused(client: httpx.Client, sqlite_services: Services) -> None:
    made = client.post(PATH, json=request(sqlite_services)).json()
    at = sqlite_services.now().isoformat()
    changed = client.patch(f"{PATH}/{made['id']}", json={"performed_at": at, "body_site": "Hombro"})
    assert changed.status_code == 200
    assert changed.json()["body_site"] == "shoulder"
    assert changed.json()["communications"] != made["communications"]
    assert fields(problem(client.patch(f"{PATH}/{made['id']}", json={"performed_at": "x"}), 422)) == {"performed_at"}


def test_cancelling_needs_a_reason_and_stops_the_rest(client: httpx.Client, sqlite_services: Services) -> None:
    made = client.post(PATH, json=request(sqlite_services)).json()
    path = f"{PATH}/{made['id']}/cancel"
    assert fields(problem(client.post(path, json={}), 422)) == {"reason"}
    assert fields(problem(client.post(path, json={"reason": 7, "x": 1}), 422)) == {"reason", "x"}
    done = client.post(path, json={"reason": "entered in error"}).json()
    assert done["status"] == "entered_in_error"
    assert {row["status"] for row in done["communications"]} == {"cancelled"}
    problem(client.patch(f"{PATH}/{made['id']}", json={"office": "North"}), 409)


def test_what_is_not_there_is_404_whatever_its_id(client: httpx.Client) -> None:
    for name in ("01890000-0000-7000-8000-000000000000", "not-an-id", "%00"):
        problem(client.get(f"{PATH}/{name}"), 404)
