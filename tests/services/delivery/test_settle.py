"""What follows from each kind of answer of a provider."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.delivery import Channel, Kind, Status
from followup.domain.errors import PermanentGatewayError, TransientGatewayError
from followup.services.cases import intake
from followup.services.delivery.tick import send_due
from followup.store import opt_outs
from followup.store.models import Case
from tests.services.delivery.conftest import World


def case_of(world: World, patient_id: UUID) -> UUID:
    """An open case of a patient."""
    with world.services.db.write() as tx:
        return intake.open_or_join_in(
            tx,
            world.services,
            clinic_id=world.clinic_id,
            kind=CaseKind.REPLY,
            acuity=Acuity.EMERGENCY,
            patient_id=patient_id,
            subject_key=intake.subject_of_patient(patient_id),
            reason="reply",
            now=world.services.now(),
        ).id


def cases(world: World) -> list[Case]:
    """Every case."""
    with world.services.db.read() as tx:
        return list(tx.query(Case))


def test_too_many_requests_let_the_whole_sender_wait_and_lose_nothing(world: World) -> None:
    answers = [world.answer() for _ in range(5)]
    world.sms.slow_down(times=5, retry_after=7)
    world.tick()
    assert {world.row(answer).status for answer in answers} == {Status.PLANNED}
    # One was refused; the rest of the batch was not even tried.
    assert {world.row(answer).reason for answer in answers} <= {"too_fast", None}
    assert world.sender().paused_until == world.real.now() + timedelta(seconds=7)
    assert world.tick() == 0
    world.sms.before.clear()
    world.later(seconds=8)
    assert world.tick() == 5
    assert len(world.sms.accepted) == 5
    assert all(world.row(answer).status == Status.SENT for answer in answers)
    assert (world.sender().pauses, world.sender().paused_until) == (0, None)


def test_a_sender_backs_off_longer_each_time(world: World) -> None:
    world.answer()
    waits: list[timedelta] = []
    for _ in range(3):
        world.sms.slow_down()
        world.tick()
        until = world.sender().paused_until
        assert until is not None
        waits.append(until - world.real.now())
        world.real.put(until)
        world.clock.move(waits[-1])
    assert waits == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]


@pytest.mark.parametrize("code", ["20003", "21606", "30034"])
def test_a_wrong_set_up_stops_the_sender_once_and_leaves_the_rows_planned(world: World, code: str) -> None:
    answers = [world.answer() for _ in range(20)]
    world.sms.refuse("*", code, times=20)
    world.tick()
    assert world.sender().stopped_at is not None
    assert {world.row(answer).status for answer in answers} == {Status.PLANNED}
    calls = world.sms.calls
    world.later(minutes=10)
    assert world.tick() == 0
    assert world.sms.calls == calls


def test_a_dead_number_falls_back_to_mail(world: World) -> None:
    procedure = world.procedure(world.patient(phone="+13125550123", email="ana@example.com"))
    world.later(hours=2)
    world.sms.refuse("+13125550123", "21211")
    world.tick()
    rows = {(row.step, row.channel): row for row in world.steps(procedure)}
    failed = rows["rest-today", "sms"]
    assert (failed.status, failed.reason) == (Status.FAILED, "bad_address")
    assert rows["activity-48h", "sms"].reason == "undeliverable"
    assert (rows["day-two-check", "email"].status, rows["day-two-check", "email"].reason) == (
        Status.PLANNED,
        "email_instead",
    )
    assert rows["day-two-check", "sms"].status == Status.CANCELLED


def test_where_no_channel_is_left_a_case_tells_a_nurse_to_call(world: World) -> None:
    patient = world.patient(phone="+13125550123")
    world.procedure(patient)
    world.later(hours=2)
    world.sms.refuse("+13125550123", "21614")
    world.tick()
    [case] = cases(world)
    assert (case.kind, case.patient_id) == ("unreachable", patient)
    assert "call_instead" in case.beware
    assert (world.clinic_id, "queue") in world.queue.announced


def test_a_stop_that_only_the_carrier_knew_stands_here_too(world: World) -> None:
    world.procedure(world.patient(phone="+13125550123"))
    world.later(hours=2)
    world.sms.refuse("+13125550123", "21610")
    world.tick()
    with world.services.db.read() as tx:
        stop = opt_outs.standing(tx, world.clinic_id, Channel.SMS, "+13125550123")
    assert stop is not None
    assert stop.source == "carrier"
    [case] = cases(world)
    assert "call_instead" in case.beware
    assert not [row for row in world.rows() if row.status in (Status.PLANNED, Status.QUEUED)]


@pytest.mark.parametrize("code", ["21610", "21211", "20003"])
def test_an_emergency_answer_that_is_refused_turns_its_case_into_not_told(world: World, code: str) -> None:
    patient = world.patient(phone="+13125550123")
    case_id = case_of(world, patient)
    world.answer("+13125550123", kind=Kind.EMERGENCY, case_id=case_id, patient_id=patient)
    world.sms.refuse("+13125550123", code)
    world.tick()
    with world.services.db.read() as tx:
        case = tx.get(Case, case_id)
        assert case is not None
        assert "not_told" in case.beware


def test_an_answer_of_staff_that_cannot_go_shows_on_its_case(world: World) -> None:
    patient = world.patient(phone="+13125550123")
    case_id = case_of(world, patient)
    world.answer("+13125550123", case_id=case_id, patient_id=patient)
    world.sms.refuse("+13125550123", "30004")
    world.tick()
    with world.services.db.read() as tx:
        case = tx.get(Case, case_id)
        assert case is not None
        assert "undelivered" in case.beware


def test_a_mailbox_that_is_busy_is_tried_again_later_and_not_for_ever(world: World) -> None:
    answer = world.answer("ana@example.com", channel=Channel.EMAIL)
    busy = TransientGatewayError("busy", reason_code="smtp:450")
    for attempt in range(1, 6):
        world.email.before.append(busy)
        world.tick()
        row = world.row(answer)
        assert row.attempts == attempt
        if attempt < 5:
            assert (row.status, row.reason) == (Status.PLANNED, "mailbox_busy")
            assert row.due_at == world.services.now() + timedelta(minutes=15)
            world.later(minutes=16)
    assert world.row(answer).status == Status.FAILED


def test_a_mail_server_that_is_away_lets_the_sender_wait(world: World) -> None:
    answer = world.answer("ana@example.com", channel=Channel.EMAIL)
    world.email.before.append(TransientGatewayError("no connection"))
    world.tick()
    assert (world.row(answer).status, world.row(answer).reason) == (Status.PLANNED, "provider_down")
    assert world.sender(world.mail_sender_id).paused_until is not None
    assert world.sender().paused_until is None


def test_a_login_that_the_mail_server_refuses_stops_the_mail_sender(world: World) -> None:
    answer = world.answer("ana@example.com", channel=Channel.EMAIL)
    world.email.before.append(PermanentGatewayError("login", "smtp:535"))
    world.tick()
    assert world.row(answer).status == Status.PLANNED
    assert world.sender(world.mail_sender_id).stop_reason == "account"


def test_what_is_left_of_a_batch_is_not_tried_once_its_sender_is_stopped(world: World) -> None:
    """Only what was already under way may fail with it."""
    for _ in range(300):
        world.answer("+13125550123")
    world.sms.refuse("*", "20003", times=300)
    send_due(world.services)
    world.work()
    assert world.sms.calls <= 200
    assert {row.status for row in world.rows()} == {Status.PLANNED}
    assert {row.attempts for row in world.rows()} <= {0, 1}


def test_a_retry_that_would_come_too_late_is_not_planned(world: World) -> None:
    until: datetime = world.services.now() + timedelta(minutes=10)
    answer = world.answer("ana@example.com", channel=Channel.EMAIL, expires_at=until)
    world.email.before.append(TransientGatewayError("busy", reason_code="smtp:450"))
    world.tick()
    assert world.row(answer).status == Status.FAILED
