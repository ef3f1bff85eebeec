"""What the tests of staff pages share: the application on a real database, and browsers that are signed in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from followup.domain.triage import load_reader
from followup.gateways.clock import MovableClock
from followup.services import staff
from followup.services.context import Services
from followup.store import clinics, revisions
from followup.store.database import Database
from followup.store.models import Clinic
from followup.store.vault import Vault
from followup.web.app import create_app
from tests.conftest import KEYS, services_on
from tests.services.cases.making import make_clinic
from tests.web.server import running
from tests.web.staffed import ADMIN, NURSE, PASSWORD, build

# Where the shared clock fixture stands, too.
START = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)


@dataclass(slots=True)
class Browser:
    """A browser with one session, which fills in the token that forms carry."""

    client: httpx.Client

    def get(self, path: str, **given: object) -> httpx.Response:
        """Open a page, without going where it leads."""
        return self.client.get(path, **given)  # type: ignore[arg-type]

    def csrf(self) -> str:
        """The token of this session, as a page shows it."""
        found = re.search(r'data-csrf="([^"]+)"', self.client.get("/account").text)
        assert found
        return found.group(1)

    def post(self, path: str, data: dict[str, str] | None = None, **given: object) -> httpx.Response:
        """Send a form as a page of ours would."""
        return self.client.post(path, data={"csrf": self.csrf(), **(data or {})}, **given)  # type: ignore[arg-type]


def sign_in(address: str, email: str, password: str = PASSWORD) -> Browser:
    """A browser in which somebody has signed in."""
    client = httpx.Client(base_url=address, timeout=30)
    answer = client.post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 303, answer.text
    return Browser(client)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory, _migrated_sqlite: Path) -> Path:
    """The database of a clinic at work, made once; each test gets a copy."""
    path = tmp_path_factory.mktemp("built") / "clinic.sqlite"
    path.write_bytes(_migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}", Vault(KEYS))
    revisions.load_index_key(database)
    clock = MovableClock(START)
    # The reader is made once for all: loading it takes longer than reading does.
    build(replace(services_on(database, clock), reader=cache(load_reader)), clock)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, _built: Path) -> Iterator[Database]:
    """A copy of the clinic at work."""
    path = tmp_path / "followup.sqlite"
    path.write_bytes(_built.read_bytes())
    database = Database(f"sqlite:///{path}", Vault(KEYS))
    revisions.load_index_key(database)
    yield database
    database.dispose()


@pytest.fixture
def clinic(sqlite_services: Services) -> Clinic:
    """The clinic at work, with staff, patients and cases."""
    with sqlite_services.db.read() as tx:
        found = clinics.by_slug(tx, "lakeside")
        assert found is not None
        return found


@pytest.fixture
def app(sqlite_services: Services) -> FastAPI:
    """The application."""
    return create_app(sqlite_services)


@pytest.fixture
def site(app: FastAPI) -> Iterator[str]:
    """Where the application answers."""
    with running(app) as url:
        yield url


@pytest.fixture
def nurse(site: str, clinic: Clinic) -> Iterator[Browser]:
    """Rosa's browser."""
    browser = sign_in(site, NURSE)
    yield browser
    browser.client.close()


@pytest.fixture
def admin(site: str, clinic: Clinic) -> Iterator[Browser]:
    """Ada's browser."""
    browser = sign_in(site, ADMIN)
    yield browser
    browser.client.close()


@pytest.fixture
def outsider(site: str, sqlite_services: Services) -> Iterator[Browser]:
    """The browser of an administrator of another clinic."""
    other = make_clinic(sqlite_services, "riverside")
    staff.add(sqlite_services, other.id, "eve@riverside.example", "Eve Stone", "admin", PASSWORD)
    browser = sign_in(site, "eve@riverside.example")
    yield browser
    browser.client.close()


def case_of(nurse: Browser, name: str) -> UUID:
    """The case of the patient whose name stands in the queue."""
    page = nurse.get("/queue?tab=open").text
    row = next(part for part in page.split('<li class="row')[1:] if name in part)
    found = re.search(r'id="case-([0-9a-f-]{36})"', row)
    assert found
    return UUID(found.group(1))
