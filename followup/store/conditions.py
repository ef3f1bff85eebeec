"""Conditions in the very words of the partial indexes, without which no database uses those."""

from sqlalchemy import ColumnElement, literal

from followup.domain.delivery import Status
from followup.store.models import Communication


def is_status(*wanted: Status) -> ColumnElement[bool]:
    """A communication has one of these statuses, written into the statement instead of handed over as parameters.

    SQLite never, and PostgreSQL not in a prepared plan, can tell that a parameter will be 'planned'.
    """
    words = [literal(status.value, literal_execute=True) for status in wanted]
    return Communication.status == words[0] if len(words) == 1 else Communication.status.in_(words)
