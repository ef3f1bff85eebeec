"""What went out and came in lately, across clinics and without a word about anyone: for monitoring only.

Ids begin with the real time at which they were made, so each look reads the newest end of a primary key and costs the
same whatever lies behind it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from followup.domain.attempt import AttemptOutcome
from followup.store.database import Tx
from followup.store.ids import first_id
from followup.store.models import Attempt, Receipt, Reply, Sender

_SETTLED = [one.value for one in (AttemptOutcome.ACCEPTED, AttemptOutcome.DELIVERED, AttemptOutcome.UNDELIVERED)]


def attempts_since(tx: Tx, real_since: datetime) -> Mapping[tuple[str, str], int]:
    """The attempts begun since then, by (what became of them so far, the provider's code or "")."""
    rows = tx.execute(
        select(Attempt.outcome, Attempt.code, func.count())
        .where(Attempt.id >= first_id(real_since))
        .group_by(Attempt.outcome, Attempt.code)
    )
    return {(outcome, code or ""): count for outcome, code, count in rows}


def reconciled_since(tx: Tx, real_since: datetime) -> Mapping[bool, int]:
    """The attempts begun since then whose doubt is over: how many the provider had (True) and had not (False)."""
    begun = select(func.count()).select_from(Attempt).where(Attempt.id >= first_id(real_since))
    return {
        True: tx.scalar(begun.where(Attempt.looks > 0, Attempt.outcome.in_(_SETTLED))) or 0,
        False: tx.scalar(begun.where(Attempt.outcome == AttemptOutcome.NOT_ACCEPTED.value)) or 0,
    }


def newest_receipts(tx: Tx, *, limit: int) -> Sequence[tuple[datetime, float]]:
    """The newest receipts, latest first: when each came in, and how many seconds after its attempt was begun."""
    rows = tx.execute(
        select(Receipt.received_at, Attempt.started_at)
        .join(Attempt, Attempt.id == Receipt.attempt_id)
        .order_by(Receipt.id.desc())
        .limit(limit)
    )
    return [(received, (received - started).total_seconds()) for received, started in rows]


def replies_since(tx: Tx, real_since: datetime) -> Mapping[tuple[str, str], int]:
    """The replies kept since then, by (channel, acuity or, before it is read, "")."""
    rows = tx.execute(
        select(Reply.channel, Reply.acuity, func.count())
        .where(Reply.id >= first_id(real_since))
        .group_by(Reply.channel, Reply.acuity)
    )
    return {(channel, acuity or ""): count for channel, acuity, count in rows}


def all_senders(tx: Tx) -> Sequence[Sender]:
    """Every sender of every clinic, the oldest first."""
    return tx.scalars(select(Sender).order_by(Sender.created_at, Sender.id)).all()
