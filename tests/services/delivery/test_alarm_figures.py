"""The figures of real deliveries that raise alarms."""

from datetime import UTC, datetime, timedelta

from followup.domain.alarm import AlarmKind
from followup.services import alarms
from tests.services.delivery.conftest import World


def kinds(world: World) -> set[AlarmKind]:
    """What is wrong, but for the processes, which do not run here."""
    wrong = {one.kind for one in alarms.wrong_now(world.services)}
    return wrong - {AlarmKind.NO_WORKER, AlarmKind.NO_BEAT}


def test_a_message_that_waits_past_its_time_is_overdue_until_it_has_left(world: World) -> None:
    world.answer()
    assert kinds(world) == set()
    world.later(minutes=6)
    assert kinds(world) == {AlarmKind.OVERDUE}
    world.tick()
    assert AlarmKind.OVERDUE not in kinds(world)


def test_refusals_of_the_provider_count_and_numbers_that_do_not_exist_do_not(world: World) -> None:
    world.real.put(datetime.now(UTC))
    for code, expected in (("21211", set()), ("30007", {AlarmKind.REFUSED})):
        for _ in range(6):
            world.answer()
        world.sms.refuse("*", code, times=6)
        world.tick()
        assert kinds(world) == expected, code


def test_texts_without_any_receipt_raise_an_alarm_when_receipts_are_overdue(world: World) -> None:
    world.real.put(datetime.now(UTC))
    for _ in range(3):
        world.answer()
    world.tick()
    assert kinds(world) == set()
    world.real.put(datetime.now(UTC) + timedelta(minutes=16))
    assert kinds(world) == {AlarmKind.NO_RECEIPTS}
