"""How many replies were read how, and what nurses made of them, in a stretch of time: counted by the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from followup.domain.case import CaseStatus
from followup.store import reviews
from followup.store.database import Tx
from followup.store.models import Case, Correction, Reply, Review


@dataclass(frozen=True, slots=True)
class Count:
    """Replies of one language and one acuity: all, those that opened no case by themselves, those a nurse has seen."""

    language: str | None
    acuity: str
    read: int
    unqueued: int
    seen: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A corrected reply: how it was read, how it stands, and the verdict where it was in the sample."""

    language: str | None
    read: str
    stands: str
    verdict: str | None


def _within(clinic_id: UUID, since: datetime, before: datetime) -> ColumnElement[bool]:
    return and_(
        Reply.clinic_id == clinic_id, Reply.received_at >= since, Reply.received_at < before, Reply.acuity.is_not(None)
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def replies_read(tx: Tx, clinic_id: UUID, since: datetime, before: datetime) -> list[Count]:
    """The replies that came in from `since` until before `before`, by language and acuity."""
    corrected = exists().where(Correction.reply_id == Reply.id)
    opened_by_hand = exists().where(Correction.reply_id == Reply.id, Correction.opened.is_(True))
    reviewed = exists().where(Review.reply_id == Reply.id, Review.verdict.in_([reviews.RIGHT, reviews.CORRECTED]))
    resolved = exists().where(Case.id == Reply.case_id, Case.status == CaseStatus.RESOLVED)
    rows = tx.execute(
        select(
            Reply.language,
            Reply.acuity,
            func.count(),
            _number(or_(Reply.case_id.is_(None), opened_by_hand)),
            _number(or_(corrected, reviewed, resolved)),
        )
        .where(_within(clinic_id, since, before))
        .group_by(Reply.language, Reply.acuity)
    )
    return [Count(row[0], row[1] or "", row[2], row[3], row[4]) for row in rows]


def replies_corrected(tx: Tx, clinic_id: UUID, since: datetime, before: datetime) -> list[Standing]:
    """The same stretch's replies that a nurse corrected, each as it stands now."""
    rows = tx.execute(
        select(Correction.reply_id, Reply.language, Reply.acuity, Correction.to_acuity, Review.verdict)
        .join(Reply, Reply.id == Correction.reply_id)
        .outerjoin(Review, Review.reply_id == Reply.id)
        .where(Correction.clinic_id == clinic_id, _within(clinic_id, since, before))
        .order_by(Correction.at, Correction.id)
    )
    last = {row[0]: Standing(row[1], row[2] or "", row[3], row[4]) for row in rows}
    return list(last.values())


def sample(tx: Tx, clinic_id: UUID, since: datetime, before: datetime) -> list[tuple[str | None, str | None, int]]:
    """The same stretch's replies that were chosen for review, counted by (language, verdict)."""
    rows = tx.execute(
        select(Reply.language, Review.verdict, func.count())
        .join(Reply, Reply.id == Review.reply_id)
        .where(Review.clinic_id == clinic_id, _within(clinic_id, since, before))
        .group_by(Reply.language, Review.verdict)
    )
    return [(row[0], row[1], row[2]) for row in rows]
