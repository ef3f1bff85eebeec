"""The audit chain holds, and a change to it shows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update

from followup.domain.actor import OPERATOR
from followup.store import audit
from followup.store.database import Database
from followup.store.models import AuditEntry, Clinic

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)


def acts(database: Database, count: int) -> UUID:
    """So many audited acts of one clinic, none sealed yet."""
    with database.write() as tx:
        clinic = Clinic(slug="lake", name="Lake", zone="America/Chicago", sender_name="Lake", created_at=NOW)
        tx.add(clinic)
        tx.flush()
        for number in range(count):
            audit.record(
                tx,
                clinic_id=clinic.id,
                at=NOW + timedelta(seconds=number),
                actor=OPERATOR,
                action="look",
                object_kind="patient",
                object_id=None,
                fields=["name"],
            )
        return clinic.id


def test_sealed_entries_form_a_chain_that_holds(database: Database) -> None:
    clinic_id = acts(database, 5)
    assert audit.seal_waiting(database, limit=3) == 3
    assert audit.seal_waiting(database) == 2
    assert audit.seal_waiting(database) == 0
    assert audit.first_broken_link(database, clinic_id) is None


def test_a_changed_entry_breaks_the_chain_at_its_place(database: Database) -> None:
    clinic_id = acts(database, 5)
    audit.seal_waiting(database)
    with database.write() as tx:
        tx.execute(update(AuditEntry).where(AuditEntry.sequence == 3).values(actor="staff:somebody else"))
    assert audit.first_broken_link(database, clinic_id) == 3


def test_a_removed_entry_breaks_the_chain_at_its_place(database: Database) -> None:
    clinic_id = acts(database, 5)
    audit.seal_waiting(database)
    with database.write() as tx:
        tx.execute(delete(AuditEntry).where(AuditEntry.sequence == 2))
    assert audit.first_broken_link(database, clinic_id) == 2
