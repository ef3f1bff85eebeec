"""Rows of which there is one at most: the unique key decides, whoever else writes at the same moment."""

import sqlite3

from sqlalchemy.exc import IntegrityError

from followup.store.database import Tx
from followup.store.models import Base

_UNIQUE_VIOLATION = "23505"  # PostgreSQL, appendix A
_TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)


def insert_once(tx: Tx, *rows: Base) -> bool:
    """Insert rows together; False, and none of them, where a unique key says that one is there already.

    The transaction goes on either way. Raises IntegrityError for anything else that is wrong with a row: taken for a
    repeat, it would be lost without a word.
    """
    try:
        with tx.begin_nested():
            tx.add_all(rows)
            tx.flush()
    except IntegrityError as error:
        if not is_taken(error):
            raise
        return False
    return True


def is_taken(error: IntegrityError) -> bool:
    """True where a unique key refused the row, on PostgreSQL or SQLite."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode in _TAKEN
    return getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION
