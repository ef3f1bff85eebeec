"""The last look: what changed between the plan and the sending decides."""

from datetime import timedelta
from uuid import UUID

import pytest

from followup.domain.delivery import Channel, Kind, Status
from followup.services.delivery.tick import send_due
from followup.store import opt_outs
from followup.store.models import Communication, Procedure
from tests.services.delivery.conftest import World
from tests.services.delivery.test_settle import cases


def due_text(world: World, procedure: UUID) -> Communication:
    """The first text of a plan, now due."""
    world.later(minutes=61)
    return next(row for row in world.steps(procedure) if row.channel == Channel.SMS)


def opt_out(world: World, number: str) -> None:
    with world.services.db.write() as tx:
        opt_outs.stop(
            tx,
            clinic_id=world.clinic_id,
            channel=Channel.SMS,
            address=number,
            source="reply",
            now=world.services.now(),
        )


def test_a_stop_that_came_after_the_claim_is_kept(world: World) -> None:
    text = due_text(world, world.procedure(world.patient(phone="+13125550123")))
    send_due(world.services)
    opt_out(world, "+13125550123")
    world.work()
    assert (world.row(text.id).status, world.row(text.id).reason) == (Status.SKIPPED, "opted_out")
    assert not world.sms.accepted
    assert cases(world), "a nurse calls instead"


@pytest.mark.parametrize("field", ["deceased_at", "withdrawn_at"])
def test_nobody_writes_to_a_patient_who_died_or_left(world: World, field: str) -> None:
    patient = world.patient(phone="+13125550123")
    text = due_text(world, world.procedure(patient))
    world.set_patient(patient, **{field: world.services.now()})
    world.tick()
    assert world.row(text.id).status == Status.SKIPPED
    assert not world.sms.accepted
    assert not cases(world)


def test_a_cancelled_procedures_text_is_not_sent(world: World) -> None:
    procedure = world.procedure(world.patient())
    text = due_text(world, procedure)
    with world.services.db.write() as tx:
        row = tx.get(Procedure, procedure)
        assert row is not None
        row.status = "cancelled"
    world.tick()
    assert (world.row(text.id).status, world.row(text.id).reason) == (Status.CANCELLED, "procedure_ended")


def test_a_text_that_is_late_into_the_evening_waits_for_the_morning_or_is_skipped(world: World) -> None:
    procedure = world.procedure(world.patient())
    rows = [row for row in world.steps(procedure) if row.channel == Channel.SMS]
    second = rows[1]
    night = second.due_at.replace(hour=3, minute=0) + timedelta(days=1)  # nine in the evening in Chicago
    world.clock.put(night)
    world.tick()
    assert not world.sms.accepted
    held = world.row(second.id)
    assert (held.status, held.reason) == (Status.PLANNED, "quiet_hours")
    assert held.due_at > night
    assert world.row(rows[0].id).status == Status.SKIPPED


def test_one_unasked_text_a_day_also_when_several_plans_are_due_at_once(world: World) -> None:
    patient = world.patient()
    first, second = world.procedure(patient), world.procedure(patient)
    with world.services.db.write() as tx:
        for row in tx.query(Communication).filter_by(channel="sms"):
            # As after an outage: all of them overdue and still useful.
            row.due_at, row.status, row.reason = world.services.now(), Status.PLANNED.value, None
            row.expires_at = world.services.now() + timedelta(days=9)
    world.tick()
    assert len(world.sms.accepted) == 1
    for _ in range(24 * 8):
        world.later(hours=1)
        world.tick()
        days = [text.created_at.astimezone().date() for _, text in world.sms.accepted]
        assert len(world.sms.accepted) <= 3 + 3
    times = sorted(text.created_at for _, text in world.sms.accepted)
    assert all(later - earlier >= timedelta(days=7) for earlier, later in zip(times, times[3:], strict=False))
    assert len(set(days)) == len(days)
    assert first != second


def test_a_changed_number_is_the_one_that_is_written_to(world: World) -> None:
    from followup.store import patients

    patient = world.patient(phone="+13125550123")
    due_text(world, world.procedure(patient))
    with world.services.db.write() as tx:
        row = patients.by_id(tx, world.clinic_id, patient)
        assert row is not None
        patients.set_phone(tx, row, "+13125550177")
    world.tick()
    assert [to for to, _ in world.sms.bodies] == ["+13125550177"]


def test_the_carrier_drops_a_text_by_itself_before_quiet_hours(world: World) -> None:
    due_text(world, world.procedure(world.patient()))
    world.tick()
    message = world.sms.accepted[0][0]
    # It is 10:31 in Chicago, and quiet hours begin at 20:00.
    assert message.validity_seconds == (9 * 60 + 29) * 60


def test_a_stop_holds_back_answers_but_not_its_own_confirmation_nor_an_emergency(world: World) -> None:
    opt_out(world, "+13125550123")
    sent = {
        kind: world.answer("+13125550123", kind=kind)
        for kind in (Kind.ANSWER, Kind.AFTER_HOURS, Kind.OPT_OUT_CONFIRMATION, Kind.EMERGENCY)
    }
    world.tick()
    assert {kind: world.row(one).status for kind, one in sent.items()} == {
        Kind.ANSWER: Status.SKIPPED,
        Kind.AFTER_HOURS: Status.SKIPPED,
        Kind.OPT_OUT_CONFIRMATION: Status.SENT,
        Kind.EMERGENCY: Status.SENT,
    }


def test_a_protocol_that_cannot_be_rendered_loses_its_message_with_a_reason(world: World) -> None:
    from followup.store.models import ProtocolVersion

    text = due_text(world, world.procedure(world.patient()))
    with world.services.db.write() as tx:
        version = tx.query(ProtocolVersion).one()
        name = f"{text.step}.en.sms.txt"
        version.files = {**version.files, name: "{{ nobody_knows_this }}"}
    world.tick()
    assert (world.row(text.id).status, world.row(text.id).reason) == (Status.FAILED, "no_words")
    assert cases(world)
