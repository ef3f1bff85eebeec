"""The questions whose answers are awaited: kept with their plan, looked at in time, and settled once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Check, Communication, Reply

AWAITED, ANSWERED, SILENT, NEEDLESS = "awaited", "answered", "silent", "needless"


def add_all(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Await the answers of new plans, given as values by column, in one statement."""
    if rows:
        tx.execute(insert(Check.__table__), [dict(row) for row in rows])  # type: ignore[arg-type]


def keep(tx: Tx, row: Mapping[str, Any]) -> None:
    """Await an answer, or move what is awaited already; one that was answered or gave a case stays as it is.

    One that was needless (a pause, a stop that was taken back) is awaited again.
    """
    moved = tx.execute(
        update(Check)
        .where(
            Check.procedure_id == row["procedure_id"],
            Check.name == row["name"],
            Check.status.in_((AWAITED, NEEDLESS)),
        )
        .values(
            status=AWAITED,
            asked_at=row["asked_at"],
            look_at=row["look_at"],
            settled_at=None,
            updated_at=row["updated_at"],
        )
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount:
        return
    try:
        with tx.begin_nested():
            tx.execute(insert(Check).values(**row))
    except IntegrityError:
        return  # settled, and so it stays


def due(tx: Tx, now: datetime, limit: int) -> Sequence[UUID]:
    """The ids of what is to be looked at, of any clinic, the longest due first."""
    return tx.scalars(
        select(Check.id).where(_awaited(), Check.look_at <= now).order_by(Check.look_at).limit(limit)
    ).all()


def take(tx: Tx, check_id: UUID, now: datetime) -> Check | None:
    """What is to be looked at, held by this transaction; None where another one has it or has settled it."""
    return tx.scalars(
        select(Check)
        .where(Check.id == check_id, _awaited(), Check.look_at <= now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def settle(tx: Tx, check: Check, status: str, now: datetime) -> bool:
    """Settle a question. One conditional statement: False means that somebody was first."""
    done = tx.execute(
        update(Check)
        .where(Check.id == check.id, _awaited())
        .values(status=status, settled_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)


def look_again(tx: Tx, check: Check, at: datetime, now: datetime) -> None:
    """Look at it later."""
    tx.execute(
        update(Check)
        .where(Check.id == check.id, _awaited())
        .values(look_at=at, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def tie(tx: Tx, check: Check, case_id: UUID) -> None:
    """Say which case a silence gave."""
    tx.execute(
        update(Check).where(Check.id == check.id).values(case_id=case_id).execution_options(synchronize_session=False)
    )


def questions(tx: Tx, check: Check) -> Sequence[Communication]:
    """The messages that ask it, over whichever channels, without repeats."""
    return tx.scalars(
        select(Communication).where(
            Communication.clinic_id == check.clinic_id,
            Communication.procedure_id == check.procedure_id,
            Communication.step == check.step,
            Communication.extra.is_(None)
            if check.name == check.step
            else Communication.dedupe_key == check.name,
        )
    ).all()  # fmt: skip


def said_since(tx: Tx, clinic_id: UUID, patient_id: UUID, since: datetime) -> Sequence[Reply]:
    """What a patient wrote or said since a moment."""
    return tx.scalars(
        select(Reply).where(
            Reply.clinic_id == clinic_id, Reply.patient_id == patient_id, Reply.received_at >= since
        )
    ).all()  # fmt: skip


def values(
    *,
    clinic_id: UUID,
    patient_id: UUID,
    procedure_id: UUID,
    name: str,
    step: str,
    asked_at: datetime,
    look_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    """A question as values by column."""
    return {
        "id": new_id(),
        "clinic_id": clinic_id,
        "patient_id": patient_id,
        "procedure_id": procedure_id,
        "name": name,
        "step": step,
        "status": AWAITED,
        "asked_at": asked_at,
        "look_at": look_at,
        "updated_at": now,
    }


def _awaited() -> Any:
    # In the very words of the partial index, so that it is used.
    return Check.status == literal(AWAITED, literal_execute=True)
