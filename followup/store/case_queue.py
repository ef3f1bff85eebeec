"""The queue as the database sorts it: the same order as domain/queue_order, for more cases than memory should hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.domain.escalation import CLAIM_BUYS
from followup.domain.queue_order import NOT_UNDERSTOOD, Band
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Case


class Tab(StrEnum):
    """The parts of the queue that can be shown alone. Emergencies that are not resolved are shown in every one."""

    TODO = "todo"
    MINE = "mine"
    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases stand in each tab; `ringing` are the emergencies that nobody has."""

    todo: int
    mine: int
    open: int
    resolved: int
    emergencies: int
    ringing: int


_UNRESOLVED = Case.status.in_([CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED])
_TAKEN = and_(Case.status == CaseStatus.ACKNOWLEDGED, Case.owner_id.is_not(None))
_EMERGENCY = Case.acuity == Acuity.EMERGENCY


def _overdue(now: datetime) -> ColumnElement[bool]:
    """Past its time; an emergency's owner has bought a little (domain/queue_order.due_by)."""
    claimed = and_(_EMERGENCY, _TAKEN, Case.acknowledged_at > now - CLAIM_BUYS)
    return and_(Case.respond_by <= now, ~func.coalesce(claimed, False))


def _band(now: datetime) -> ColumnElement[int]:
    unclear = or_(Case.kind == CaseKind.UNKNOWN_SENDER, cast(Case.beware, String).like(f'%"{NOT_UNDERSTOOD}"%'))
    return case(
        (Case.waiting_since.is_(None), Band.ANSWERED.value),
        (and_(_EMERGENCY, ~_TAKEN), Band.EMERGENCY_UNOWNED.value),
        (_overdue(now), Band.OVERDUE.value),
        (_EMERGENCY, Band.EMERGENCY_OWNED.value),
        (Case.acuity == Acuity.URGENT, Band.URGENT.value),
        (unclear, Band.UNCLEAR.value),
        (Case.kind == CaseKind.SILENT, Band.SILENT.value),
        else_=Band.ROUTINE.value,
    )


def _order(now: datetime) -> list[Any]:
    band = _band(now)
    height = case((_EMERGENCY, 0), (Case.acuity == Acuity.URGENT, 1), else_=2)
    since = func.coalesce(Case.waiting_since, Case.respond_by)
    first = case(
        (or_(Case.waiting_since.is_(None), and_(_EMERGENCY, ~_TAKEN)), since),
        # An owned emergency is ordered by when its owner took it, which is its claim's end less a fixed time.
        (and_(_EMERGENCY, _TAKEN), func.coalesce(Case.acknowledged_at, Case.respond_by)),
        else_=Case.respond_by,
    )
    risk = case((band == Band.SILENT.value, -Case.risk), else_=0)
    order: list[Any] = [band, height, risk, first, since, Case.id]
    return order


def _needs_someone(now: datetime) -> ColumnElement[bool]:
    """Nobody has it, or it is past its time whoever has it."""
    return or_(~_TAKEN, and_(Case.waiting_since.is_not(None), _overdue(now)))


def _in_tab(tab: Tab, now: datetime, me: UUID | None, day_began: datetime) -> ColumnElement[bool]:
    if tab is Tab.RESOLVED:
        return and_(Case.status == CaseStatus.RESOLVED, Case.resolved_at >= day_began)
    if tab is Tab.MINE:
        return and_(_UNRESOLVED, Case.owner_id == me)
    if tab is Tab.TODO:
        # What came in on a case of one's own since one looked is to do as well, however much time is left.
        news = and_(Case.owner_id == me, Case.unseen.is_(True), Case.waiting_since.is_not(None))
        return and_(_UNRESOLVED, or_(_needs_someone(now), news) if me else _needs_someone(now))
    return _UNRESOLVED


def page(
    tx: Tx,
    clinic_id: UUID,
    *,
    tab: Tab,
    now: datetime,
    me: UUID | None,
    day_began: datetime,
    limit: int,
    offset: int = 0,
) -> Sequence[Case]:
    """One screen of a tab. Unresolved emergencies of the clinic belong to every tab of open cases."""
    wanted = _in_tab(tab, now, me, day_began)
    # Ids first: whole cases carried through the sorting of many thousands take three times as long.
    query = select(Case.id).where(Case.clinic_id == clinic_id)
    if tab is Tab.RESOLVED:
        query = query.where(wanted).order_by(Case.resolved_at.desc(), Case.id)
    else:
        query = query.where(or_(wanted, and_(_UNRESOLVED, _EMERGENCY))).order_by(*_order(now))
    ids = tx.scalars(query.limit(limit).offset(offset)).all()
    rows = {row.id: row for row in tx.scalars(select(Case).where(Case.clinic_id == clinic_id, among(tx, Case.id, ids)))}
    return [rows[case_id] for case_id in ids if case_id in rows]


def with_status(
    tx: Tx, clinic_id: UUID, statuses: Sequence[CaseStatus], *, now: datetime, limit: int, offset: int = 0
) -> Sequence[Case]:
    """The clinic's cases of these statuses in the queue's order; resolved ones, which have none, latest first."""
    query = select(Case).where(Case.clinic_id == clinic_id, Case.status.in_(list(statuses)))
    order = [Case.resolved_at.desc(), Case.id] if CaseStatus.RESOLVED in statuses else _order(now)
    return tx.scalars(query.order_by(*order).limit(limit).offset(offset)).all()


def emergencies(tx: Tx, clinic_id: UUID, now: datetime, limit: int = 50) -> Sequence[Case]:
    """The clinic's unresolved emergencies, in order."""
    query = select(Case).where(Case.clinic_id == clinic_id, _UNRESOLVED, _EMERGENCY)
    return tx.scalars(query.order_by(*_order(now)).limit(limit)).all()


def first_free(tx: Tx, clinic_id: UUID, now: datetime, me: UUID | None) -> UUID | None:
    """The most pressing case that waits and that nobody has (or that was handed to `me`)."""
    free = or_(Case.owner_id.is_(None), Case.owner_id == me) if me else Case.owner_id.is_(None)
    query = select(Case.id).where(
        Case.clinic_id == clinic_id, Case.status == CaseStatus.OPEN, Case.waiting_since.is_not(None), free
    )
    return tx.scalar(query.order_by(*_order(now)).limit(1))


def counts(tx: Tx, clinic_id: UUID, *, now: datetime, me: UUID | None, day_began: datetime) -> Counts:
    """How many cases each tab holds; the emergencies that are pinned to a tab count only where they belong."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = tx.execute(
        select(
            number(_in_tab(Tab.TODO, now, me, day_began)),
            number(Case.owner_id == me) if me else literal(0),
            func.count(),
            number(_EMERGENCY),
            number(and_(_EMERGENCY, ~_TAKEN, Case.waiting_since.is_not(None))),
        ).where(Case.clinic_id == clinic_id, _UNRESOLVED)
    ).one()
    done = tx.scalar(
        select(func.count()).select_from(Case).where(
            Case.clinic_id == clinic_id, _in_tab(Tab.RESOLVED, now, me, day_began)
        )
    )  # fmt: skip
    return Counts(row[0], row[1], row[2], done or 0, row[3], row[4])
