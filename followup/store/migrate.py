"""Migrations: forward, back, and whether the database is where this version of the service expects it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from followup.domain.errors import ConfigurationError
from followup.store.database import Database
from followup.store.models import Base, WrappedKey

_INDEX_KEY = "blind-index"
_PLACE = "wrapped_keys.sealed"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision that this version of the service needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def current(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


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
        _require_known(current(database))
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
        raise ConfigurationError(f"The database cannot be reached or changed: {_first_line(error)}") from error
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


def require_head(database: Database) -> None:
    """Raise ConfigurationError in one clear sentence unless the database is at this version's revision."""
    try:
        at = current(database)
        missing = sorted(set(Base.metadata.tables) - set(inspect(database.engine).get_table_names()))
    except DBAPIError as error:
        raise ConfigurationError(f"The database cannot be reached: {_first_line(error)}") from error
    if at is None:
        raise ConfigurationError("The database is empty; run: followup db upgrade")
    _require_known(at)
    if at != head():
        raise ConfigurationError(
            f"The database is at revision {at} and this version needs {head()}; run: followup db upgrade"
        )
    if missing:
        raise ConfigurationError(
            f"The database says that it is at revision {at} but lacks {len(missing)} tables, first {missing[0]}; "
            "restore a backup: followup db restore"
        )


def _require_known(at: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if at is not None and at not in known:
        raise ConfigurationError(
            f"The database is at revision {at}, which this version does not know; install the newer version, "
            "or restore an older backup"
        )


def differences(database: Database) -> list[Any]:
    """What differs between the models and the database, as Alembic names it; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def load_index_key(database: Database, *, create: bool = False) -> None:
    """Open the index key and hand it to the vault, making one on a new database."""
    with database.write() if create else database.read() as tx:
        if not create and not inspect(tx.connection()).has_table(WrappedKey.__tablename__):
            return
        row = tx.scalar(select(WrappedKey).where(WrappedKey.name == _INDEX_KEY))
        if row is None and create:
            row = WrappedKey(name=_INDEX_KEY, sealed=database.vault.seal(os.urandom(32), _PLACE))
            tx.add(row)
        if row is not None:
            database.vault.index_key = database.vault.open(row.sealed, _PLACE)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
