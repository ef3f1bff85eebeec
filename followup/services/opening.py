"""A database is opened for use."""

from followup.store import revisions
from followup.store.database import Database


def open_checked(database: Database) -> None:
    """Make the database ready for use. Raises ConfigurationError unless it is at this version's revision."""
    revisions.require_head(database)
    revisions.load_index_key(database)
