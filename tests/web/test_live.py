"""The stream of changes: words only, no database connection while it waits, and polling when the broker is gone."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from redis import Redis

from followup.gateways.celery_queue import CeleryQueue
from followup.services import sessions, staff
from followup.services.context import Services
from followup.store.models import Clinic
from followup.web.app import create_app
from followup.web.rendering import STATIC
from tests.conftest import REDIS, need
from tests.services.cases.making import make_case, make_clinic, make_patient
from tests.web.server import running

PASSWORD = "seven green herons"


@pytest.fixture
def clinic(sqlite_services: Services) -> Clinic:
    """A clinic with one nurse."""
    clinic = make_clinic(sqlite_services)
    staff.add(sqlite_services, clinic.id, "rosa@lakeside.example", "Rosa Patel", "nurse", PASSWORD)
    return clinic


def opened(site: str, services: Services) -> httpx.Client:
    """A browser in which Rosa has signed in."""
    token = sessions.sign_in(services, "rosa@lakeside.example", PASSWORD, "here")
    return httpx.Client(base_url=site, cookies={"followup": token}, timeout=20)


def events(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """(event, data) as they come."""
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line.removeprefix("data: ")


def test_a_stranger_gets_no_stream(sqlite_services: Services, clinic: Clinic) -> None:
    with running(create_app(sqlite_services)) as site:
        assert httpx.get(f"{site}/live").status_code == 303
        assert httpx.get(f"{site}/live", headers={"X-Live": "1"}).status_code == 401


def test_without_a_broker_the_browser_is_told_to_poll(sqlite_services: Services, clinic: Clinic) -> None:
    with (
        running(create_app(sqlite_services)) as site,
        opened(site, sqlite_services) as browser,
        browser.stream("GET", "/live") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert [name for name, _ in events(answer)] == ["hello", "poll"]


@pytest.mark.redis
def test_what_changes_in_one_process_is_heard_in_another_and_no_connection_waits(
    sqlite_services: Services, clinic: Clinic
) -> None:
    url = need(REDIS, "Redis", "FOLLOWUP_TEST_BROKER_URL")
    services = replace(sqlite_services, queue=CeleryQueue(url))
    speaker = replace(sqlite_services, queue=CeleryQueue(url))
    with (
        running(create_app(services)) as site,
        opened(site, services) as browser,
        browser.stream("GET", "/live") as answer,
    ):
        heard = events(answer)
        assert next(heard)[0] == "hello"
        # The line is subscribed a moment after the greeting.
        while not (_listeners(url, clinic) and speaker.queue.announce(clinic.id, "queue")):
            pass
        assert next(heard) == ("changed", "queue")
        assert services.db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def _listeners(url: str, clinic: Clinic) -> bool:
    with Redis.from_url(url) as client:
        return any(str(clinic.id).encode() in name for name in client.pubsub_channels())


def test_the_counts_hold_numbers_and_nothing_else(sqlite_services: Services, clinic: Clinic) -> None:
    make_case(sqlite_services, clinic, make_patient(sqlite_services, clinic))
    with running(create_app(sqlite_services)) as site, opened(site, sqlite_services) as browser:
        found = browser.get("/live/counts").json()
    assert found["todo"] == 1
    assert all(isinstance(value, int) for value in found.values())


def test_the_scripts_keep_nothing_in_the_browser() -> None:
    found = list(STATIC.glob("*.js"))
    assert found
    for path in found:
        text = path.read_text()
        for store in ("localStorage", "sessionStorage", "indexedDB", "document.cookie"):
            assert store not in text, path.name


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitoring_needs_no_session_and_names_nobody(sqlite_services: Services, clinic: Clinic, path: str) -> None:
    make_case(sqlite_services, clinic, make_patient(sqlite_services, clinic))
    with running(create_app(sqlite_services)) as site:
        answer = httpx.get(site + path)
    assert answer.status_code == 200
    assert "Gonzalez" not in answer.text
    if path == "/metrics":
        assert 'followup_cases{acuity="urgent",status="open"} 1' in answer.text


def test_a_database_at_another_revision_takes_the_web_out_of_rotation(sqlite_services: Services) -> None:
    with sqlite_services.db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'elsewhere'")
        connection.commit()
    with running(create_app(sqlite_services)) as site:
        answer = httpx.get(f"{site}/readyz")
    assert answer.status_code == 503
    assert "revision" in answer.json()["why"]
