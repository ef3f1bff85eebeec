"""Pages and drills as rows: written once, claimed by one statement, answered once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, exists, or_, select, update

from followup.domain.delivery import Priority, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Communication, Drill, Page, PageAnswer
from followup.store.once import insert_once

_OPEN = (Status.PLANNED, Status.SENDING, Status.UNKNOWN, Status.SENT)


def add_once(tx: Tx, page: Page) -> bool:
    """Keep a new page; False when one with its key is there already."""
    if tx.scalar(select(Page.id).where(Page.dedupe_key == page.dedupe_key)) is not None:
        return False
    return insert_once(tx, page)


def by_id(tx: Tx, page_id: UUID) -> Page | None:
    """A page by the id that a signed link or the carrier names."""
    return tx.get(Page, page_id, populate_existing=True)


def hold(tx: Tx, page_id: UUID) -> Page | None:
    """The same, held by this transaction until it ends (PostgreSQL)."""
    return tx.scalar(select(Page).where(Page.id == page_id).with_for_update().execution_options(populate_existing=True))


def of_communication(tx: Tx, communication_id: UUID) -> Page | None:
    """The page that a text or mail is, held, or None."""
    return tx.scalar(
        select(Page)
        .where(Page.communication_id == communication_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _with_status(query: Any) -> Any:
    return query.outerjoin(Communication, Communication.id == Page.communication_id).add_columns(
        Communication.status, Communication.reason, Communication.sent_at
    )


def of_case(
    tx: Tx, clinic_id: UUID, case_id: UUID, *, climb: int | None = None
) -> Sequence[tuple[Page, str | None, str | None, datetime | None]]:
    """A case's pages, oldest first, each with status, reason and sending time of its text or mail (None: it is none).

    With `climb` only those of one climb.
    """
    query = _with_status(select(Page)).where(Page.clinic_id == clinic_id, Page.case_id == case_id)
    if climb is not None:
        query = query.where(Page.climb == climb)
    return [tuple(row) for row in tx.execute(query.order_by(Page.created_at, Page.rung, Page.id))]


def of_drill(tx: Tx, clinic_id: UUID, drill_id: UUID) -> Sequence[tuple[Page, str | None, str | None, datetime | None]]:
    """A drill's pages in the same form."""
    query = _with_status(select(Page)).where(Page.clinic_id == clinic_id, Page.drill_id == drill_id)
    return [tuple(row) for row in tx.execute(query.order_by(Page.rung, Page.created_at, Page.id))]


def recent(tx: Tx, clinic_id: UUID, limit: int) -> Sequence[tuple[Page, str | None, str | None, datetime | None]]:
    """The newest pages of a clinic in the same form."""
    query = _with_status(select(Page)).where(Page.clinic_id == clinic_id)
    return [tuple(row) for row in tx.execute(query.order_by(Page.created_at.desc(), Page.id).limit(limit))]


def due(tx: Tx, now: datetime, *, limit: int) -> Sequence[UUID]:
    """Calls and posts that are to be made now, the longest waiting first."""
    return tx.scalars(
        select(Page.id)
        .where(Page.status == Status.PLANNED.value, Page.communication_id.is_(None), Page.due_at <= now)
        .order_by(Page.due_at)
        .limit(limit)
    ).all()


def claim(tx: Tx, page_id: UUID, *, lease_until: datetime, started_at: datetime) -> bool:
    """Take a planned call or post to make it; False when another process has it."""
    return _changed(
        tx,
        update(Page)
        .where(Page.id == page_id, Page.status == Status.PLANNED.value, Page.communication_id.is_(None))
        .values(
            status=Status.SENDING.value, lease_until=lease_until, started_at=started_at, attempts=Page.attempts + 1
        ),
    )


def settle(tx: Tx, page_id: UUID, *, from_: Collection[Status], values: dict[str, Any]) -> bool:
    """Change a page that still is in one of these statuses; False when something else was quicker."""
    return _changed(
        tx, update(Page).where(Page.id == page_id, Page.status.in_([one.value for one in from_])).values(**values)
    )


def doubt_expired(tx: Tx, real_now: datetime) -> int:
    """Turn calls and posts whose process has vanished into unknown ones, to be looked up from now on."""
    result: Any = tx.execute(
        update(Page)
        .where(Page.status == Status.SENDING.value, Page.communication_id.is_(None), Page.lease_until <= real_now)
        .values(status=Status.UNKNOWN.value, lease_until=real_now),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def doubtful(tx: Tx, real_now: datetime, *, limit: int) -> Sequence[Page]:
    """Calls and posts of which nobody knows whether they were made, and whose time to be looked up has come."""
    return tx.scalars(
        select(Page)
        .where(Page.status == Status.UNKNOWN.value, Page.communication_id.is_(None), Page.lease_until <= real_now)
        .order_by(Page.lease_until)
        .limit(limit)
    ).all()


def take_doubt(tx: Tx, page: Page, lease_until: datetime) -> bool:
    """Look one up, alone: False when another process does."""
    return _changed(
        tx,
        update(Page)
        .where(Page.id == page.id, Page.status == Status.UNKNOWN.value, Page.lease_until == page.lease_until)
        .values(lease_until=lease_until),
    )


def unsettled_calls(tx: Tx, before: datetime, *, limit: int) -> Sequence[Page]:
    """Calls that were made before then (real time) and of which the carrier has not said how they ended."""
    return tx.scalars(
        select(Page)
        .where(
            Page.status == Status.SENT.value,
            Page.communication_id.is_(None),
            Page.channel == "call",
            Page.started_at <= before,
        )
        .limit(limit)
    ).all()


def known_provider_ids(tx: Tx, ids: Collection[str]) -> set[str]:
    """Which of the carrier's ids belong to pages of ours already."""
    return {one for one in tx.scalars(select(Page.provider_id).where(Page.provider_id.in_(ids))) if one is not None}


def not_out(tx: Tx, before: datetime, *, limit: int) -> Sequence[Page]:
    """Pages of cases that should have left before then and have not for certain, whatever the channel.

    A page that its climb was ended for already is not named again: it says so in `reason`.
    """
    mine = select(Page).where(Page.case_id.is_not(None), Page.due_at <= before, Page.reason.is_(None)).limit(limit)
    own = mine.where(
        Page.communication_id.is_(None),
        Page.status.in_([status.value for status in (Status.PLANNED, Status.SENDING, Status.UNKNOWN)]),
    )
    written = mine.join(Communication, Communication.id == Page.communication_id).where(
        # In the very words of the partial indexes, so that both are used.
        or_(is_status(Status.PLANNED), is_status(Status.QUEUED, Status.SENDING, Status.UNKNOWN)),
        Communication.priority == Priority.PAGE.value,
    )
    return [*tx.scalars(own), *tx.scalars(written)]


def answer(tx: Tx, page_id: UUID, *, how: str, at: datetime) -> bool:
    """Note that a page was acknowledged; False when it was before."""
    return _changed(
        tx,
        update(Page)
        .where(Page.id == page_id, Page.acknowledged_at.is_(None))
        .values(acknowledged_at=at, acknowledged_how=how),
    )


def answer_all(tx: Tx, clinic_id: UUID, case_id: UUID, staff_id: UUID, *, how: str, at: datetime) -> None:
    """Note that somebody answered every page for a case by taking it."""
    tx.execute(
        update(Page)
        .where(
            Page.clinic_id == clinic_id,
            Page.case_id == case_id,
            Page.staff_id == staff_id,
            Page.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=at, acknowledged_how=how),
        execution_options={"synchronize_session": False},
    )


def decline(tx: Tx, page_id: UUID, at: datetime) -> bool:
    """Note that somebody passes a page on; False when it was answered before."""
    return _changed(
        tx,
        update(Page)
        .where(Page.id == page_id, Page.acknowledged_at.is_(None), Page.declined_at.is_(None))
        .values(declined_at=at),
    )


def texted_to(tx: Tx, clinic_id: UUID, staff_ids: Collection[UUID], since: datetime) -> Sequence[Page]:
    """Pages by text to these people since then, newest first."""
    return tx.scalars(
        select(Page)
        .where(
            Page.clinic_id == clinic_id,
            Page.staff_id.in_(staff_ids),
            Page.channel == "sms",
            Page.created_at >= since,
        )
        .order_by(Page.created_at.desc(), Page.id.desc())
    ).all()


def any_open(tx: Tx) -> bool:
    """True when a call or post is on its way."""
    return bool(tx.scalar(select(exists().where(Page.status.in_([status.value for status in _OPEN])))))


def add_answer(tx: Tx, row: PageAnswer) -> bool:
    """Keep what somebody texted; False when the carrier posted it before."""
    return insert_once(tx, row)


def answer_of(tx: Tx, provider_id: str) -> PageAnswer | None:
    """What somebody texted, by the carrier's id, or None."""
    return tx.scalar(select(PageAnswer).where(PageAnswer.provider_id == provider_id))


def add_drill(tx: Tx, row: Drill) -> None:
    """Keep a drill."""
    tx.add(row)
    tx.flush()


def drill(tx: Tx, clinic_id: UUID, drill_id: UUID) -> Drill | None:
    """A drill of this clinic, or None."""
    return tx.scalar(select(Drill).where(Drill.clinic_id == clinic_id, Drill.id == drill_id))


def last_drill(tx: Tx, clinic_id: UUID) -> Drill | None:
    """The clinic's newest drill of its ladder, or None; what one person sent to themselves is none."""
    return tx.scalar(
        select(Drill)
        .where(Drill.clinic_id == clinic_id, Drill.only.is_(None))
        .order_by(Drill.started_at.desc(), Drill.id.desc())
        .limit(1)
    )


def last_test(tx: Tx, clinic_id: UUID, staff_id: UUID) -> Drill | None:
    """The newest page that somebody sent to themselves, or None."""
    return tx.scalar(
        select(Drill)
        .where(Drill.clinic_id == clinic_id, Drill.only == staff_id)
        .order_by(Drill.started_at.desc(), Drill.id.desc())
        .limit(1)
    )


def _changed(tx: Tx, statement: Any) -> bool:
    result: Any = tx.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)
