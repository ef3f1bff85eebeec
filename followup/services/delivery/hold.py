"""What is held after a restore: everything that was written before the moment it was held from."""

from datetime import datetime

from followup.store import switches
from followup.store.database import Tx


def held_since_in(tx: Tx) -> datetime | None:
    """The care time before which everything written is held; None when sending is free.

    What was written since cannot have gone out before the backup, and an emergency must be answered.
    """
    value = switches.value_of(tx, switches.SENDING_HELD)
    return None if value is None else datetime.fromisoformat(value["since"])
