"""A copy comes back whole, sealed as it was, and with sending held."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from followup.domain.actor import OPERATOR
from followup.domain.errors import ConfigurationError
from followup.store import audit, backup, migrate
from followup.store.database import Database
from followup.store.models import AuditEntry, Clinic, OptOut, Switch

NOW = datetime(2026, 3, 3, 15, 30, 0, 123456, tzinfo=UTC)


def fill(database: Database) -> None:
    """A clinic with a sealed address and an audited act."""
    with database.write() as tx:
        clinic = Clinic(
            slug="lake",
            name="Lake Clinic",
            zone="America/Chicago",
            sender_name="Lake",
            settings={"a": 1},
            created_at=NOW,
        )
        tx.add(clinic)
        tx.flush()
        tx.add(
            OptOut(
                clinic_id=clinic.id,
                channel="sms",
                address="+13125550142",
                address_index="x" * 64,
                reason="stop",
                source="reply",
                since=NOW,
            )
        )
        audit.record(
            tx, clinic_id=clinic.id, at=NOW, actor=OPERATOR, action="add", object_kind="clinic", object_id=clinic.id
        )


def test_a_copy_comes_back_whole_and_holds_sending(database: Database, tmp_path: Path) -> None:
    fill(database)
    index_key = database.vault.index_key
    rows = backup.write(database, tmp_path / "copy", now=NOW)
    with database.write() as tx:
        tx.execute(OptOut.__table__.delete())
    assert backup.read(database, tmp_path / "copy") == rows
    with database.read() as tx:
        stop = tx.scalars(select(OptOut)).one()
        assert stop.address == "+13125550142"
        assert stop.since == NOW
        assert tx.scalars(select(Clinic)).one().settings == {"a": 1}
        held = tx.get(Switch, backup.HELD)
        assert held is not None
        assert held.value["since"] == NOW.isoformat()
    assert database.vault.index_key == index_key


def test_a_copy_holds_no_word_in_the_clear_and_only_its_owner_may_read_it(database: Database, tmp_path: Path) -> None:
    import gzip

    fill(database)
    backup.write(database, tmp_path / "copy")
    assert b"3125550142" not in gzip.decompress((tmp_path / "copy").read_bytes())
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


def test_a_copy_that_breaks_off_is_refused_before_anything_is_removed(database: Database, tmp_path: Path) -> None:
    fill(database)
    backup.write(database, tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    (tmp_path / "copy").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConfigurationError, match="nothing was changed"):
        backup.read(database, tmp_path / "copy")
    with database.read() as tx:
        assert tx.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_copy_of_one_kind_of_database_goes_into_the_other(
    sqlite_database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    postgres: Database = request.getfixturevalue("postgres_database")
    fill(sqlite_database)
    backup.write(sqlite_database, tmp_path / "copy")
    backup.read(postgres, tmp_path / "copy")
    assert migrate.differences(postgres) == []
    with postgres.read() as tx:
        assert tx.scalars(select(OptOut)).one().address == "+13125550142"
