"""Migrations go forward and back, and end where the models are."""

import pytest

from followup.domain.errors import ConfigurationError
from followup.store import migrate, revisions
from followup.store.database import Database


def test_models_and_migrated_schema_are_equal(database: Database) -> None:
    assert migrate.differences(database) == []


def test_migrations_go_up_down_and_up_again(database: Database) -> None:
    migrate.downgrade(database, "base")
    assert revisions.current(database) is None
    migrate.upgrade(database)
    assert revisions.current(database) == revisions.head()
    assert migrate.differences(database) == []


def test_an_empty_database_is_refused_with_what_to_do(database: Database) -> None:
    migrate.downgrade(database, "base")
    with pytest.raises(ConfigurationError, match="followup db upgrade"):
        revisions.require_head(database)
