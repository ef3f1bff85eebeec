"""Emergency answers leave without broker or worker."""

from followup.domain.delivery import Kind, Status
from followup.services.delivery.lifeline import look_after_emergencies, tell_who_was_not_told
from followup.services.delivery.tick import send_due
from followup.store.models import Case
from tests.services.delivery.conftest import World
from tests.services.delivery.test_settle import case_of


def test_what_nobody_has_sent_is_sent_from_here_and_nothing_else_is(world: World) -> None:
    emergency, answer = world.answer(kind=Kind.EMERGENCY), world.answer()
    assert look_after_emergencies(world.services) == 1
    assert (world.row(emergency).status, world.row(answer).status) == (Status.SENT, Status.PLANNED)


def test_what_a_tick_claimed_and_the_broker_lost_is_sent_within_ten_seconds(world: World) -> None:
    emergency = world.answer(kind=Kind.EMERGENCY)
    send_due(world.services)
    world.queue.woken.clear()
    for _ in range(3):
        world.later(seconds=2)
        look_after_emergencies(world.services)
    assert world.row(emergency).status == Status.SENT
    assert len(world.sms.accepted) == 1


def test_the_senders_pace_and_pause_do_not_hold_it_back(world: World) -> None:
    world.set_sender(pace_per_second=1, paused_until=world.real.now().replace(hour=23))
    emergencies = [world.answer(kind=Kind.EMERGENCY) for _ in range(5)]
    look_after_emergencies(world.services)
    assert {world.row(one).status for one in emergencies} == {Status.SENT}


def test_what_cannot_leave_turns_its_case_into_not_told(world: World) -> None:
    patient = world.patient(phone="+13125550123")
    case_id = case_of(world, patient)
    world.set_sender(stopped_at=world.real.now(), stop_reason="account")
    world.answer("+13125550123", kind=Kind.EMERGENCY, case_id=case_id)
    look_after_emergencies(world.services)
    assert tell_who_was_not_told(world.services) == 0
    world.later(seconds=31)
    assert tell_who_was_not_told(world.services) == 1
    with world.services.db.read() as tx:
        case = tx.get(Case, case_id)
        assert case is not None
        assert "not_told" in case.beware
