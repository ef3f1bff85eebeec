"""Messages in doubt: found in the provider's list, sent again when they are not there, shown when nobody can tell."""

from uuid import UUID

import pytest

from followup.domain.delivery import Channel, Kind, Status
from followup.domain.errors import TransientGatewayError
from followup.services.delivery.prepare import prepare
from followup.services.delivery.reconcile import reconcile
from followup.services.delivery.tick import send_due
from followup.store.models import Case
from tests.services.delivery.conftest import World
from tests.services.delivery.test_settle import case_of, cases


def test_a_text_whose_answer_was_lost_is_found_in_the_list_and_not_sent_again(world: World) -> None:
    answer = world.answer()
    world.sms.lose_answer()
    world.tick()
    assert (world.row(answer).status, world.row(answer).reason) == (Status.UNKNOWN, "in_doubt")
    world.later(seconds=31)
    assert reconcile(world.services).found == 1
    row = world.row(answer)
    assert (row.status, row.reason, row.provider_id) == (Status.SENT, None, world.sms.accepted[0][1].provider_id)
    assert world.tick() == 0
    assert len(world.sms.accepted) == 1


def test_a_text_that_was_lost_before_the_provider_goes_again_after_two_empty_looks(world: World) -> None:
    answer = world.answer()
    world.sms.lose_request()
    world.tick()
    looks = []
    for _ in range(6):
        world.later(seconds=31)
        looks.append(reconcile(world.services).looked)
        if world.row(answer).status == Status.PLANNED:
            break
    assert looks == [1, 1, 1]  # the first is too early to say anything
    world.tick()
    assert world.row(answer).status == Status.SENT
    assert len(world.sms.accepted) == 1
    assert [attempt.outcome for attempt in world.attempts(answer)] == ["not_accepted", "accepted"]


def test_while_the_list_cannot_be_had_nothing_is_guessed(world: World) -> None:
    answer = world.answer()
    world.sms.lose_request()
    world.tick()
    world.sms.list_error = TransientGatewayError("away")
    for _ in range(5):
        world.later(minutes=5)
        reconcile(world.services)
        assert world.tick() == 0
    assert (world.row(answer).status, world.row(answer).reason) == (Status.UNKNOWN, "in_doubt")
    world.sms.list_error = None
    for _ in range(3):
        world.later(minutes=5)
        reconcile(world.services)
    world.tick()
    assert world.row(answer).status == Status.SENT


@pytest.mark.parametrize("accepted", [True, False])
def test_a_worker_that_died_after_writing_its_attempts_down_loses_and_doubles_nothing(
    world: World, accepted: bool
) -> None:
    """Killed between the provider's acceptance and our commit, or just before the call."""
    answers = [world.answer(body=f"Message {number}.") for number in range(5)]
    send_due(world.services)
    [(_, (batch,))] = world.queue.woken
    world.queue.woken.clear()
    prepared = prepare(world.services, UUID(batch))
    if accepted:
        for one in prepared.outgoing:
            assert one.text is not None
            run(world, one.text)
    assert {world.row(answer).status for answer in answers} == {Status.SENDING}
    for _ in range(8):
        world.later(seconds=61)
        reconcile(world.services)
        world.tick()
    assert {world.row(answer).status for answer in answers} == {Status.SENT}
    assert sorted(body for _, body in world.sms.bodies) == [f"Message {number}." for number in range(5)]


def run(world: World, text: object) -> None:
    """Hand a text to the carrier, and forget the answer."""
    import asyncio

    asyncio.run(world.sms.send(text))  # type: ignore[arg-type]


def test_two_texts_with_the_same_words_in_doubt_at_once_are_told_apart_by_count(world: World) -> None:
    first, second = (world.answer("+13125550123", body="Same words.") for _ in range(2))
    world.sms.lose_answer(times=1)
    world.tick()
    unknown = [one for one in (first, second) if world.row(one).status == Status.UNKNOWN]
    assert len(unknown) == 1
    world.later(seconds=31)
    reconcile(world.services)
    assert {world.row(first).status, world.row(second).status} == {Status.SENT}
    assert world.row(first).provider_id != world.row(second).provider_id


def test_an_emergency_answer_in_doubt_is_looked_up_within_seconds_and_its_case_says_not_told(world: World) -> None:
    patient = world.patient(phone="+13125550123")
    case_id = case_of(world, patient)
    answer = world.answer("+13125550123", kind=Kind.EMERGENCY, case_id=case_id)
    world.sms.lose_request()
    world.tick()
    for _ in range(6):
        world.later(seconds=6)
        reconcile(world.services)
    with world.services.db.read() as tx:
        case = tx.get(Case, case_id)
        assert case is not None
        assert "not_told" in case.beware
    world.tick()
    assert world.row(answer).status == Status.SENT


def test_a_plans_mail_that_may_have_gone_is_shown_to_a_person_and_not_repeated(world: World) -> None:
    world.procedure(world.patient(email="ana@example.com"))
    world.later(hours=2)
    world.email.after.append(TransientGatewayError("dropped", accepted_unknown=True))
    world.tick()
    row = next(row for row in world.rows() if row.status == Status.UNKNOWN)
    for _ in range(4):
        world.later(minutes=2)
        reconcile(world.services)
        world.tick()
    assert len(world.email.sent) == 1
    assert world.row(row.id).status == Status.UNKNOWN
    [case] = cases(world)
    assert "undelivered" in case.beware


def test_a_page_by_mail_in_doubt_goes_again_with_the_same_message_id(world: World) -> None:
    page = world.answer("nurse@clinic.example", kind=Kind.PAGE, channel=Channel.EMAIL)
    world.email.after.append(TransientGatewayError("dropped", accepted_unknown=True))
    world.tick()
    world.later(seconds=6)
    reconcile(world.services)
    world.tick()
    assert world.row(page).status == Status.SENT
    assert len({mail.message_id for mail in world.email.sent}) == 1
    assert len(world.email.sent) == 2
