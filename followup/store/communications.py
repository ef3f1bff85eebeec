"""Outbound communications as rows: kept once, claimed by one statement, taken up, settled and looked at."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from followup.store.database import Tx
from followup.store.models import Communication


def add_once(tx: Tx, row: Communication) -> bool:
    """Keep a new communication; False when one with its dedupe key is there already.

    1. Look; 2. else add under a savepoint; 3. where somebody else was first, the unique key refuses ours.
    """
    if tx.scalar(select(Communication.id).where(Communication.dedupe_key == row.dedupe_key)) is not None:
        return False
    try:
        with tx.begin_nested():
            tx.add(row)
            tx.flush()
    except IntegrityError:
        if tx.scalar(select(Communication.id).where(Communication.dedupe_key == row.dedupe_key)) is None:
            raise  # something else was wrong with it
        return False
    return True


def by_id(tx: Tx, clinic_id: UUID, communication_id: UUID) -> Communication | None:
    """The clinic's communication of that id, or None."""
    return tx.scalar(
        select(Communication).where(Communication.clinic_id == clinic_id, Communication.id == communication_id)
    )
