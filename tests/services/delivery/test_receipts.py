"""Status callbacks in every order, repeated, early, late and of another attempt."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from followup.domain.delivery import Kind, Status
from followup.domain.errors import NotFound
from followup.services.delivery.receipts import record_receipt
from followup.services.delivery.reconcile import reconcile
from followup.services.delivery.tick import send_due
from followup.store.models import Case, Receipt
from tests.services.delivery.conftest import World
from tests.services.delivery.test_settle import case_of


def test_receipts_in_any_order_and_repeated_end_in_the_same_state(world: World) -> None:
    for order in permutations(["queued", "sent", "delivered", "delivered"]):
        answer = world.answer()
        world.tick()
        [attempt] = world.attempts(answer)
        assert attempt.provider_id is not None
        for word in order:
            record_receipt(world.services, attempt.id, status=word, code=None, provider_id=attempt.provider_id)
        assert world.row(answer).status == Status.DELIVERED
        with world.services.db.read() as tx:
            assert tx.query(Receipt).filter_by(attempt_id=attempt.id).count() == 3


def test_a_receipt_that_overtakes_the_answer_to_the_send_names_the_message(world: World) -> None:
    answer = world.answer("+13125550123")
    world.sms.lose_answer("+13125550123")
    world.tick()
    assert world.row(answer).status == Status.UNKNOWN
    [attempt] = world.attempts(answer)
    record_receipt(world.services, attempt.id, status="delivered", code=None, provider_id="SM" + "1" * 32)
    row = world.row(answer)
    assert (row.status, row.provider_id, row.reason) == (Status.DELIVERED, "SM" + "1" * 32, None)
    assert row.sent_at is not None
    world.later(minutes=10)
    reconcile(world.services)
    world.tick()
    assert len(world.sms.accepted) == 1


def test_a_late_sent_receipt_does_not_undo_delivered(world: World) -> None:
    answer = world.answer()
    world.tick()
    [attempt] = world.attempts(answer)
    for word in ("delivered", "sent", "undelivered"):
        record_receipt(world.services, attempt.id, status=word, code="30003", provider_id=attempt.provider_id or "")
    assert world.row(answer).status == Status.DELIVERED


def test_a_phone_that_is_off_is_tried_again_later_then_given_up(world: World) -> None:
    answer = world.answer()
    for times in (1, 2, 3):
        world.tick()
        attempt = world.attempts(answer)[-1]
        assert attempt.number == times
        record_receipt(
            world.services, attempt.id, status="undelivered", code="30003", provider_id=attempt.provider_id or ""
        )
        # Whatever else comes of that attempt changes nothing any more.
        record_receipt(world.services, attempt.id, status="sent", code=None, provider_id=attempt.provider_id or "")
        row = world.row(answer)
        if times < 3:
            assert (row.status, row.reason) == (Status.PLANNED, "phone_off")
            assert row.due_at == world.services.now() + timedelta(hours=1)
            world.later(hours=1, seconds=1)
    assert (row.status, row.reason) == (Status.UNDELIVERED, "phone_off")
    world.later(days=2)
    assert world.tick() == 0


def test_a_number_that_left_its_carrier_falls_back_to_mail(world: World) -> None:
    procedure = world.procedure(world.patient(phone="+13125550123", email="ana@example.com"))
    world.later(hours=2)
    world.tick()
    sent = next(row for row in world.steps(procedure) if row.status == Status.SENT)
    [attempt] = world.attempts(sent.id)
    record_receipt(
        world.services, attempt.id, status="undelivered", code="30006", provider_id=attempt.provider_id or ""
    )
    assert world.row(sent.id).status == Status.UNDELIVERED
    world.tick()
    assert [mail.to for mail in world.email.sent] == ["ana@example.com"]


def test_an_emergency_answer_that_does_not_arrive_says_not_told(world: World) -> None:
    patient = world.patient(phone="+13125550123")
    case_id = case_of(world, patient)
    answer = world.answer("+13125550123", kind=Kind.EMERGENCY, case_id=case_id)
    world.tick()
    [attempt] = world.attempts(answer)
    record_receipt(
        world.services, attempt.id, status="undelivered", code="30007", provider_id=attempt.provider_id or ""
    )
    with world.services.db.read() as tx:
        case = tx.get(Case, case_id)
        assert case is not None
        assert "not_told" in case.beware


def test_a_receipt_for_an_attempt_that_seemed_lost_stops_the_second_sending(world: World) -> None:
    """The provider's list lagged behind: two empty looks, and then the receipt after all."""
    answer = world.answer("+13125550123")
    world.sms.lose_answer("+13125550123")
    world.sms.list_lag = 1
    world.tick()
    for _ in range(3):
        world.later(minutes=2)
        reconcile(world.services)
    assert world.row(answer).status == Status.PLANNED
    send_due(world.services)  # claimed already, and not taken up yet
    [attempt] = world.attempts(answer)
    record_receipt(world.services, attempt.id, status="sent", code=None, provider_id="SM" + "2" * 32)
    assert world.row(answer).status == Status.SENT
    assert world.work() == 0
    assert len(world.sms.accepted) == 1


def test_a_receipt_with_another_messages_id_changes_nothing(world: World) -> None:
    answer = world.answer()
    world.tick()
    [attempt] = world.attempts(answer)
    record_receipt(world.services, attempt.id, status="undelivered", code="30006", provider_id="SM" + "9" * 32)
    assert world.row(answer).status == Status.SENT


def test_a_receipt_for_an_attempt_nobody_made_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        record_receipt(world.services, uuid4(), status="sent", code=None, provider_id="SM1")


def test_a_word_that_nobody_knows_is_kept_and_changes_nothing(world: World) -> None:
    answer = world.answer()
    world.tick()
    [attempt] = world.attempts(answer)
    record_receipt(world.services, attempt.id, status="teleported", code=None, provider_id=attempt.provider_id or "")
    assert world.row(answer).status == Status.SENT


def test_a_receipt_may_stop_the_sender(world: World) -> None:
    answer = world.answer()
    world.tick()
    [attempt] = world.attempts(answer)
    record_receipt(
        world.services, attempt.id, status="undelivered", code="30034", provider_id=attempt.provider_id or ""
    )
    assert world.sender().stop_reason == "not_registered"
    assert world.row(answer).status == Status.PLANNED
