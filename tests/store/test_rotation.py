"""Keys rotate without losing a word or a look-up."""

from datetime import UTC, datetime

from sqlalchemy import select

from followup.store import revisions, rotation
from followup.store.database import Database
from followup.store.models import Clinic, OptOut
from followup.store.vault import Vault
from tests.conftest import KEYS

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)
NEWER = ("newer-key-" + "1" * 32,)


def test_after_a_rotation_the_newest_key_alone_opens_everything_and_look_ups_are_the_same(database: Database) -> None:
    with database.write() as tx:
        clinic = Clinic(slug="lake", name="Lake", zone="America/Chicago", sender_name="Lake", created_at=NOW)
        tx.add(clinic)
        tx.flush()
        for number in range(450):
            tx.add(
                OptOut(
                    clinic_id=clinic.id,
                    channel="sms",
                    address=f"+131255501{number % 100:02d}",
                    address_index=f"{number}",
                    reason="stop",
                    source="reply",
                    since=NOW,
                )
            )
    before = database.vault.blind("mrn", "1")
    both = Database(database.url, Vault(NEWER + KEYS))
    revisions.load_index_key(both)
    assert rotation.reseal(both) == 451
    assert rotation.reseal(both) == 0
    both.dispose()
    alone = Database(database.url, Vault(NEWER))
    revisions.load_index_key(alone)
    assert alone.vault.blind("mrn", "1") == before
    with alone.read() as tx:
        assert {row.address[:8] for row in tx.scalars(select(OptOut))} == {"+1312555"}
    alone.dispose()
