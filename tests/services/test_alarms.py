"""Alarms about the service itself: raised once, told once, over once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from followup.domain.actor import OPERATOR
from followup.domain.alarm import AlarmKind
from followup.domain.delivery import Kind
from followup.gateways.clock import MovableClock
from followup.gateways.memory_email import MemoryEmail
from followup.gateways.memory_sms import MemorySms
from followup.services import alarms, rounds, staff
from followup.services.context import Services
from followup.services.delivery.lifeline import look_after_emergencies
from followup.store import signs
from followup.store.models import Alarm, Communication, Sender
from tests.services.people import make_clinic


def ready(services: Services, real: MovableClock, **more: str) -> Services:
    """Services with doors, an operator, a clinic with an administrator, and signs of a worker and a beat."""
    services = replace(services, sms=MemorySms(), email=MemoryEmail(), real_now=real.now, **more)
    clinic = make_clinic(services)
    staff.add(services, clinic.id, "boss@lakeside.example", "Boss", "admin", actor=OPERATOR)
    alive(services)
    return services


def alive(services: Services) -> None:
    """A worker and a beat give their signs."""
    rounds.give_sign(services, "worker:a:1")
    rounds.give_sign(services, "beat")


def kinds(services: Services) -> set[AlarmKind]:
    """What stands now."""
    return {wrong.kind for wrong in alarms.wrong_now(services)}


def written(services: Services) -> list[Communication]:
    """What was written to tell of alarms."""
    with services.db.read() as tx:
        return list(tx.query(Communication).filter(Communication.kind == Kind.PAGE.value))


def test_no_worker_is_told_once_by_the_web_alone_and_once_that_it_is_over(
    services: Services, clock: MovableClock
) -> None:
    services = ready(services, clock, operator_email="ops@example.com", operator_phone="+13125550177")
    assert alarms.look_for_alarms(services) == 0
    clock.move(timedelta(seconds=70))
    assert alarms.look_for_alarms(services) == 0, "a restart is no alarm"
    clock.move(timedelta(seconds=70))
    with ThreadPoolExecutor(4) as pool:
        told = sum(pool.map(lambda _: alarms.look_for_alarms(services), range(4)))
    assert told == 4, "two alarms (worker and beat), each by mail and by text"
    look_after_emergencies(services)
    assert isinstance(services.email, MemoryEmail)
    assert isinstance(services.sms, MemorySms)
    assert [mail.to for mail in services.email.sent] == ["ops@example.com"] * 2
    assert {to for to, _ in services.sms.bodies} == {"+13125550177"}
    assert any("No worker runs" in body for _, body in services.sms.bodies)
    alive(services)
    clock.move(timedelta(seconds=30))
    assert alarms.look_for_alarms(services) == 0, "it may come and go"
    clock.move(timedelta(minutes=3))
    alive(services)
    assert alarms.look_for_alarms(services) == 4
    assert alarms.look_for_alarms(services) == 0
    with services.db.read() as tx:
        assert tx.query(Alarm).filter(Alarm.cleared_at.is_(None)).count() == 0


def test_without_an_operator_the_administrators_hear_of_the_whole_service(
    services: Services, clock: MovableClock
) -> None:
    services = ready(services, clock)
    with services.db.write() as tx:
        signs.write(tx, alarms.GAP_FOUND, services.real_now(), {"found": 2})
    assert kinds(services) == {AlarmKind.GAP}
    assert alarms.look_for_alarms(services) == 1
    assert [row.to_address for row in written(services)] == ["boss@lakeside.example"]
    look_after_emergencies(services)
    clock.move(timedelta(minutes=61))
    alive(services)
    assert kinds(services) == set()


def test_a_stopped_sender_is_told_over_the_other_channel_and_shown_to_its_clinic_alone(
    services: Services, clock: MovableClock
) -> None:
    services = ready(services, clock)
    other = make_clinic(services, "hillside", "+13125550198")
    with services.db.write() as tx:
        sender = tx.query(Sender).filter(Sender.kind == "sms", Sender.clinic_id != other.id).one()
        sender.stopped_at, sender.stop_reason, mine = services.real_now(), "account", sender.clinic_id
    assert alarms.look_for_alarms(services) == 1
    assert [one.kind for one in alarms.open_for(services, mine)] == [AlarmKind.SENDER_STOPPED]
    assert alarms.open_for(services, other.id) == ()
    with services.db.write() as tx:
        tx.query(Sender).filter(Sender.kind == "sms").update({"stopped_at": None})
    clock.move(timedelta(seconds=20))
    assert alarms.look_for_alarms(services) == 1
    assert alarms.open_for(services, mine) == ()
