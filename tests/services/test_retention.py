"""What was kept long enough goes, and nothing else."""

from datetime import timedelta

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.delivery import Kind, Status
from followup.domain.errors import InvalidInput
from followup.domain.retention import retention
from followup.services import clinics, rounds
from followup.services.delivery.receipts import record_receipt
from followup.services.retention import let_go
from followup.store import audit
from followup.store.models import Attempt, Base, CheckIn, CheckInPhoto, Communication, Receipt, Reply
from tests.services.delivery.conftest import World, world  # noqa: F401  (a fixture)


def counts(world: World) -> tuple[int, int, int]:  # noqa: F811
    """Messages, attempts, receipts."""
    with world.services.db.read() as tx:
        return tx.query(Communication).count(), tx.query(Attempt).count(), tx.query(Receipt).count()


def delivered(world: World, number: int) -> None:  # noqa: F811
    """So many messages, each sent and reported on."""
    for _ in range(number):
        world.answer()
    world.tick()
    for message, listed in list(world.sms.accepted):
        record_receipt(
            world.services, message.attempt_id, status="delivered", code=None, provider_id=listed.provider_id
        )


def test_details_of_deliveries_go_after_ninety_days_and_the_messages_stay(world: World) -> None:  # noqa: F811
    delivered(world, 5)
    assert counts(world) == (5, 5, 5)
    assert let_go(world.services) == 0
    world.real.move(timedelta(days=91) + _since_made(world))
    assert let_go(world.services, batch=2) == 5
    assert counts(world) == (5, 0, 0)
    assert {row.status for row in world.rows()} == {Status.DELIVERED}
    assert all(row.provider_id for row in world.rows())


def _since_made(world: World) -> timedelta:  # noqa: F811
    """How far the tests' real time lies behind the time that ids are made of."""
    from datetime import UTC, datetime

    return datetime.now(UTC) - world.real.now()


def test_what_is_in_doubt_keeps_its_details(world: World) -> None:  # noqa: F811
    world.sms.lose_answer()
    world.answer()
    world.tick()
    world.real.move(timedelta(days=91) + _since_made(world))
    assert let_go(world.services) == 0
    assert counts(world)[1] == 1


def test_messages_go_after_the_clinics_years_and_not_those_still_to_go(world: World) -> None:  # noqa: F811
    clinics.change_clinic(world.services, world.clinic_id, {"settings": {"retention_years": 7}}, OPERATOR)
    delivered(world, 5)
    waiting = world.answer()
    world.set_sender(stopped_at=world.real.now())
    world.clock.move(timedelta(days=7 * 365))
    assert let_go(world.services) == 0
    world.clock.move(timedelta(days=3))
    assert let_go(world.services, batch=2) == 5
    assert [row.id for row in world.rows()] == [waiting]
    assert counts(world) == (1, 0, 0)


@pytest.mark.parametrize(("lying", "left"), [(False, 0), (True, 1)])
def test_a_check_in_page_goes_with_its_message_unless_answers_still_lie_on_it(
    world: World,  # noqa: F811
    lying: bool,
    left: int,
) -> None:
    patient = world.patient()
    delivered(world, 1)
    now = world.services.now()
    with world.services.db.write() as tx:
        message = world.rows()[0].id
        page = CheckIn(
            clinic_id=world.clinic_id, communication_id=message, patient_id=patient, language="en", lying=lying,
            opened_at=now, changed_at=now,
        )  # fmt: skip
        tx.add(page)
        tx.flush()
        photo = CheckInPhoto(
            clinic_id=world.clinic_id,
            check_in_id=page.id,
            content_type="image/png",
            size=1,
            content=b"x",
            created_at=now,
        )
        tx.add(photo)
    world.later(days=11 * 365)
    let_go(world.services)
    assert counts(world)[0] == left


def test_another_clinic_keeps_its_own_years(world: World) -> None:  # noqa: F811
    other = world.other_clinic("+13125550155")
    clinics.change_clinic(world.services, world.clinic_id, {"settings": {"retention_years": 6}}, OPERATOR)
    kept = world.answer(clinic_id=other)
    delivered(world, 2)
    world.later(days=8 * 365)
    let_go(world.services)
    assert [row.id for row in world.rows()] == [kept]


def test_replies_and_the_audit_chain_stay_and_a_replay_is_still_one(world: World) -> None:  # noqa: F811
    world.patient(phone="+13125550123")
    world.sms.receive("+13125550123", "+13125550100", "it is much worse and hot")
    rounds.look_for_gaps(world.services)
    rounds.seal_audit(world.services)
    world.later(days=101 * 365)
    rounds.sweep(world.services)
    with world.services.db.read() as tx:
        assert tx.query(Reply).count() == 1
    assert audit.first_broken_link(world.services.db, world.clinic_id) is None


def test_a_round_takes_no_longer_than_its_patience(world: World) -> None:  # noqa: F811
    delivered(world, 3)
    world.real.move(timedelta(days=91) + _since_made(world))
    assert let_go(world.services, patience=0) == 0
    assert counts(world)[1] == 3


def test_what_points_at_a_message_or_an_attempt_is_known_here() -> None:
    """A new table that does must be thought of in store/retention before a message can go."""
    pointing = {
        (table.name, key.column.table.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("communications", "attempts", "check_ins")
    }
    assert pointing == {
        ("attempts", "communications"),
        ("receipts", "attempts"),
        ("check_ins", "communications"),
        ("check_in_photos", "check_ins"),
        ("pages", "communications"),
    }


@pytest.mark.parametrize("years", [5, 101, 7.5, True, "7"])
def test_a_clinic_may_not_keep_them_for_less_than_the_law_asks(years: object) -> None:
    with pytest.raises(InvalidInput):
        retention({"retention_years": years})


def test_emergencies_are_kept_as_long_as_everything_else(world: World) -> None:  # noqa: F811
    world.answer(kind=Kind.EMERGENCY)
    world.tick()
    world.later(days=9 * 365)
    let_go(world.services)
    assert counts(world)[0] == 1
