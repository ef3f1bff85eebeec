"""Settings of the running service as a whole, shared by all its processes through the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from followup.store.database import Database, Tx
from followup.store.models import Switch

SENDING_HELD = "sending_held"
CARE_CLOCK = "care_clock"
_CLOCK_LOCK = 4600124


def value_of(tx: Tx, name: str) -> dict[str, Any] | None:
    """A switch's value, or None when it was never set."""
    row = tx.get(Switch, name, populate_existing=True)
    return None if row is None else row.value


def put(tx: Tx, name: str, value: dict[str, Any], at: datetime) -> None:
    """Set a switch; `at` is real time."""
    tx.merge(Switch(name=name, value=value, updated_at=at))
    tx.flush()


def clear(tx: Tx, name: str) -> bool:
    """Take a switch away; False when it was not set."""
    row = tx.get(Switch, name)
    if row is None:
        return False
    tx.delete(row)
    tx.flush()
    return True


def clock_offset(database: Database) -> float:
    """How many seconds the demo's care clock is ahead of real time."""
    with database.read() as tx:
        value = value_of(tx, CARE_CLOCK)
    return float(value["offset"]) if value is not None else 0.0


def advance_clock(database: Database, seconds: float, at: datetime) -> float:
    """Put the demo's care clock so many seconds further ahead; returns how far ahead it is now.

    On PostgreSQL two who do so at once are put one after the other by a lock; on SQLite they are anyway.
    """
    with database.write() as tx:
        if not database.sqlite:
            tx.execute(select(func.pg_advisory_xact_lock(_CLOCK_LOCK)))
        value = value_of(tx, CARE_CLOCK)
        offset = (float(value["offset"]) if value is not None else 0.0) + seconds
        put(tx, CARE_CLOCK, {"offset": offset}, at)
    return offset
