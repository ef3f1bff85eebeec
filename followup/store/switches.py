"""Settings of the running service as a whole, shared by all its processes through the database."""

from datetime import datetime
from typing import Any

from followup.store.database import Tx
from followup.store.models import Switch

SENDING_HELD = "sending_held"
CARE_CLOCK = "care_clock"


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
