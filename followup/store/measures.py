"""Numbers about the whole service, across clinics and without a word about anyone: for monitoring only."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, func, select

from followup.domain.case import CaseStatus
from followup.domain.delivery import Priority, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Case, Communication, Page, Reply


def open_cases(tx: Tx) -> Mapping[tuple[str, str], int]:
    """Unresolved cases by (acuity, status)."""
    rows = tx.execute(
        select(Case.acuity, Case.status, func.count())
        .where(Case.status.in_([CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED]))
        .group_by(Case.acuity, Case.status)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def late_cases(tx: Tx, now: datetime) -> int:
    """Unresolved cases that wait past their time."""
    return tx.scalar(
        select(func.count()).select_from(Case).where(
            Case.status.in_([CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED]),
            Case.waiting_since.is_not(None),
            Case.respond_by <= now,
        )
    ) or 0  # fmt: skip


def unsettled(tx: Tx) -> Mapping[str, int]:
    """Communications that are on their way, by status."""
    rows = tx.execute(
        select(Communication.status, func.count())
        .where(is_status(Status.QUEUED, Status.SENDING, Status.UNKNOWN))
        .group_by(Communication.status)
    )
    return {row[0]: row[1] for row in rows}


def due(tx: Tx, now: datetime) -> Mapping[Priority, tuple[int, datetime]]:
    """What is due and planned still: how many of each priority, and when the oldest of them was due."""
    rows = tx.execute(
        select(Communication.priority, func.count(), func.min(Communication.due_at))
        .where(
            is_status(Status.PLANNED),
            # Each by name, so that the index of planned rows is read from its due end only.
            Communication.priority.in_([priority.value for priority in Priority]),
            Communication.due_at <= now,
        )
        .group_by(Communication.priority)
    )
    return {Priority(priority): (count, oldest) for priority, count, oldest in rows}


def pages_since(tx: Tx, since: datetime) -> Mapping[tuple[str, str], int]:
    """Pages of cases since then, by (channel, "yes" where somebody answered)."""
    answered = case((Page.acknowledged_at.is_not(None), "yes"), else_="no")
    rows = tx.execute(
        select(Page.channel, answered, func.count())
        .where(Page.created_at >= since, Page.case_id.is_not(None))
        .group_by(Page.channel, answered)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def unread_replies(tx: Tx) -> int:
    """Replies that were kept and not read yet."""
    return tx.scalar(select(func.count()).select_from(Reply).where(Reply.status == "received")) or 0
