"""Changing what is known of a patient, and what follows."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from followup.domain.delivery import Channel, Status
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.gateways.clock import MovableClock
from followup.services import patients
from followup.services.context import Services
from followup.services.procedures import look_at, record_procedure
from followup.services.recording import Recorded
from followup.store import opt_outs
from followup.store.models import AuditEntry, Case
from tests.services.people import MACHINE, NURSE, make_clinic, request

PHONE = "+13125550101"


def texts(services: Services, first: Recorded) -> dict[str, tuple[str, str | None]]:
    rows = look_at(services, first.procedure.clinic_id, first.procedure.id).communications
    return {row.step or "": (row.status, row.reason) for row in rows if row.channel == Channel.SMS}


def stop(services: Services, first: Recorded, reason: str = "stop") -> None:
    with services.db.write() as tx:
        opt_outs.stop(
            tx,
            clinic_id=first.procedure.clinic_id,
            channel=Channel.SMS,
            address=PHONE,
            reason=reason,
            source="reply",
            now=services.now(),
        )


def test_a_record_shows_who_agreed_to_what_when_and_how(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    record = patients.look_at(services, clinic.id, first.patient.id, NURSE)
    assert record.consents[Channel.SMS].by == str(MACHINE)
    assert record.consents[Channel.SMS].how == "api"
    assert record.consents[Channel.SMS].at == services.now()
    assert [procedure.id for procedure in record.procedures] == [first.procedure.id]
    with services.db.read() as tx:
        looks = tx.scalars(select(AuditEntry).where(AuditEntry.action == "patient.look")).all()
    assert [(look.actor, look.object_id) for look in looks] == [(str(NURSE), first.patient.id)]


def test_withdrawing_consent_skips_what_is_unsent_and_a_new_yes_revives_it(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    patients.change_patient(services, clinic.id, first.patient.id, {"consent": {"sms": False}}, MACHINE)
    assert {status for status, _ in texts(services, first).values()} <= {Status.SKIPPED, Status.CANCELLED}
    patients.change_patient(services, clinic.id, first.patient.id, {"consent": {"sms": True}}, MACHINE)
    assert {status for status, _ in texts(services, first).values()} == {Status.PLANNED}


def test_a_machine_cannot_say_yes_where_the_patient_told_staff_no(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    said = {"consent": {"sms": {"given": False, "how": "phone"}}}
    patients.change_patient(services, clinic.id, first.patient.id, said, NURSE)
    with pytest.raises(Conflict):
        patients.change_patient(services, clinic.id, first.patient.id, {"consent": {"sms": True}}, MACHINE)
    record = patients.look_at(services, clinic.id, first.patient.id, NURSE)
    assert not record.consents[Channel.SMS].given


def test_a_machine_cannot_lift_a_stop_and_its_yes_leaves_the_stop_standing(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    stop(services, first)
    lift = {"consent": {"sms": {"given": True, "lift_opt_out": True}}}
    with pytest.raises(InvalidInput, match="staff alone"):
        patients.change_patient(services, clinic.id, first.patient.id, lift, MACHINE)
    record = patients.change_patient(services, clinic.id, first.patient.id, {"consent": {"sms": True}}, MACHINE)
    assert Channel.SMS in record.opt_outs


def test_staff_who_record_a_new_yes_lift_the_stop_only_when_they_say_so(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    other = record_procedure(
        services,
        clinic.id,
        request(services, external_id="v2", patient__mrn="B-2", patient__given_name="Luis"),
        MACHINE,
    )
    stop(services, first)
    said = {"given": True, "how": "phone", "privacy_warning": True}
    record = patients.change_patient(services, clinic.id, first.patient.id, {"consent": {"sms": said}}, NURSE)
    assert Channel.SMS in record.opt_outs
    assert record.consents[Channel.SMS].privacy_warning
    lifted = {"consent": {"sms": {**said, "lift_opt_out": True}}}
    record = patients.change_patient(services, clinic.id, first.patient.id, lifted, NURSE)
    assert record.opt_outs == {}
    assert record.consents[Channel.SMS].by == str(NURSE)
    assert {status for status, _ in texts(services, first).values()} == {Status.PLANNED}
    assert {status for status, _ in texts(services, other).values()} == {Status.PLANNED}


@pytest.mark.parametrize(
    ("word", "reason"), [("deceased", "the patient has died"), ("withdrawn", "left the follow-up")]
)
def test_death_and_withdrawal_stop_everything(services: Services, word: str, reason: str) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    patients.change_patient(services, clinic.id, first.patient.id, {word: True}, MACHINE)
    rows = look_at(services, clinic.id, first.procedure.id).communications
    assert {row.status for row in rows} == {Status.CANCELLED}
    assert all(reason in (row.reason or "") for row in rows)
    later = record_procedure(services, clinic.id, request(services, external_id="v2"), MACHINE)
    assert {row.reason for row in later.communications} == {word}


def test_a_withdrawal_that_was_a_mistake_brings_the_plan_back(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    patients.change_patient(services, clinic.id, first.patient.id, {"withdrawn": True}, NURSE)
    clock.move(timedelta(hours=20))
    patients.change_patient(services, clinic.id, first.patient.id, {"withdrawn": False}, NURSE)
    states = texts(services, first)
    assert states["rest-today"] == (Status.CANCELLED, "the patient has left the follow-up")
    assert states["activity-48h"][0] == Status.PLANNED
    assert states["day-two-check"][0] == Status.PLANNED


def test_a_new_zone_and_language_plan_anew(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    before = {row.step: row.due_at for row in first.communications}
    change = {"timezone": "America/Los_Angeles", "language": "es"}
    patients.change_patient(services, clinic.id, first.patient.id, change, NURSE)
    rows = look_at(services, clinic.id, first.procedure.id).communications
    assert {row.language for row in rows} == {"es"}
    moved = next(row for row in rows if row.step == "activity-48h")
    assert moved.due_at == before["activity-48h"] + timedelta(hours=2)


def test_losing_the_last_address_tells_a_nurse_to_call(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services, patient__email=...), MACHINE)
    patients.change_patient(services, clinic.id, first.patient.id, {"phone": None}, NURSE)
    with services.db.read() as tx:
        case = tx.scalars(select(Case)).one()
    assert (case.kind, case.patient_id) == ("unreachable", first.patient.id)


def test_every_fault_of_a_change_is_named_at_once(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    change = {
        "mrn": "B-1",
        "phone": "12",
        "email": "x",
        "language": "fr",
        "timezone": "Mars",
        "deceased": "yes",
        "consent": {"sms": 1, "email": {"given": None, "colour": "red"}},
    }
    with pytest.raises(InvalidInput) as caught:
        patients.change_patient(services, clinic.id, first.patient.id, change, NURSE)
    assert {fault.field for fault in caught.value.faults} == {
        "mrn",
        "phone",
        "email",
        "language",
        "timezone",
        "deceased",
        "consent.sms",
        "consent.email.colour",
        "consent.email.given",
    }


@pytest.mark.parametrize(
    "words", ["a-1001", "(312) 555-0101", "ROSA@example.com", "1961-05-17", "5/17/1961", "DELGADO"]
)
def test_a_patient_is_found_by_what_people_know(services: Services, words: str) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    assert [found.id for found in patients.search(services, clinic.id, words, NURSE)] == [first.patient.id]
    assert patients.search(services, other.id, words, NURSE) == []


def test_nothing_is_found_by_part_of_a_name_or_by_nothing(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    record_procedure(sqlite_services, clinic.id, request(sqlite_services), MACHINE)
    for words in ("Delg", "Rosa", "", "   ", "x" * 300):
        assert patients.search(sqlite_services, clinic.id, words, NURSE) == []


def test_another_clinic_finds_no_patient(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    with pytest.raises(NotFound):
        patients.look_at(services, other.id, first.patient.id, NURSE)
    with pytest.raises(NotFound):
        patients.change_patient(services, other.id, first.patient.id, {"deceased": True}, NURSE)
