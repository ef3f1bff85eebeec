"""Who goes first, how fast, and that nobody stands in anybody's way."""

from dataclasses import replace

from followup.domain.delivery import Kind, Status
from followup.gateways.queue import RecordingQueue
from followup.services.context import Services
from followup.services.delivery.claim import claim_batch
from followup.services.delivery.tick import SEND_BATCH, SEND_URGENT, send_due
from followup.store import switches
from followup.store.models import Sender
from tests.services.delivery.conftest import World


class DeafQueue(RecordingQueue):
    """A broker that cannot be reached."""

    def wake(self, task: str, *args: str) -> bool:
        return False


def test_emergencies_and_pages_are_handed_over_before_all_else_in_their_own_queue(world: World) -> None:
    for kind in (Kind.ANSWER, Kind.PAGE, Kind.HELP, Kind.EMERGENCY):
        world.answer(kind=kind)
    send_due(world.services)
    assert [name for name, _ in world.queue.woken] == [SEND_URGENT, SEND_BATCH]
    world.work()
    order = [message.body for message, _ in world.sms.accepted]
    assert len(order) == 4


def test_within_a_batch_the_pressing_go_first(world: World) -> None:
    world.answer("+13125550111", kind=Kind.PAGE)
    world.answer("+13125550112", kind=Kind.EMERGENCY)
    world.tick()
    assert [to for to, _ in world.sms.bodies] == ["+13125550112", "+13125550111"]


def test_a_sender_keeps_its_pace_and_emergencies_do_not_wait_for_it(world: World) -> None:
    world.set_sender(pace_per_second=1)
    for _ in range(10):
        world.answer()
    world.tick()
    assert len(world.sms.accepted) == 2
    world.answer(kind=Kind.EMERGENCY)
    world.tick()
    assert len(world.sms.accepted) == 3
    for _ in range(4):
        world.later(seconds=1)
        world.tick()
    # Seven seconds' worth in all: two ahead, four more seconds, and the emergency used one of them.
    assert len(world.sms.accepted) == 6


def test_long_texts_use_up_as_much_pace_as_they_weigh(world: World) -> None:
    world.set_sender(pace_per_second=1)
    for _ in range(4):
        world.answer(body="é" * 300 + "ё" * 100)
    world.tick()
    sent = len(world.sms.accepted)
    assert sent == 2
    world.later(seconds=5)
    world.tick()
    assert len(world.sms.accepted) == sent, "six segments each: ten seconds of pace are still owed"


def test_unasked_texts_leave_a_tenth_of_the_day_for_answers(world: World) -> None:
    world.set_sender(daily_cap=10)
    for _ in range(12):
        world.procedure(world.patient())
    world.later(hours=2)
    for _ in range(12):
        world.tick()
        world.later(seconds=1)
    used = world.sender().day_used
    assert used >= 9
    sent = len(world.sms.accepted)
    assert sent < 12
    answer = world.answer()
    world.tick()
    assert world.row(answer).status == Status.SENT
    world.later(hours=17)  # past midnight in Los Angeles
    world.answer()
    world.tick()
    assert world.sender().day_used < used


def test_a_clinic_with_a_long_queue_does_not_hold_back_another(world: World) -> None:
    for _ in range(30):
        world.answer()
    other = world.other_clinic("+13125550190")
    answer = world.answer(clinic_id=other)
    batch = claim_batch(world.services, urgent=False, size=4)
    assert batch is not None
    assert batch.size == 4
    assert world.row(answer).status == Status.QUEUED


def test_a_stopped_sender_does_not_hold_back_another_clinic(world: World) -> None:
    for _ in range(5):
        world.answer()
    world.set_sender(stopped_at=world.real.now(), stop_reason="account")
    answer = world.answer(clinic_id=world.other_clinic("+13125550190"))
    assert world.tick() == 1
    assert world.row(answer).status == Status.SENT


def test_pages_leave_from_their_own_sender_where_there_is_one(world: World) -> None:
    with world.services.db.write() as tx:
        sender = Sender(
            clinic_id=world.clinic_id,
            kind="sms",
            purpose="pages",
            address="+13125550191",
            created_at=world.services.now(),
        )
        tx.add(sender)
    page, answer = world.answer(kind=Kind.PAGE), world.answer()
    world.tick()
    assert world.row(page).sender_id == sender.id
    assert world.row(answer).sender_id == world.sender_id


def test_what_is_due_later_is_not_claimed(world: World) -> None:
    world.procedure(world.patient())
    assert world.tick() == 0
    world.later(minutes=61)
    assert world.tick() == 1


def test_a_broker_that_cannot_be_reached_gets_nothing_and_the_rows_stay_due(world: World) -> None:
    answer = world.answer()
    deaf: Services = replace(world.services, queue=DeafQueue())
    assert send_due(deaf) == 0
    assert world.row(answer).status == Status.PLANNED
    assert world.tick() == 1


def test_nothing_is_claimed_for_a_channel_that_has_no_door(world: World) -> None:
    answer = world.answer()
    assert send_due(replace(world.services, sms=None)) == 0
    assert world.row(answer).status == Status.PLANNED


def test_while_sending_is_held_only_new_emergencies_and_pages_leave(world: World) -> None:
    old = world.answer(kind=Kind.EMERGENCY)
    world.later(minutes=1)
    with world.services.db.write() as tx:
        value = {"since": world.services.now().isoformat(), "reason": "restored"}
        switches.put(tx, switches.SENDING_HELD, value, world.real.now())
    new, answer = world.answer(kind=Kind.EMERGENCY), world.answer()
    world.tick()
    assert [world.row(one).status for one in (old, new, answer)] == [Status.PLANNED, Status.SENT, Status.PLANNED]
    with world.services.db.write() as tx:
        switches.clear(tx, switches.SENDING_HELD)
    world.tick()
    assert len(world.sms.accepted) == 3
