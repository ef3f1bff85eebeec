"""Keeping plans: stops on an address, dead ends, and rows that left."""

from datetime import timedelta

from sqlalchemy import select

from followup.domain.delivery import Channel, Kind, Status
from followup.domain.provider_outcomes import SendReason
from followup.domain.schedule import PlanReason
from followup.gateways.clock import MovableClock
from followup.services import plans
from followup.services.context import Services
from followup.services.fall_back import fall_back_in
from followup.services.procedures import look_at, record_procedure
from followup.services.recording import Recorded
from followup.store import opt_outs
from followup.store.ids import new_id
from followup.store.lookup import address_index
from followup.store.models import Case, Communication
from tests.services.people import MACHINE, make_clinic, request

PHONE = "+13125550101"


def rows(services: Services, first: Recorded) -> dict[tuple[str, str], Communication]:
    found = look_at(services, first.procedure.clinic_id, first.procedure.id).communications
    return {(row.step or "", row.channel): row for row in found}


def stop(services: Services, first: Recorded) -> list[str]:
    clinic_id, now = first.procedure.clinic_id, services.now()
    with services.db.write() as tx:
        opt_outs.stop(tx, clinic_id=clinic_id, channel=Channel.SMS, address=PHONE, source="reply", now=now)
        cut = plans.stop_address_in(tx, services, clinic_id, Channel.SMS, PHONE, "the patient asked us to stop", now)
    return [patient.given_name for patient in cut]


def settle(services: Services, first: Recorded, step: str, channel: str, status: Status, reason: str = "") -> None:
    """What the sender writes when a provider has spoken."""
    with services.db.write() as tx:
        row = tx.get(Communication, rows(services, first)[step, channel].id)
        assert row is not None
        address = first.patient.phone if channel == "sms" else first.patient.email
        assert address is not None
        row.status, row.reason, row.sent_at, row.settled_at = status, reason or None, services.now(), services.now()
        row.to_address, row.to_index = address, address_index(tx, channel, address)
        if status in (Status.UNDELIVERED, Status.FAILED):
            fall_back_in(tx, services, row, services.now())


def test_a_stop_ends_the_texts_of_everybody_on_the_number_and_says_whose_plan_was_running(services: Services) -> None:
    clinic = make_clinic(services)
    rosa = record_procedure(services, clinic.id, request(services), MACHINE)
    body = request(services, external_id="v2", patient__mrn="B-2", patient__given_name="Luis", patient__email=...)
    luis = record_procedure(services, clinic.id, body, MACHINE)
    old = request(services, external_id="v3", patient__mrn="C-3", patient__given_name="Ada")
    old["performed_at"] = (services.now() - timedelta(days=30)).isoformat()
    record_procedure(services, clinic.id, old, MACHINE)
    assert sorted(stop(services, rosa)) == ["Luis", "Rosa"]
    for one in (rosa, luis):
        sms = [row for (_, channel), row in rows(services, one).items() if channel == "sms"]
        assert not any(Status(row.status).unsent for row in sms)
        assert PlanReason.OPTED_OUT in {row.reason for row in sms}
    check = rows(services, rosa)["day-two-check", "email"]
    assert (check.status, check.reason) == (Status.PLANNED, PlanReason.EMAIL_INSTEAD)


def test_a_stop_in_one_clinic_leaves_another_clinics_texts_alone(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    rosa = record_procedure(services, clinic.id, request(services), MACHINE)
    theirs = record_procedure(services, other.id, request(services), MACHINE)
    stop(services, rosa)
    assert {row.status for (_, channel), row in rows(services, theirs).items() if channel == "sms"} == {Status.PLANNED}


def test_a_stop_takes_back_unsent_answers_but_not_the_confirmation_or_an_emergency_answer(services: Services) -> None:
    clinic = make_clinic(services)
    rosa = record_procedure(services, clinic.id, request(services), MACHINE)
    with services.db.write() as tx:
        for kind in (Kind.ANSWER, Kind.OPT_OUT_CONFIRMATION, Kind.EMERGENCY):
            tx.add(
                Communication(
                    id=new_id(),
                    clinic_id=clinic.id,
                    patient_id=rosa.patient.id,
                    kind=kind,
                    channel="sms",
                    priority=1,
                    dedupe_key=f"test:{kind}",
                    language="en",
                    to_address=PHONE,
                    to_index=address_index(tx, Channel.SMS, PHONE),
                    body="words",
                    status=Status.PLANNED,
                    due_at=services.now(),
                    created_at=services.now(),
                    updated_at=services.now(),
                )
            )
    stop(services, rosa)
    with services.db.read() as tx:
        found = tx.scalars(select(Communication).where(Communication.kind != Kind.STEP))
        states = {row.kind: row.status for row in found}
    assert states == {
        Kind.ANSWER: Status.CANCELLED,
        Kind.OPT_OUT_CONFIRMATION: Status.PLANNED,
        Kind.EMERGENCY: Status.PLANNED,
    }


def test_an_undeliverable_text_falls_back_to_mail(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    assert ("day-two-check", "email") not in rows(services, first)
    clock.move(timedelta(hours=49))
    settle(services, first, "day-two-check", "sms", Status.UNDELIVERED, SendReason.PHONE_OFF)
    text, mail = (rows(services, first)["day-two-check", channel] for channel in ("sms", "email"))
    assert (mail.status, mail.reason) == (Status.PLANNED, PlanReason.EMAIL_INSTEAD)
    assert mail.replaces_id == text.id
    assert text.status == Status.UNDELIVERED
    with services.db.read() as tx:
        assert tx.scalars(select(Case)).all() == []


def test_where_no_channel_is_left_a_case_tells_a_nurse_to_call(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services, patient__email=...), MACHINE)
    clock.move(timedelta(hours=49))
    settle(services, first, "day-two-check", "sms", Status.FAILED, SendReason.LANDLINE)
    with services.db.read() as tx:
        case = tx.scalars(select(Case)).one()
    assert (case.kind, case.patient_id, case.acuity) == ("unreachable", first.patient.id, "routine")


def test_a_step_that_also_went_by_mail_needs_no_call(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    clock.move(timedelta(hours=1))
    settle(services, first, "rest-today", "email", Status.SENT)
    settle(services, first, "rest-today", "sms", Status.UNDELIVERED, SendReason.PHONE_OFF)
    with services.db.read() as tx:
        assert tx.scalars(select(Case)).all() == []


def test_a_dead_number_sends_the_rest_of_the_plan_by_mail_until_it_changes(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    settle(services, first, "rest-today", "sms", Status.FAILED, SendReason.LANDLINE)
    assert rows(services, first)["activity-48h", "sms"].reason == PlanReason.UNDELIVERABLE
    assert rows(services, first)["day-two-check", "email"].status == Status.PLANNED
    body = request(services, external_id="v2", patient__phone="312-555-0155", performed_at=services.now().isoformat())
    record_procedure(services, clinic.id, body, MACHINE)
    assert rows(services, first)["activity-48h", "sms"].reason != PlanReason.UNDELIVERABLE


def test_a_phone_that_was_off_gets_the_next_text_again(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    settle(services, first, "rest-today", "sms", Status.UNDELIVERED, SendReason.PHONE_OFF)
    assert rows(services, first)["activity-48h", "sms"].status == Status.PLANNED


def test_planning_anew_twice_changes_nothing(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    before = {key: (row.status, row.due_at, row.reason) for key, row in rows(services, first).items()}
    for _ in range(2):
        with services.db.write() as tx:
            plans.replan_in(tx, services, first.procedure, services.now())
    assert {key: (row.status, row.due_at, row.reason) for key, row in rows(services, first).items()} == before


def test_history_keeps_its_reason_when_a_plan_is_made_anew_later(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services, patient__consent={"email": True}), MACHINE)
    assert rows(services, first)["rest-today", "sms"].reason == PlanReason.CONSENT_MISSING
    clock.move(timedelta(days=2))
    with services.db.write() as tx:
        plans.replan_in(tx, services, first.procedure, services.now())
    assert rows(services, first)["rest-today", "sms"].reason == PlanReason.CONSENT_MISSING
    held = rows(services, first)["rest-today", "email"]
    assert (held.status, held.reason) == (Status.SKIPPED, PlanReason.HELD_PAST_USE)


def test_a_stored_reason_is_said_in_words() -> None:
    assert plans.reason_words("opted_out") == "the patient asked us to stop"
    assert plans.reason_words("landline") == "this is a landline or cannot get texts"
    assert plans.reason_words("the procedure was cancelled") == "the procedure was cancelled"
    assert plans.reason_words(None) is None
