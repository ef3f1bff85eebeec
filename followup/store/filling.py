"""Rows in bulk for measurements: many patients with the plan of one, and what became of their messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, inspect, select, update
from sqlalchemy import text as statement

from followup.domain.delivery import Channel, Status
from followup.store.database import Database, Tx
from followup.store.ids import new_id
from followup.store.lookup import address_index
from followup.store.models import (
    Attempt,
    Base,
    Case,
    CaseEvent,
    Communication,
    Consent,
    Patient,
    Procedure,
    Reply,
)

_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One patient to be made: the number, and when the message is due."""

    phone: str
    due_at: datetime


def patients_like(db: Database, communication_id: UUID, wanted: Iterator[Wanted]) -> int:
    """Keep a patient, a procedure and the one planned text for each, all like those of this text; says how many."""
    with db.read() as tx:
        text = tx.get_one(Communication, communication_id)
        patient = tx.get_one(Patient, text.patient_id)
        procedure = tx.get_one(Procedure, text.procedure_id)
        consents = tx.scalars(select(Consent).where(Consent.patient_id == patient.id)).all()
        models = [_values(row) for row in (patient, procedure, text, *consents)]
    made = 0
    rows: dict[type[Base], list[dict[str, Any]]] = {Patient: [], Procedure: [], Communication: [], Consent: []}
    for one in wanted:
        made += 1
        person, done = new_id(), new_id()
        index = address_index_of(db, one.phone)
        rows[Patient].append(
            {**models[0], "id": person, "mrn_index": person.hex, "phone": one.phone, "phone_index": index}
        )
        rows[Procedure].append({**models[1], "id": done, "patient_id": person, "external_id": done.hex})
        rows[Communication].append(
            {
                **models[2],
                "id": new_id(),
                "patient_id": person,
                "procedure_id": done,
                "dedupe_key": f"step:{done}:{models[2]['step']}:sms",
                "due_at": one.due_at,
            }
        )
        rows[Consent] += [{**consent, "id": new_id(), "patient_id": person} for consent in models[3:]]
        if made % _AT_ONCE == 0:
            _keep(db, rows)
    _keep(db, rows)
    return made


def cases_like(db: Database, case_id: UUID, phones: Iterator[str], history: int) -> int:
    """Keep an open case with a patient, a procedure, a reply and `history` sent texts for each number, all like those
    of this case; says how many. Each waits a second longer than the one before."""
    with db.read() as tx:
        case = tx.get_one(Case, case_id)
        patient, procedure = tx.get_one(Patient, case.patient_id), tx.get_one(Procedure, case.procedure_id)
        reply = tx.scalars(select(Reply).where(Reply.case_id == case_id)).first()
        event = tx.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id)).first()
        text = tx.scalars(select(Communication).where(Communication.procedure_id == procedure.id)).first()
        assert reply is not None
        assert event is not None
        assert text is not None
        models = [_values(row) for row in (patient, procedure, reply, case, event, text)]
    made = 0
    rows: dict[type[Base], list[dict[str, Any]]] = {
        table: [] for table in (Patient, Procedure, Case, Reply, CaseEvent, Communication)
    }
    for phone in phones:
        made += 1
        person, done, opened = new_id(), new_id(), new_id()
        index, earlier = address_index_of(db, phone), timedelta(seconds=made)
        mine = {"patient_id": person, "procedure_id": done, "case_id": opened}
        rows[Patient].append({**models[0], "id": person, "mrn_index": person.hex, "phone_index": index})
        rows[Procedure].append({**models[1], "id": done, "patient_id": person, "external_id": done.hex})
        rows[Reply].append({**models[2], **mine, "id": new_id(), "provider_id": f"SM{opened.hex}", "from_index": index})
        rows[Case].append(
            {
                **models[3],
                "id": opened,
                "patient_id": person,
                "procedure_id": done,
                "subject_key": f"patient:{person}",
                "opened_at": models[3]["opened_at"] - earlier,
                "waiting_since": models[3]["waiting_since"] - earlier,
                "respond_by": models[3]["respond_by"] - earlier,
            }
        )
        rows[CaseEvent].append({**models[4], "id": new_id(), "case_id": opened})
        for number in range(history):
            sent = models[3]["opened_at"] - timedelta(days=number + 1)
            rows[Communication].append(
                {
                    **models[5],
                    "id": new_id(),
                    "patient_id": person,
                    "procedure_id": done,
                    "case_id": None,
                    "dedupe_key": f"measured:{done}:{number}",
                    "to_index": index,
                    "status": Status.DELIVERED.value,
                    "provider_id": None,
                    "reply_token": None,
                    "due_at": sent,
                    "sent_at": sent,
                    "settled_at": sent,
                }
            )
        if made % (_AT_ONCE // (history + 1) + 1) == 0:
            _keep(db, rows)
    _keep(db, rows)
    return made


def refresh_statistics(db: Database) -> None:
    """Let the database look at what it holds, as it does by itself in time."""
    with db.write() as tx:
        tx.execute(statement("ANALYZE"))


def address_index_of(db: Database, phone: str) -> str:
    """The fingerprint of a number."""
    with db.read() as tx:
        return address_index(tx, Channel.SMS, phone)


def _values(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def _keep(db: Database, rows: dict[type[Base], list[dict[str, Any]]]) -> None:
    with db.write() as tx:
        for table, values in rows.items():
            if values:
                tx.execute(insert(table.__table__), values)  # type: ignore[arg-type]
                values.clear()


def text_of(tx: Tx, communication_id: UUID) -> Communication:
    """One text, whoever's."""
    return tx.get_one(Communication, communication_id)


def planned(tx: Tx, now: datetime) -> list[UUID]:
    """The ids of all planned texts that are due."""
    return list(
        tx.scalars(
            select(Communication.id).where(Communication.status == Status.PLANNED.value, Communication.due_at <= now)
        )
    )


def note_sent(tx: Tx, communication_id: UUID, provider_id: str, body: str, now: datetime) -> None:
    """What the peer of the measurement writes down: the words, the provider's id and the moment."""
    tx.execute(
        update(Communication)
        .where(Communication.id == communication_id, Communication.status == Status.PLANNED.value)
        .values(status=Status.SENT.value, provider_id=provider_id, body=body, sent_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def sent(tx: Tx, since: datetime) -> tuple[int, datetime | None, datetime | None]:
    """How many messages have gone since then, and when the first and the last of them were written down."""
    row = tx.execute(
        select(func.count(), func.min(Communication.sent_at), func.max(Communication.sent_at)).where(
            Communication.sent_at >= since
        )
    ).one()
    return row[0], row[1], row[2]


def unsettled(tx: Tx) -> int:
    """How many messages are on their way."""
    moving = (Status.QUEUED.value, Status.SENDING.value, Status.UNKNOWN.value)
    return tx.scalar(select(func.count()).select_from(Communication).where(Communication.status.in_(moving))) or 0


def outcomes(tx: Tx, since: datetime) -> tuple[int, datetime | None, datetime | None]:
    """How many attempts since then were accepted; when the first of them began, and when the last was written down."""
    row = tx.execute(
        select(func.count(), func.min(Attempt.started_at), func.max(Attempt.finished_at)).where(
            Attempt.started_at >= since, Attempt.outcome == "accepted"
        )
    ).one()
    return row[0], row[1], row[2]


def delays(tx: Tx, since: datetime) -> list[float]:
    """Seconds from due until it was written down as handed over, of every attempt since then."""
    rows = tx.execute(
        select(Communication.due_at, Attempt.finished_at)
        .join(Attempt, Attempt.communication_id == Communication.id)
        .where(Attempt.started_at >= since, Attempt.finished_at.is_not(None))
    )
    return [(finished - due).total_seconds() for due, finished in rows if finished is not None]
