"""Migrations: forward, back, and what differs between the models and the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from followup.domain.errors import ConfigurationError
from followup.store.database import Database
from followup.store.models import Base
from followup.store.revisions import MIGRATIONS, current, first_line, load_index_key, require_known


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def require_unused(database: Database) -> None:
    """Raise ConfigurationError while another process has this PostgreSQL database open.

    What drops tables must not do so under a running service, which would go on from half of what was there. Embedded
    databases are guarded by the lock of their data directory instead.
    """
    if database.sqlite:
        return
    database.dispose()  # this process's own pooled connections are not somebody else's
    with database.engine.connect() as connection:
        others = connection.scalars(
            text(
                "SELECT coalesce(nullif(application_name, ''), 'unnamed') FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        ).all()
    if others:
        raise ConfigurationError(
            f"The database is in use ({len(others)} other connections: {', '.join(sorted(set(others)))}). Stop web, "
            "workers and beat and close other clients of this database, then run this again; nothing was changed"
        )


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database forward and make sure that it has an index key. Two at once wait for each other."""
    with _plainly():
        require_known(current(database))
        with _locked(database) as connection:
            command.upgrade(_config(connection), revision)
    load_index_key(database, create=True)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to a revision ("-1" for one step, "base" for nothing)."""
    with _plainly(), _locked(database) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _plainly() -> Iterator[None]:
    """Say in one sentence what a migration cannot do; it has changed nothing then."""
    try:
        yield
    except DBAPIError as error:
        raise ConfigurationError(f"The database cannot be reached or changed: {first_line(error)}") from error
    except CommandError as error:
        raise ConfigurationError(f"The database stays as it is: {error}") from error


class _locked:
    """A connection in one transaction that no other migration shares; DDL is transactional on both databases."""

    def __init__(self, database: Database) -> None:
        engine = database.engine
        if database.sqlite:
            engine = engine.execution_options(followup_writing=True)
        self._connection = engine.connect()

    def __enter__(self) -> Connection:
        if self._connection.dialect.name == "sqlite":
            # Batch migrations rebuild tables; foreign keys are checked again by the next connection.
            self._connection.connection.execute("PRAGMA foreign_keys=OFF")
        self._connection.begin()
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(4600123)"))
        return self._connection

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if kind is None:
                self._connection.commit()
            else:
                self._connection.rollback()
            if self._connection.dialect.name == "sqlite":
                self._connection.connection.execute("PRAGMA foreign_keys=ON")
        finally:
            self._connection.close()


def differences(database: Database) -> list[Any]:
    """What differs between the models and the database, as Alembic names it; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
