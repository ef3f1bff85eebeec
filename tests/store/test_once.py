"""A row is inserted once; what is wrong with it otherwise is never taken for a repeat."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from followup.store.database import Database
from followup.store.ids import new_id
from followup.store.models import Attempt, Clinic
from followup.store.once import insert_once

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)


def clinic(slug: str = "lake") -> Clinic:
    return Clinic(slug=slug, name="Lake", zone="America/Chicago", sender_name="Lake", settings={}, created_at=NOW)


def test_the_second_of_a_key_is_not_inserted_and_the_transaction_goes_on(database: Database) -> None:
    with database.write() as tx:
        assert insert_once(tx, clinic())
        assert not insert_once(tx, clinic("hill"), clinic())
        assert insert_once(tx, clinic("shore"))
    with database.read() as tx:
        assert set(tx.scalars(select(Clinic.slug))) == {"lake", "shore"}


def test_a_row_that_points_nowhere_is_an_error_and_no_repeat(database: Database) -> None:
    lost = Attempt(clinic_id=new_id(), communication_id=new_id(), number=1, sender_address="x", started_at=NOW)
    with pytest.raises(IntegrityError), database.write() as tx:
        insert_once(tx, lost)
    with database.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Attempt)) == 0
