"""The calls to providers, each written down before it was made."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, delete, func, insert, or_, select, update

from followup.domain.attempt import AttemptOutcome
from followup.store.bulk import update_each
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Attempt


def add_all(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down attempts that are about to be made, in one go."""
    if rows:
        tx.execute(insert(Attempt), list(rows))


def find(tx: Tx, attempt_id: UUID) -> Attempt | None:
    """The attempt of that id, not held, or None."""
    return tx.get(Attempt, attempt_id)


def hold(tx: Tx, attempt_id: UUID) -> Attempt | None:
    """The attempt of that id, held by this transaction, or None. (An attempt's id came from us, signed, so it names
    its clinic.)"""
    return tx.scalar(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update().execution_options(populate_existing=True)
    )


def latest_of(tx: Tx, communication_ids: Collection[UUID]) -> dict[UUID, Attempt]:
    """The newest attempt of each communication."""
    found: dict[UUID, Attempt] = {}
    if communication_ids:
        rows = tx.scalars(
            select(Attempt)
            .where(Attempt.communication_id.in_(communication_ids))
            .order_by(Attempt.number)
            .execution_options(populate_existing=True)
        )
        for row in rows:
            found[row.communication_id] = row
    return found


def mark_accepted(tx: Tx, accepted: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Settle accepted attempts in one go: `attempt_id` and `sid` of each; `at` is real time.

    One that a receipt has moved on already keeps what the receipt said, and has its provider id from there.
    """
    update_each(
        tx,
        accepted,
        {"attempt_id": Uuid(), "sid": String()},
        lambda cells: (
            update(Attempt.__table__)  # type: ignore[arg-type]
            .where(
                Attempt.id == cells["attempt_id"],
                or_(
                    Attempt.outcome == AttemptOutcome.STARTED.value,
                    Attempt.outcome == AttemptOutcome.UNKNOWN.value,
                ),
            )
            .values(
                outcome=AttemptOutcome.ACCEPTED.value,
                provider_id=func.coalesce(Attempt.provider_id, cells["sid"]),
                finished_at=at,
            )
        ),
    )


def set_outcome(tx: Tx, attempt_id: UUID, outcome: AttemptOutcome, code: str | None, at: datetime) -> bool:
    """Settle one attempt that did not go through; False when a receipt has said otherwise meanwhile."""
    row = tx.scalar(
        update(Attempt)
        .where(
            Attempt.id == attempt_id,
            Attempt.outcome.in_([AttemptOutcome.STARTED.value, AttemptOutcome.UNKNOWN.value]),
        )
        .values(outcome=outcome.value, code=code, finished_at=at)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    return row is not None


def forget(tx: Tx, attempt_ids: Collection[UUID]) -> set[UUID]:
    """Take back attempts for which the provider was never called; the ids of those that still stood as begun."""
    if not attempt_ids:
        return set()
    gone = tx.scalars(
        delete(Attempt)
        .where(among(tx, Attempt.id, attempt_ids), Attempt.outcome == AttemptOutcome.STARTED.value)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    return set(gone)


def failed_with(tx: Tx, communication_id: UUID, code: str | None) -> int:
    """How many attempts of a communication failed with this code."""
    return (
        tx.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(
                Attempt.communication_id == communication_id,
                Attempt.code == code,
                Attempt.outcome.in_([AttemptOutcome.REFUSED.value, AttemptOutcome.UNDELIVERED.value]),
            )
        )
        or 0
    )


def known_provider_ids(tx: Tx, provider_ids: Collection[str]) -> set[str]:
    """Which of these provider's ids belong to attempts we know."""
    if not provider_ids:
        return set()
    rows = tx.scalars(select(Attempt.provider_id).where(Attempt.provider_id.in_(provider_ids)))
    return {row for row in rows if row is not None}
