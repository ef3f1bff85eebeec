"""Conditions that databases take best in certain words: those of partial indexes, and long lists of values."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from followup.domain.delivery import Status
from followup.store.database import Tx
from followup.store.models import Communication


def is_status(*wanted: Status) -> ColumnElement[bool]:
    """A communication has one of these statuses, written into the statement instead of handed over as parameters.

    SQLite never, and PostgreSQL not in a prepared plan, can tell that a parameter will be 'planned'.
    """
    words = [literal(status.value, literal_execute=True) for status in wanted]
    return Communication.status == words[0] if len(words) == 1 else Communication.status.in_(words)


def among(tx: Tx, column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """A column has one of these values, however many they are.

    On PostgreSQL they are one parameter: a statement with a parameter each is written out, read and planned anew for
    every number of values, which costs more than what it finds. SQLite knows no arrays and does not mind.
    """
    if tx.get_bind().dialect.name != "postgresql":
        return column.in_(values)
    return column == any_(literal(list(values), ARRAY(column.type)))
