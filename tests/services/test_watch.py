"""What a web process looks after when everybody else is gone."""

import threading
from dataclasses import replace

import pytest

from followup.domain.delivery import Kind, Status
from followup.domain.errors import TransientGatewayError
from followup.services import watch
from followup.services.replies.receive import InboundText, receive_text
from followup.store import signs
from followup.store.models import Reply
from tests.services.delivery.conftest import World, world  # noqa: F401  (a fixture)
from tests.services.delivery.test_nothing_twice import DyingDatabase, Killed

PHONE, CLINIC = "+13125550123", "+13125550100"


def statuses(world: World) -> list[str]:  # noqa: F811
    with world.services.db.read() as tx:
        return [reply.status for reply in tx.query(Reply)]


def kept_and_not_read(world: World) -> InboundText:  # noqa: F811
    """A text whose receiver fell between keeping and reading it."""
    post = InboundText("SM" + "1" * 32, PHONE, CLINIC, "I have crushing chest pain and can't breathe")
    falling = replace(world.services, db=DyingDatabase(world.services, 1))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        receive_text(falling, post)
    assert statuses(world) == ["received"]
    return post


def test_a_running_watch_looks_by_itself_and_stops_when_told(world: World) -> None:  # noqa: F811
    emergency = world.answer(kind=Kind.EMERGENCY)
    stop = watch.start_watch(world.services, every=0.01)
    try:
        for _ in range(2000):
            if world.row(emergency).status == Status.SENT:
                break
            threading.Event().wait(0.01)
    finally:
        stop()
    assert world.row(emergency).status == Status.SENT
    assert not [thread for thread in threading.enumerate() if thread.name == "watch" and thread.is_alive()]


def test_a_text_that_was_kept_and_not_read_is_read_without_a_worker_and_answered(
    world: World,  # noqa: F811
) -> None:
    kept_and_not_read(world)
    world.later(seconds=6)
    watch.watch_once(world.services, threading.Event())
    assert statuses(world) == ["read"]
    assert any("911" in body for _, body in world.sms.bodies)


def test_a_text_that_is_posted_again_is_read_if_the_first_time_failed_before_that(
    world: World,  # noqa: F811
) -> None:
    post = kept_and_not_read(world)
    assert receive_text(world.services, post).new is False
    assert statuses(world) == ["read"]
    assert receive_text(world.services, post).new is False
    assert len([body for _, body in world.sms.bodies if "911" in body]) == 1


def test_a_text_that_could_not_be_kept_is_fetched_from_the_carrier_at_once(world: World) -> None:  # noqa: F811
    missed = threading.Event()
    watch.watch_once(world.services, missed)
    world.sms.receive(PHONE, CLINIC, "it is better")
    watch.watch_once(world.services, missed)
    assert statuses(world) == []
    missed.set()
    watch.watch_once(world.services, missed)
    assert statuses(world) == ["read"]
    assert not missed.is_set()


def test_a_carrier_whose_list_is_away_is_asked_again(world: World) -> None:  # noqa: F811
    missed = threading.Event()
    missed.set()
    world.sms.receive(PHONE, CLINIC, "it is better")
    world.sms.list_error = TransientGatewayError("away")
    watch.watch_once(world.services, missed)
    assert missed.is_set()
    world.sms.list_error = None
    watch.watch_once(world.services, missed)
    assert statuses(world) == ["read"]


def test_a_web_process_that_nobody_probes_says_that_it_lives(world: World) -> None:  # noqa: F811
    watch.sign_and_look(world.services)
    with world.services.db.read() as tx:
        assert signs.when(tx, "web") == world.services.real_now()
