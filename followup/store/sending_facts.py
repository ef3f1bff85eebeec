"""What the last look before sending needs of the patients of a batch, a statement each however many they are."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from followup.domain.delivery import Channel
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Patient

_OF_A_PATIENT = (
    Patient.given_name,
    Patient.phone,
    Patient.phone_index,
    Patient.email,
    Patient.email_index,
    Patient.language,
    Patient.timezone,
    Patient.deceased_at,
    Patient.withdrawn_at,
)


def hold_patients(tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
    """These patients of a clinic, held by this transaction, without those that another transaction holds.

    Two due texts of one patient may lie in two batches: the caps can only be kept when one of them waits its turn.
    Nobody waits here, because whoever holds a patient may in turn wait for a row of this batch.
    """
    if not patient_ids:
        return {}
    rows = tx.scalars(
        select(Patient)
        .where(Patient.clinic_id == clinic_id, among(tx, Patient.id, patient_ids))
        # Each of the others would be opened, sealed as it is, for nothing.
        .options(load_only(*_OF_A_PATIENT))
        .order_by(Patient.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def shared_addresses(tx: Tx, clinic_id: UUID, channel: Channel, indexes: Collection[str]) -> set[str]:
    """Which of these address fingerprints belong to several patients of the clinic."""
    if not indexes:
        return set()
    column = Patient.phone_index if channel is Channel.SMS else Patient.email_index
    rows = tx.scalars(
        select(column)
        .where(Patient.clinic_id == clinic_id, among(tx, column, indexes))
        .group_by(column)
        .having(func.count() > 1)
    )
    return {row for row in rows if row is not None}
