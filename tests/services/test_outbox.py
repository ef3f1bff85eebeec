"""Words that no plan holds are written once, and sent from here when they cannot wait."""

from dataclasses import replace
from uuid import uuid4

from followup.domain.delivery import Channel, Kind, Status
from followup.gateways.queue import RecordingQueue
from followup.services import outbox
from followup.store import clinics
from followup.store.models import Communication
from tests.services.delivery.conftest import World, world  # noqa: F401  (a fixture)


class DeadQueue(RecordingQueue):
    """A broker that is gone."""

    def wake(self, task: str, *args: str) -> bool:
        return False


def write(world: World, key: str, kind: Kind = Kind.ANSWER) -> Communication | None:  # noqa: F811
    with world.services.db.write() as tx:
        clinic = clinics.by_id(tx, world.clinic_id)
        assert clinic is not None
        return outbox.write_in(
            tx,
            world.services,
            clinic=clinic,
            kind=kind,
            channel=Channel.SMS,
            to_address="+13125550123",
            language="en",
            body="A nurse will call you.",
            dedupe_key=key,
            now=world.services.now(),
        )


def test_the_same_key_is_written_once(world: World) -> None:  # noqa: F811
    first = write(world, "answer:1")
    assert first is not None
    assert write(world, "answer:1") is None
    assert [row.id for row in world.rows()] == [first.id]
    assert (first.segments, first.priority, first.status) == (1, 2, Status.PLANNED)


def test_what_was_refused_for_its_key_does_not_spoil_the_rest_of_its_transaction(world: World) -> None:  # noqa: F811
    write(world, "answer:1")
    assert write(world, "answer:2") is not None
    assert len(world.rows()) == 2


def test_an_emergency_answer_leaves_though_broker_and_workers_are_gone(world: World) -> None:  # noqa: F811
    row = write(world, "emergency:1", Kind.EMERGENCY)
    assert row is not None
    services = replace(world.services, queue=DeadQueue())
    assert outbox.send_now(services, row.id) is Status.SENT
    assert outbox.send_now(services, row.id) is Status.SENT, "and once only"
    assert len(world.sms.accepted) == 1


def test_sending_what_does_not_exist_is_no_failure(world: World) -> None:  # noqa: F811
    assert outbox.send_now(world.services, uuid4()) is None


def test_an_emergency_answer_that_the_carrier_refuses_does_not_raise(world: World) -> None:  # noqa: F811
    row = write(world, "emergency:1", Kind.EMERGENCY)
    assert row is not None
    world.sms.refuse("*", "21610")
    assert outbox.send_now(world.services, row.id) is Status.FAILED
