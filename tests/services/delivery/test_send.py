"""Sending a batch: every message once, whatever is repeated, lost or refused."""

from datetime import timedelta
from uuid import UUID

from followup.domain.delivery import Channel, Kind, Status
from followup.services import outbox
from followup.services.delivery.send import send_batch
from followup.services.delivery.tick import send_due
from tests.services.delivery.conftest import World


def test_what_is_due_is_sent_with_an_attempt_written_before(world: World) -> None:
    answer = world.answer("+13125550123")
    assert world.tick() == 1
    row = world.row(answer)
    [attempt] = world.attempts(answer)
    assert (row.status, row.attempts, row.reason) == (Status.SENT, 1, None)
    assert (attempt.outcome, attempt.number, attempt.sender_address) == ("accepted", 1, "+13125550100")
    assert row.provider_id == attempt.provider_id == world.sms.accepted[0][1].provider_id
    assert world.sms.accepted[0][0].attempt_id == attempt.id
    assert world.sms.bodies == [("+13125550123", "Words of a nurse.")]


def test_the_first_step_carries_the_first_contact_lines_and_the_next_does_not(world: World) -> None:
    procedure = world.procedure(world.patient(phone="+13125550123"))
    for _ in range(96):
        world.tick()
        world.later(hours=1)
    bodies = [body for _, body in world.sms.bodies]
    assert len(bodies) >= 2
    assert "Reply STOP" in bodies[0]
    assert all("Reply STOP" not in body for body in bodies[1:])
    rows = [row for row in world.steps(procedure) if row.status == Status.SENT]
    assert [row.first_contact for row in rows] == [True] + [False] * (len(rows) - 1)
    assert all(row.segments for row in rows)


def test_a_text_to_a_phone_that_patients_share_opens_with_the_given_name(world: World) -> None:
    world.patient(phone="+13125550123", given_name="Rosa")
    world.procedure(world.patient(phone="+13125550123", given_name="Luis"))
    world.later(hours=2)
    world.tick()
    assert world.sms.bodies[0][1].startswith("For Luis:")


def test_a_broker_message_that_comes_twice_sends_nothing_twice(world: World) -> None:
    world.answer()
    send_due(world.services)
    [(_, (batch,))] = world.queue.woken
    assert send_batch(world.services, UUID(batch)) == 1
    assert send_batch(world.services, UUID(batch)) == 0
    assert len(world.sms.accepted) == 1


def test_a_batch_that_the_broker_lost_is_found_again_after_its_lease(world: World) -> None:
    answer = world.answer()
    send_due(world.services)
    world.queue.woken.clear()
    assert world.row(answer).status == Status.QUEUED
    assert world.tick() == 0
    world.later(seconds=61)
    assert world.tick() == 1
    assert len(world.sms.accepted) == 1


def test_mail_has_its_unsubscribe_link_and_a_reply_address_of_its_own(world: World) -> None:
    world.procedure(world.patient(email="ana@example.com"))
    world.later(hours=2)
    world.tick()
    [mail] = world.email.sent
    row = next(row for row in world.rows() if row.status == Status.SENT)
    assert mail.reply_to == f"care+r-{row.reply_token}@clinic.example"
    assert mail.unsubscribe_url is not None
    assert mail.unsubscribe_url.startswith("http://127.0.0.1:8000/u/")
    assert mail.unsubscribe_url in mail.text
    assert mail.message_id == row.message_id
    assert mail.automatic


def test_an_emergency_answer_goes_from_this_process_without_broker_or_worker(world: World) -> None:
    answer = world.answer("+13125550123", kind=Kind.EMERGENCY)
    assert outbox.send_now(world.services, answer) is Status.SENT
    assert world.tick() == 0
    assert len(world.sms.accepted) == 1


def test_send_now_leaves_alone_what_a_worker_has_claimed(world: World) -> None:
    answer = world.answer(kind=Kind.EMERGENCY)
    send_due(world.services)
    assert outbox.send_now(world.services, answer) is Status.QUEUED
    assert world.work() == 1
    assert len(world.sms.accepted) == 1


def test_an_answer_that_is_no_longer_useful_is_skipped_with_that_reason(world: World) -> None:
    answer = world.answer(expires_at=world.services.now() + timedelta(minutes=5))
    world.later(minutes=6)
    assert world.tick() == 0
    row = world.row(answer)
    assert (row.status, row.reason) == (Status.SKIPPED, "missed")


def test_a_mail_goes_by_the_mail_sender_and_a_text_by_the_number(world: World) -> None:
    text = world.answer("+13125550123")
    mail = world.answer("ana@example.com", channel=Channel.EMAIL)
    world.tick()
    assert world.row(text).sender_id == world.sender_id
    assert world.row(mail).sender_id == world.mail_sender_id
    assert len(world.email.sent) == len(world.sms.accepted) == 1
