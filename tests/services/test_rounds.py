"""What is done again and again so that nothing stays lying."""

from datetime import timedelta

import pytest

from followup.domain.delivery import Kind, Status
from followup.domain.errors import TransientGatewayError
from followup.services import rounds
from followup.services.replies import gaps
from followup.store import audit, signs
from followup.store.models import Reply, SignOfLife
from tests.services.delivery.conftest import World, world  # noqa: F401  (a fixture)


def test_what_could_not_leave_while_it_was_useful_is_skipped_with_that_reason(world: World) -> None:  # noqa: F811
    procedure = world.procedure(world.patient())
    answer = world.answer(expires_at=world.services.now() + timedelta(hours=1))
    world.set_sender(stopped_at=world.real.now(), stop_reason="account")
    world.later(days=6)
    assert rounds.settle_missed(world.services) >= 2
    reasons = {row.reason for row in world.steps(procedure) if row.status == Status.SKIPPED}
    assert "missed" in reasons
    assert (world.row(answer).status, world.row(answer).reason) == (Status.SKIPPED, "missed")
    assert rounds.settle_missed(world.services) == 0


def test_what_is_still_useful_is_left_to_be_sent(world: World) -> None:  # noqa: F811
    answer = world.answer(expires_at=world.services.now() + timedelta(hours=1))
    emergency = world.answer(kind=Kind.EMERGENCY)
    world.later(minutes=30)
    assert rounds.settle_missed(world.services) == 0
    assert {world.row(answer).status, world.row(emergency).status} == {Status.PLANNED}


def test_a_reply_that_only_the_provider_has_is_found_and_later_not_again(world: World) -> None:  # noqa: F811
    world.patient(phone="+13125550123")
    world.sms.receive("+13125550123", "+13125550100", "it is better")
    assert rounds.look_for_gaps(world.services) == 1
    assert rounds.look_for_gaps(world.services) == 0, "not yet time to look again"
    world.later(minutes=6)
    assert rounds.look_for_gaps(world.services) == 0
    with world.services.db.read() as tx:
        assert tx.query(Reply).count() == 1


def test_replies_are_found_however_much_was_sent_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(gaps, "MOST", 5)
    world.sms.receive("+13125550123", "+13125550100", "it is better")
    for _ in range(6):
        world.answer()
    world.tick()
    assert rounds.look_for_gaps(world.services) == 1


def test_a_list_that_cannot_be_had_is_looked_at_again_from_where_it_was(world: World) -> None:  # noqa: F811
    world.sms.list_error = TransientGatewayError("away")
    assert rounds.look_for_gaps(world.services) is None
    with world.services.db.read() as tx:
        assert signs.when(tx, rounds.GAPS) is None


def test_one_part_that_fails_does_not_keep_the_others_from_being_done(world: World) -> None:  # noqa: F811
    answer = world.answer(expires_at=world.services.now() + timedelta(minutes=1))
    world.later(minutes=2)
    world.sms.list_error = TransientGatewayError("away")
    rounds.sweep(world.services)
    assert world.row(answer).status == Status.SKIPPED
    assert ("followup.fetch_media", ()) in world.queue.woken


def test_processes_that_are_gone_for_a_day_are_forgotten(world: World) -> None:  # noqa: F811
    rounds.give_sign(world.services, "worker:one:1")
    world.later(hours=23)
    rounds.give_sign(world.services, "worker:two:2")
    world.later(hours=2)
    rounds.forget_the_gone(world.services)
    with world.services.db.read() as tx:
        assert [sign.name for sign in tx.query(SignOfLife)] == ["worker:two:2"]


def test_the_audit_chain_is_sealed(world: World) -> None:  # noqa: F811
    world.patient(phone="+13125550123")
    world.sms.receive("+13125550123", "+13125550100", "it is better")
    rounds.look_for_gaps(world.services)
    assert rounds.seal_audit(world.services) > 0
    assert rounds.seal_audit(world.services) == 0
    assert audit.first_broken_link(world.services.db, world.clinic_id) is None
