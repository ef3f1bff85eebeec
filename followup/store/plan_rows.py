"""The communications that plans are made of: what a plan left standing, what a patient was texted, and changes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, insert, or_, select, update

from followup.domain.delivery import Channel, Kind, Status
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Communication, Procedure

_UNSENT = (Status.PLANNED.value, Status.QUEUED.value)
_REVIVABLE = (*_UNSENT, Status.SKIPPED.value, Status.CANCELLED.value)
_LEFT = tuple(
    status.value
    for status in (Status.SENDING, Status.UNKNOWN, Status.SENT, Status.DELIVERED, Status.UNDELIVERED)
)  # fmt: skip
# What a stop does not take back: the confirmation of the stop itself, and words of an emergency (the sender decides).
_BEYOND_A_STOP = (Kind.OPT_OUT_CONFIRMATION.value, Kind.EMERGENCY.value, Kind.PAGE.value)


def step_key(procedure_id: UUID, step: str, channel: Channel) -> str:
    """What makes it impossible to plan one step twice over one channel."""
    return f"step:{procedure_id}:{step}:{channel.value}"


def of_procedure(tx: Tx, clinic_id: UUID, procedure_id: UUID) -> Sequence[Communication]:
    """Every step's communication of a procedure, in the order they are due."""
    return of_procedures(tx, clinic_id, [procedure_id]).get(procedure_id, [])


def of_procedures(tx: Tx, clinic_id: UUID, procedure_ids: Collection[UUID]) -> dict[UUID, list[Communication]]:
    """The same for several procedures in one statement."""
    found: dict[UUID, list[Communication]] = {}
    if not procedure_ids:
        return found
    rows = tx.scalars(
        select(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.procedure_id.in_(procedure_ids),
            Communication.kind == Kind.STEP.value,
        )
        .order_by(Communication.due_at, Communication.id)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        assert row.procedure_id is not None
        found.setdefault(row.procedure_id, []).append(row)
    return found


def unasked_texts(
    tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID], *, since: datetime
) -> list[tuple[UUID, UUID | None, bool, datetime]]:
    """The patients' unasked texts from `since` on, of every plan: (patient, procedure, whether it left, when).

    A text that left counts when it left; one that may have left counts when it was due; one that is planned likewise.
    One beside the steps of a plan is of no procedure: making that plan anew does not move it.
    """
    if not patient_ids:
        return []
    rows = tx.execute(
        select(
            Communication.patient_id,
            case((Communication.extra.is_(None), Communication.procedure_id)),
            Communication.status,
            Communication.sent_at,
            Communication.due_at,
        ).where(
            Communication.clinic_id == clinic_id,
            among(tx, Communication.patient_id, patient_ids),
            Communication.kind == Kind.STEP.value,
            Communication.channel == Channel.SMS.value,
            Communication.status.in_(_UNSENT + _LEFT),
            or_(Communication.due_at >= since, Communication.sent_at >= since),
        )
    )
    return [
        (patient, procedure, status in _LEFT, sent_at or due_at)
        for patient, procedure, status, sent_at, due_at in rows
        if patient is not None
    ]


def change(tx: Tx, clinic_id: UUID, communication_id: UUID, values: dict[str, Any], now: datetime) -> bool:
    """Change a communication that nobody has begun to send; False when someone had. It leaves its batch, if any."""
    changed = tx.execute(
        update(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.id == communication_id,
            Communication.status.in_(_REVIVABLE),
        )
        .values(batch_id=None, lease_until=None, updated_at=now, **values)
        .returning(Communication.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def cancel_unsent(
    tx: Tx,
    clinic_id: UUID,
    *,
    now: datetime,
    reason: str,
    procedure_id: UUID | None = None,
    patient_id: UUID | None = None,
    to_index: tuple[Channel, str] | None = None,
    extras_only: bool = False,
) -> int:
    """Take back what is unsent of a procedure's plan, or to a patient, or to an address; returns how many.

    `extras_only` leaves the plan's own steps, and takes back what stands beside them.

    Whoever claims a row at the same moment is either too early (the row is `sending` and stays) or finds it cancelled.
    """
    query = update(Communication).where(Communication.clinic_id == clinic_id, Communication.status.in_(_UNSENT))
    if procedure_id is not None:
        query = query.where(Communication.procedure_id == procedure_id, Communication.kind == Kind.STEP.value)
    if extras_only:
        query = query.where(Communication.extra.is_not(None))
    if patient_id is not None:
        query = query.where(Communication.patient_id == patient_id, Communication.kind.not_in(_BEYOND_A_STOP))
    if to_index is not None:
        channel, index = to_index
        query = query.where(
            Communication.channel == channel.value,
            Communication.to_index == index,
            Communication.kind.not_in(_BEYOND_A_STOP),
        )
    gone = tx.execute(
        query.values(
            status=Status.CANCELLED.value,
            reason=reason,
            batch_id=None,
            lease_until=None,
            settled_at=now,
            updated_at=now,
        )
        .returning(Communication.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def replannable(tx: Tx, clinic_id: UUID, patient_id: UUID, now: datetime) -> Sequence[Procedure]:
    """The patient's active procedures of which a step, sent or not, is still useful at `now`; oldest first."""
    steps = select(Communication.id).where(
        Communication.procedure_id == Procedure.id,
        Communication.kind == Kind.STEP.value,
        Communication.expires_at > now,
    )
    return tx.scalars(
        select(Procedure)
        .where(
            Procedure.clinic_id == clinic_id,
            Procedure.patient_id == patient_id,
            Procedure.status == "active",
            steps.exists(),
        )
        .order_by(Procedure.performed_at, Procedure.id)
    ).all()


def add_all(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new communications, given as values by column, in one statement and at once."""
    if rows:
        tx.execute(insert(Communication.__table__), [dict(row) for row in rows])  # type: ignore[arg-type]


def set_language(tx: Tx, clinic_id: UUID, procedure_id: UUID, language: str, now: datetime) -> None:
    """Let the unsent steps of a procedure speak another language."""
    tx.execute(
        update(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.procedure_id == procedure_id,
            Communication.kind == Kind.STEP.value,
            Communication.status.in_(_REVIVABLE),
            Communication.language != language,
        )
        .values(language=language, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def dead_addresses(
    tx: Tx, clinic_id: UUID, indexes: Collection[tuple[Channel, str]], reasons: Collection[str]
) -> set[tuple[Channel, str]]:
    """Which of these (channel, address fingerprint) pairs lastly failed for one of `reasons`.

    A message that arrived there later proves the address alive again.
    """
    if not indexes:
        return set()
    rows = tx.execute(
        select(Communication.channel, Communication.to_index, Communication.status, Communication.reason)
        .where(
            Communication.clinic_id == clinic_id,
            among(tx, Communication.to_index, {index for _, index in indexes}),
            Communication.status.in_([Status.DELIVERED.value, Status.UNDELIVERED.value, Status.FAILED.value]),
        )
        .order_by(Communication.settled_at)
    )
    failed: dict[tuple[Channel, str], bool] = {}
    for channel, index, status, reason in rows:
        if index is not None:
            failed[Channel(channel), index] = status != Status.DELIVERED and reason in reasons
    return {pair for pair in indexes if failed.get(pair)}
