"""Browsers that signed in, and failed tries to; both live on real time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from followup.store.database import Tx
from followup.store.models import SignInAttempt, Staff, StaffSession


def add(tx: Tx, session: StaffSession) -> None:
    """Keep a new session."""
    tx.add(session)
    tx.flush()


def by_token(tx: Tx, token_hash: str) -> tuple[StaffSession, Staff] | None:
    """A session that has not ended, with its member of staff if still active; the token names the clinic."""
    row = tx.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == token_hash, StaffSession.ended_at.is_(None), Staff.active.is_(True))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def seen(tx: Tx, clinic_id: UUID, session_id: UUID, at: datetime) -> None:
    """Somebody is at this screen."""
    tx.execute(
        update(StaffSession)
        .where(StaffSession.clinic_id == clinic_id, StaffSession.id == session_id, StaffSession.locked_at.is_(None))
        .values(seen_at=at)
    )


def lock(tx: Tx, clinic_id: UUID, session_id: UUID, at: datetime) -> None:
    """Lock a screen that is not locked yet."""
    tx.execute(
        update(StaffSession)
        .where(StaffSession.clinic_id == clinic_id, StaffSession.id == session_id, StaffSession.locked_at.is_(None))
        .values(locked_at=at)
    )


def replace_token(tx: Tx, clinic_id: UUID, session_id: UUID, *, token_hash: str, csrf: str, at: datetime) -> None:
    """Unlock a screen under a new token, so that a token seen while it was locked is worth nothing."""
    tx.execute(
        update(StaffSession)
        .where(StaffSession.clinic_id == clinic_id, StaffSession.id == session_id)
        .values(token_hash=token_hash, csrf=csrf, locked_at=None, seen_at=at)
    )


def end(tx: Tx, clinic_id: UUID, session_id: UUID, at: datetime) -> None:
    """Sign one browser out."""
    tx.execute(
        update(StaffSession)
        .where(StaffSession.clinic_id == clinic_id, StaffSession.id == session_id)
        .values(ended_at=at)
    )


def end_all(tx: Tx, clinic_id: UUID, staff_id: UUID, at: datetime, keep: UUID | None = None) -> None:
    """Sign every browser of a member of staff out, but for one that may stay."""
    statement = update(StaffSession).where(
        StaffSession.clinic_id == clinic_id, StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    if keep is not None:
        statement = statement.where(StaffSession.id != keep)
    tx.execute(statement.values(ended_at=at))


def failures(tx: Tx, subject: str, since: datetime) -> int:
    """How often signing in failed lately for one address or from one place (a fingerprint)."""
    return tx.scalar(
        select(func.count())
        .select_from(SignInAttempt)
        .where(SignInAttempt.subject == subject, SignInAttempt.at > since)
    ) or 0  # fmt: skip


def add_failure(tx: Tx, subject: str, at: datetime) -> None:
    """Remember a failed try."""
    tx.add(SignInAttempt(subject=subject, at=at))


def forget_failures(tx: Tx, *, subject: str | None = None, before: datetime | None = None) -> None:
    """Forget the tries of one subject, or those that are too old to matter."""
    statement = delete(SignInAttempt)
    if subject is not None:
        statement = statement.where(SignInAttempt.subject == subject)
    if before is not None:
        statement = statement.where(SignInAttempt.at < before)
    if subject is not None or before is not None:
        tx.execute(statement)
