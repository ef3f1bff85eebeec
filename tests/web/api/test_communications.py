"""Communications over the API."""

import httpx

from followup.services.context import Services
from followup.store.ids import new_id
from followup.store.models import Clinic, Reply
from tests.services.people import request
from tests.web.api.test_procedures import fields, problem

PATH = "/api/v1/communications"


def replied(services: Services, clinic: Clinic, patient_id: str | None = None) -> None:
    with services.db.write() as tx:
        tx.add(
            Reply(
                id=new_id(),
                clinic_id=clinic.id,
                channel="sms",
                provider_id=f"SM{new_id().hex}",
                from_address="+13125550101",
                to_address="+13125550199",
                text="the swelling is worse",
                received_at=services.now(),
                status="read",
                acuity="urgent",
            )
        )


def test_both_directions_come_newest_first(client: httpx.Client, sqlite_services: Services, clinic: Clinic) -> None:
    made = client.post("/api/v1/procedures", json=request(sqlite_services)).json()
    replied(sqlite_services, clinic)
    page = client.get(PATH).json()
    assert page["items"][0]["direction"] == "inbound"
    assert page["items"][0]["text"] == "the swelling is worse"
    assert page["items"][0]["acuity"] == "urgent"
    assert {row["id"] for row in page["items"][1:]} == {row["id"] for row in made["communications"]}
    assert page["next_cursor"] is None


def test_pages_follow_each_other_without_gap_or_repeat(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    for number in range(3):
        client.post("/api/v1/procedures", json=request(sqlite_services, external_id=f"v{number}"))
        replied(sqlite_services, clinic)
    whole = [row["id"] for row in client.get(PATH, params={"limit": 200}).json()["items"]]
    seen: list[str] = []
    cursor = None
    for _ in range(30):
        page = client.get(PATH, params={"limit": 4, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page["items"]) <= 4
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert len(set(seen)) == len(seen) > 15


def test_filters_narrow_the_list(client: httpx.Client, sqlite_services: Services, clinic: Clinic) -> None:
    made = client.post("/api/v1/procedures", json=request(sqlite_services)).json()
    client.post("/api/v1/procedures", json=request(sqlite_services, external_id="v2", patient__consent=...))
    replied(sqlite_services, clinic)

    def count(**filters: str) -> int:
        return len(client.get(PATH, params=filters).json()["items"])

    assert count(procedure=made["id"]) == len(made["communications"])
    assert count(patient=made["patient_id"]) == count(direction="outbound")
    assert count(direction="inbound") == 1
    assert count(status="read") == 1
    assert count(status="planned", procedure=made["id"]) == len(
        [row for row in made["communications"] if row["status"] == "planned"]
    )


def test_a_filter_that_is_none_is_refused(client: httpx.Client) -> None:
    told = problem(client.get(PATH, params={"status": "lost", "direction": "up", "limit": "0"}), 422)
    assert fields(told) == {"status", "direction", "limit"}
    assert fields(problem(client.get(PATH, params={"limit": "many"}), 422)) == {"limit"}
    assert fields(problem(client.get(PATH, params={"procedure": "x"}), 422)) == {"procedure"}
    for cursor in ("x", "!!", "é", "A" * 22 + "=="):
        assert client.get(PATH, params={"cursor": cursor}).status_code in (200, 422)
    assert fields(problem(client.get(PATH, params={"cursor": "x"}), 422)) == {"cursor"}
