"""The operator's care of the database: migrations, copies, keys."""

from pathlib import Path

from followup.domain.errors import ConfigurationError
from followup.services.opening import open_checked
from followup.store import backup as copies
from followup.store import migrate, revisions, rotation
from followup.store.database import Database


def upgrade(database: Database, revision: str = "head") -> str:
    """Bring the database forward; returns the revision it is at."""
    migrate.upgrade(database, revision)
    return revisions.current(database) or ""


def downgrade(database: Database, revision: str) -> str:
    """Take the database back; returns the revision it is at, empty for none.

    Raises ConfigurationError, also while anybody else has the database open.
    """
    migrate.require_unused(database)
    migrate.downgrade(database, revision)
    return revisions.current(database) or ""


def require_current(database: Database) -> str:
    """The revision, where the database is at this version's and its tables are as they should be.

    Raises ConfigurationError in one sentence otherwise.
    """
    revisions.require_head(database)
    revisions.load_index_key(database)
    found = migrate.differences(database)
    if found:
        raise ConfigurationError(f"The tables differ from this version's in {len(found)} places, first {found[0]}")
    return revisions.head()


def back_up(database: Database, file: Path) -> int:
    """Write a consistent copy without the keys; returns how many rows. Raises ConfigurationError."""
    return copies.write(database, file)


def restore(database: Database, file: Path) -> int:
    """Put a copy back and hold sending; returns how many rows.

    Raises ConfigurationError, also while anybody else has the database open.
    """
    migrate.require_unused(database)
    return copies.read(database, file)


def rotate_keys(database: Database) -> int:
    """Seal everything with the newest key; returns how many values changed."""
    open_checked(database)
    return rotation.reseal(database)
