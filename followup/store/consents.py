"""What patients agreed to, channel by channel; rows are only added, and the newest counts."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import insert, select

from followup.domain.consent import Consent as ConsentFact
from followup.domain.delivery import Channel
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Consent


def add_all(tx: Tx, clinic_id: UUID, said: Iterable[tuple[UUID, ConsentFact]]) -> None:
    """Keep what patients (who are stored already) said, each about one channel."""
    rows = [
        {
            "clinic_id": clinic_id,
            "patient_id": patient_id,
            "channel": fact.channel.value,
            "given": fact.given,
            "at": fact.at,
            "recorded_by": fact.by,
            "how": fact.how,
            "privacy_warning": fact.privacy_warning,
        }
        for patient_id, fact in said
    ]
    if rows:
        tx.execute(insert(Consent.__table__), rows)  # type: ignore[arg-type]


def current(tx: Tx, clinic_id: UUID, patient_id: UUID) -> dict[Channel, ConsentFact]:
    """What counts now for one patient; a channel that is missing has no consent on record."""
    return current_of(tx, clinic_id, [patient_id]).get(patient_id, {})


def current_of(tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID]) -> dict[UUID, dict[Channel, ConsentFact]]:
    """The same for several patients in one statement."""
    found: dict[UUID, dict[Channel, ConsentFact]] = {}
    if not patient_ids:
        return found
    rows = tx.scalars(
        select(Consent)
        .where(Consent.clinic_id == clinic_id, among(tx, Consent.patient_id, patient_ids))
        .order_by(Consent.at, Consent.id)
    )
    for row in rows:
        found.setdefault(row.patient_id, {})[Channel(row.channel)] = as_fact(row)
    return found


def history(tx: Tx, clinic_id: UUID, patient_id: UUID) -> Sequence[Consent]:
    """Everything a patient said about any channel, newest first."""
    return tx.scalars(
        select(Consent)
        .where(Consent.clinic_id == clinic_id, Consent.patient_id == patient_id)
        .order_by(Consent.at.desc(), Consent.id.desc())
    ).all()


def as_fact(row: Consent) -> ConsentFact:
    """A stored consent as the rules see it."""
    return ConsentFact(Channel(row.channel), row.given, row.at, row.recorded_by, row.how, row.privacy_warning)
