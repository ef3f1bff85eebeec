"""What drops tables does not begin while a service has them open."""

from pathlib import Path

import pytest
from sqlalchemy import text

from followup.domain.errors import ConfigurationError
from followup.services import maintenance
from followup.store.database import Database
from followup.store.vault import Vault
from tests.conftest import KEYS


@pytest.fixture
def running_service(postgres_database: Database) -> Database:
    """Another process's pool, which holds an idle connection as a running service does."""
    return Database(postgres_database.url, Vault(KEYS))


@pytest.mark.postgres
def test_nothing_is_restored_or_taken_back_under_a_running_service(
    postgres_database: Database, running_service: Database, tmp_path: Path
) -> None:
    rows = maintenance.back_up(postgres_database, tmp_path / "copy")
    with running_service.read() as tx:
        tx.execute(text("SELECT 1"))
    with pytest.raises(ConfigurationError, match=r"in use.*followup.*Stop web, workers and beat"):
        maintenance.restore(postgres_database, tmp_path / "copy")
    with pytest.raises(ConfigurationError, match="nothing was changed"):
        maintenance.downgrade(postgres_database, "-1")
    running_service.dispose()
    assert maintenance.restore(postgres_database, tmp_path / "copy") == rows
