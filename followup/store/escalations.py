"""Cases that people are to be paged for: found when due, taken up by one statement, and made to climb at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, exists, or_, select, update

from followup.domain.case import CaseStatus
from followup.store.database import Tx
from followup.store.models import Case


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose next page is due."""

    clinic_id: UUID
    case_id: UUID


def due(tx: Tx, now: datetime, *, limit: int) -> Sequence[Due]:
    """The unresolved cases whose next page is due, of every clinic, the longest waiting first."""
    rows = tx.execute(
        select(Case.clinic_id, Case.id)
        .where(Case.next_page_at.is_not(None), Case.next_page_at <= now, Case.status != CaseStatus.RESOLVED)
        .order_by(Case.next_page_at, Case.id)
        .limit(limit)
    )
    return [Due(clinic_id, case_id) for clinic_id, case_id in rows]


def any_due(tx: Tx, now: datetime) -> bool:
    """True when a page of any case is due."""
    return bool(
        tx.scalar(
            select(
                exists().where(
                    Case.next_page_at.is_not(None), Case.next_page_at <= now, Case.status != CaseStatus.RESOLVED
                )
            )
        )
    )


def take(tx: Tx, case: Case, *, rung: int, next_page_at: datetime, now: datetime) -> bool:
    """Take up this climb: `rung` is paged after it, at `next_page_at`. False when another has taken it.

    One conditional statement. The version stays: that people were paged changes nothing a nurse has before them.
    """
    result: Any = tx.execute(
        update(Case)
        .where(
            Case.clinic_id == case.clinic_id,
            Case.id == case.id,
            Case.climbs == case.climbs,
            Case.next_page_at == case.next_page_at,
            Case.next_page_at <= now,
            Case.status != CaseStatus.RESOLVED,
        )
        .values(climbs=case.climbs + 1, rung=rung, next_page_at=next_page_at),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def climb_at_once(tx: Tx, clinic_id: UUID, case_id: UUID, *, climb: int, rung: int | None, now: datetime) -> bool:
    """Make the next page of a case due now, on `rung` where one is given; False where it is not being paged for,
    has climbed on since `climb`, or is due already."""
    result: Any = tx.execute(
        update(Case)
        .where(
            Case.clinic_id == clinic_id,
            Case.id == case_id,
            Case.climbs == climb,
            Case.next_page_at > now,
            Case.status != CaseStatus.RESOLVED,
        )
        .values(next_page_at=now, **({} if rung is None else {"rung": rung})),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def buy_time(tx: Tx, clinic_id: UUID, case_id: UUID, until: datetime) -> bool:
    """Page nobody until then, and begin with the first rung again; False where the case is not being paged for."""
    result: Any = tx.execute(
        update(Case)
        .where(
            Case.clinic_id == clinic_id,
            Case.id == case_id,
            Case.next_page_at.is_not(None),
            or_(Case.next_page_at < until, Case.rung != 0),
            Case.status != CaseStatus.RESOLVED,
        )
        .values(next_page_at=until, rung=0),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)
