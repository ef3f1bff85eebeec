"""Signs of life: when each worker, the beat and each poll last did its work, in real time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError

from followup.store.database import Tx
from followup.store.models import SignOfLife


def write(tx: Tx, name: str, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """Note that `name` is alive."""
    result: Any = tx.execute(
        update(SignOfLife).where(SignOfLife.name == name).values(at=at, detail=detail or {}),
        execution_options={"synchronize_session": False},
    )
    if isinstance(result, CursorResult) and result.rowcount == 0:
        try:
            with tx.begin_nested():
                tx.add(SignOfLife(name=name, at=at, detail=detail or {}))
                tx.flush()
        except IntegrityError:
            return  # another process has just said the same


def when(tx: Tx, name: str) -> datetime | None:
    """When `name` last gave a sign, or None."""
    return tx.scalar(select(SignOfLife.at).where(SignOfLife.name == name))


def all_signs(tx: Tx) -> Sequence[SignOfLife]:
    """Every sign of life, newest first."""
    return tx.scalars(select(SignOfLife).order_by(SignOfLife.at.desc())).all()


def forget_before(tx: Tx, at: datetime) -> None:
    """Forget the signs of processes that have not been seen since `at`."""
    tx.execute(delete(SignOfLife).where(SignOfLife.at < at), execution_options={"synchronize_session": False})
