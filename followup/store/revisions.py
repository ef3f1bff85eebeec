"""At which revision the database is and which one this version needs, told without loading the tool that migrates.

Every process asks at its start, and a sending worker has no other use for that tool and its ten megabytes.
"""

import ast
import os
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from followup.domain.errors import ConfigurationError
from followup.store.database import Database
from followup.store.models import Base, WrappedKey

MIGRATIONS = Path(__file__).parent / "migrations"
_INDEX_KEY = "blind-index"
_PLACE = "wrapped_keys.sealed"


def head() -> str:
    """The revision that this version of the service needs: the one that no migration goes on from."""
    lineage = _lineage()
    (last,) = set(lineage) - set(lineage.values())
    return last


def current(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def require_head(database: Database) -> None:
    """Raise ConfigurationError in one clear sentence unless the database is at this version's revision."""
    try:
        at = current(database)
        missing = sorted(set(Base.metadata.tables) - set(inspect(database.engine).get_table_names()))
    except DBAPIError as error:
        raise ConfigurationError(f"The database cannot be reached: {first_line(error)}") from error
    if at is None:
        raise ConfigurationError("The database is empty; run: followup db upgrade")
    require_known(at)
    if at != head():
        raise ConfigurationError(
            f"The database is at revision {at} and this version needs {head()}; run: followup db upgrade"
        )
    if missing:
        raise ConfigurationError(
            f"The database says that it is at revision {at} but lacks {len(missing)} tables, first {missing[0]}; "
            "restore a backup: followup db restore"
        )


def require_known(at: str | None) -> None:
    """Raise ConfigurationError for a revision that this version has no migration to."""
    if at is not None and at not in _lineage():
        raise ConfigurationError(
            f"The database is at revision {at}, which this version does not know; install the newer version, "
            "or restore an older backup"
        )


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


def first_line(error: DBAPIError) -> str:
    """What the database said, in its first line."""
    return str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__


@cache
def _lineage() -> dict[str, str | None]:
    """Each migration's revision with the one before it, as their files say."""
    found: dict[str, str | None] = {}
    for file in (MIGRATIONS / "versions").glob("*.py"):
        said = {
            target.id: ast.literal_eval(line.value)
            for line in ast.parse(file.read_bytes()).body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name) and target.id in ("revision", "down_revision")
        }
        found[said["revision"]] = said["down_revision"]
    return found
