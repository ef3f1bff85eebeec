"""What tests share: a migrated database of each kind, and services with doors that remember."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from followup.domain.triage import load_reader
from followup.gateways.clock import MovableClock
from followup.gateways.protocols import FolderProtocols
from followup.gateways.queue import RecordingQueue
from followup.gateways.render import TemplateTexts
from followup.paths import templates_dir
from followup.services.context import Services
from followup.store import migrate, revisions
from followup.store.database import Database
from followup.store.vault import Vault

# Loaded once for all tests; it holds no state between replies.
_reader = cache(load_reader)
KEYS = ("test-key-" + "0" * 32,)
POSTGRES = os.environ.get("FOLLOWUP_TEST_DATABASE_URL", "")
REDIS = os.environ.get("FOLLOWUP_TEST_BROKER_URL", "")
REQUIRED = os.environ.get("FOLLOWUP_REQUIRE_SERVERS", "") == "1"
WHICH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def need(url: str, name: str, variable: str) -> str:
    """The URL of a server, or a skip that says what is missing; in CI a missing server is a failure."""
    if url:
        return url
    if REQUIRED:
        pytest.fail(f"{variable} is not set, and this run must not skip")
    pytest.skip(f"needs {name}: set {variable}")


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite"
    database = Database(f"sqlite:///{path}", Vault(KEYS))
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def _migrated_postgres() -> Iterator[str]:
    """A migrated template database, of which each test gets a copy."""
    base = make_url(need(POSTGRES, "PostgreSQL", "FOLLOWUP_TEST_DATABASE_URL")).set(drivername="postgresql+psycopg")
    name = f"followup_template_{uuid.uuid4().hex[:12]}"
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(base.set(database=name).render_as_string(hide_password=False), Vault(KEYS))
    migrate.upgrade(database)
    database.dispose()
    yield name
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def sqlite_database(tmp_path: Path, _migrated_sqlite: Path) -> Iterator[Database]:
    """A migrated SQLite database of its own."""
    path = tmp_path / "followup.sqlite"
    path.write_bytes(_migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}", Vault(KEYS))
    revisions.load_index_key(database)
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(_migrated_postgres: str) -> Iterator[Database]:
    """A migrated PostgreSQL database of its own."""
    base = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    name = f"followup_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {_migrated_postgres}"))
    database = Database(base.set(database=name).render_as_string(hide_password=False), Vault(KEYS))
    revisions.load_index_key(database)
    yield database
    database.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=WHICH)
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database, once of each kind."""
    database: Database = request.getfixturevalue(f"{'sqlite' if request.param == 'sqlite' else 'postgres'}_database")
    return database


@pytest.fixture
def clock() -> MovableClock:
    """Tuesday 3 March 2026, 9:30 in the morning in Chicago."""
    return MovableClock(datetime(2026, 3, 3, 15, 30, tzinfo=UTC))


@pytest.fixture
def services(database: Database, clock: MovableClock) -> Services:
    """Services on a real database; the queue remembers, and carrier and mail server are added with `replace`."""
    return services_on(database, clock)


@pytest.fixture
def sqlite_services(sqlite_database: Database, clock: MovableClock) -> Services:
    """The same on the embedded database alone, for what does not depend on the database."""
    return services_on(sqlite_database, clock)


def services_on(database: Database, clock: MovableClock) -> Services:
    """Services on this database, with doors that remember."""
    return Services(
        db=database,
        clock=clock,
        queue=RecordingQueue(),
        sms=None,
        email=None,
        mailbox=None,
        reader=_reader,
        protocols=FolderProtocols(templates_dir() / "protocols"),
        texts=TemplateTexts.from_folder(templates_dir() / "messages"),
        public_url="http://127.0.0.1:8000",
        secret=b"test-secret-" + b"0" * 32,
        real_now=lambda: datetime.now(UTC),
    )
