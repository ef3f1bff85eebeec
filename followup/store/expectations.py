"""What nurses expect of patients for a while: marked, ended at once, or over by itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, select, update

from followup.domain.actor import Actor
from followup.store.database import Tx
from followup.store.models import Expectation
from followup.store.once import insert_once


def add(tx: Tx, row: Expectation) -> bool:
    """Keep a mark; False where the same thing is expected of this procedure already."""
    return insert_once(tx, row)


def standing(tx: Tx, clinic_id: UUID, procedure_id: UUID, now: datetime) -> Sequence[Expectation]:
    """What is expected of a procedure's patient at `now`, oldest mark first."""
    return tx.scalars(
        select(Expectation)
        .where(
            Expectation.clinic_id == clinic_id,
            Expectation.procedure_id == procedure_id,
            Expectation.ended_at.is_(None),
            Expectation.until > now,
        )
        .order_by(Expectation.since, Expectation.id)
    ).all()


def close_the_past(tx: Tx, clinic_id: UUID, procedure_id: UUID, topic: str, now: datetime) -> None:
    """A mark whose time is over makes room for a new one."""
    tx.execute(
        update(Expectation)
        .where(
            Expectation.clinic_id == clinic_id,
            Expectation.procedure_id == procedure_id,
            Expectation.topic == topic,
            Expectation.ended_at.is_(None),
            Expectation.until <= now,
        )
        .values(ended_at=Expectation.until)
        .execution_options(synchronize_session=False)
    )


def by_id(tx: Tx, clinic_id: UUID, expectation_id: UUID) -> Expectation | None:
    """The clinic's mark of that id, or None."""
    return tx.scalar(select(Expectation).where(Expectation.clinic_id == clinic_id, Expectation.id == expectation_id))


def end(tx: Tx, clinic_id: UUID, expectation_id: UUID, actor: Actor, now: datetime) -> bool:
    """End a mark. One conditional statement: False where it had ended already."""
    done = tx.execute(
        update(Expectation)
        .where(
            Expectation.clinic_id == clinic_id,
            Expectation.id == expectation_id,
            Expectation.ended_at.is_(None),
            Expectation.until > now,
        )
        .values(ended_at=now, ended_by=str(actor))
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)
