"""What the last look before sending needs of the patients of a batch, a statement each however many they are."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from followup.domain.delivery import Channel
from followup.store.database import Tx
from followup.store.models import Patient


def hold_patients(tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
    """These patients of a clinic, held by this transaction, without those that another transaction holds.

    Two due texts of one patient may lie in two batches: the caps can only be kept when one of them waits its turn.
    Nobody waits here, because whoever holds a patient may in turn wait for a row of this batch.
    """
    if not patient_ids:
        return {}
    rows = tx.scalars(
        select(Patient)
        .where(Patient.clinic_id == clinic_id, Patient.id.in_(patient_ids))
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
        .where(Patient.clinic_id == clinic_id, column.in_(indexes))
        .group_by(column)
        .having(func.count() > 1)
    )
    return {row for row in rows if row is not None}
