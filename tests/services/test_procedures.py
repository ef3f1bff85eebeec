"""Recording, changing and cancelling procedures."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from followup.domain.delivery import Channel, Status
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.services.procedures import cancel_procedure, change_procedure, look_at, record_procedure
from followup.services.recording import Recorded
from followup.store import opt_outs
from followup.store.models import AuditEntry, Case, Communication, Consent, Patient, Procedure
from tests.services.people import MACHINE, NURSE, make_clinic, request


def planned(outcome: Recorded) -> dict[tuple[str, str], str]:
    return {(row.step or "", row.channel): row.status for row in outcome.communications}


def fields_of(error: InvalidInput | Conflict) -> set[str]:
    return {fault.field for fault in error.faults}


def count(services: Services, model: Any) -> int:
    with services.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(model)) or 0


def test_recording_plans_every_step_and_sends_nothing(services: Services) -> None:
    clinic = make_clinic(services)
    outcome = record_procedure(services, clinic.id, request(services), MACHINE)
    assert outcome.new
    assert outcome.procedure.status == "active"
    assert outcome.patient.phone == "+13125550101"
    assert {step for step, _ in planned(outcome)} == {"rest-today", "activity-48h", "day-two-check"}
    texts = [row for row in outcome.communications if row.channel == Channel.SMS]
    assert all(row.status == Status.PLANNED and row.due_at > services.now() for row in texts)
    assert {row.asks for row in outcome.communications if row.step == "day-two-check"} == {"day-two-check"}
    assert ("followup.send_due", ()) in services.queue.woken  # type: ignore[attr-defined]


def test_a_repeat_changes_nothing_and_answers_the_same(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    before = count(services, AuditEntry)
    body = request(services, performed_at="2026-03-03T09:00:00-06:00")
    body["patient"]["phone"] = "+1 (312) 555-0101"
    again = record_procedure(services, clinic.id, body, MACHINE)
    assert not again.new
    assert again.procedure.id == first.procedure.id
    assert [row.id for row in again.communications] == [row.id for row in first.communications]
    assert count(services, AuditEntry) == before
    assert count(services, Communication) == len(first.communications)


def test_a_repeat_that_differs_names_each_field_and_changes_nothing(services: Services) -> None:
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services), MACHINE)
    body = request(services, body_site="jaw", patient__phone="312-555-0102", patient__consent={"sms": False})
    with pytest.raises(Conflict) as caught:
        record_procedure(services, clinic.id, body, MACHINE)
    assert fields_of(caught.value) == {
        "body_site",
        "patient.phone",
        "patient.consent.sms",
        "patient.consent.email",
    }
    with services.db.read() as tx:
        assert tx.scalars(select(Patient)).one().phone == "+13125550101"
        assert tx.scalars(select(Procedure)).one().body_site == "neck"


def test_a_repeat_of_the_first_request_is_still_one_after_the_procedure_was_changed(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    change_procedure(services, clinic.id, first.procedure.id, {"body_site": "jaw"}, NURSE)
    again = record_procedure(services, clinic.id, request(services), MACHINE)
    assert not again.new
    assert again.procedure.body_site == "jaw"


def test_every_fault_is_named_at_once(services: Services) -> None:
    clinic = make_clinic(services)
    body = request(
        services,
        source="",
        external_id="x" * 256,
        protocol="colonoscopi",
        performed_at="2026-03-03T09:00:00",
        colour="red",
        patient__mrn="9" * 65,
        patient__birth_date="1961-02-30",
        patient__phone="800-555-0101",
        patient__email="rosa@",
        patient__language="Vietnamese",
        patient__timezone="EST",
        patient__consent={"sms": "yes"},
    )
    with pytest.raises(InvalidInput) as caught:
        record_procedure(services, clinic.id, body, MACHINE)
    faults = {fault.field: fault.message for fault in caught.value.faults}
    assert set(faults) == {
        "source",
        "external_id",
        "protocol",
        "performed_at",
        "colour",
        "patient.mrn",
        "patient.birth_date",
        "patient.phone",
        "patient.email",
        "patient.language",
        "patient.timezone",
        "patient.consent.sms",
    }
    assert "trigger-point-injection" in faults["protocol"]
    assert "America/New_York" in faults["patient.timezone"]
    assert count(services, Patient) == 0


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-03-03T16:00:00Z", "ahead"),
        ("2024-03-03T16:00:00Z", "a year ago"),
        ("2026-03-03", "time of day"),
        ("03/03/2026 9:30 AM", "not a date and time"),
        ("0001-01-01T00:00:00+14:00", "reckoned with"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_the_reason(sqlite_services: Services, at: str, why: str) -> None:
    clinic = make_clinic(sqlite_services)
    with pytest.raises(InvalidInput, match=why):
        record_procedure(sqlite_services, clinic.id, request(sqlite_services, performed_at=at), MACHINE)


def test_a_clock_that_runs_ten_minutes_ahead_is_forgiven(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    at = (services.now() + timedelta(minutes=10)).isoformat()
    assert record_procedure(services, clinic.id, request(services, performed_at=at), MACHINE).new


def test_a_code_finds_its_protocol_and_an_unknown_code_lists_the_known(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    body = request(services, protocol=..., code={"system": "http://www.ama-assn.org/go/cpt", "code": "20553"})
    assert record_procedure(services, clinic.id, body, MACHINE).new
    body = request(services, protocol=..., code={"system": "CPT", "code": "45378"}, external_id="visit-2")
    with pytest.raises(InvalidInput, match=r"CPT 20552-20553 \(trigger-point-injection\)"):
        record_procedure(services, clinic.id, body, MACHINE)


def test_missing_consent_means_no(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    outcome = record_procedure(services, clinic.id, request(services, patient__consent=...), MACHINE)
    assert {row.status for row in outcome.communications} == {Status.SKIPPED}
    assert {row.reason for row in outcome.communications} == {"consent_missing"}
    assert count(services, Case) == 0


def test_consent_given_by_a_machine_never_lifts_an_opt_out(services: Services) -> None:
    clinic = make_clinic(services)
    with services.db.write() as tx:
        opt_outs.stop(
            tx,
            clinic_id=clinic.id,
            channel=Channel.SMS,
            address="+13125550101",
            source="reply",
            now=services.now(),
        )
    outcome = record_procedure(services, clinic.id, request(services), MACHINE)
    texts = [row for row in outcome.communications if row.channel == Channel.SMS]
    assert {row.reason for row in texts} == {"opted_out"}
    mails = [row for row in outcome.communications if row.channel == Channel.EMAIL]
    assert {row.status for row in mails} == {Status.PLANNED}
    with services.db.read() as tx:
        assert opt_outs.standing(tx, clinic.id, Channel.SMS, "+13125550101") is not None


def test_where_consent_was_given_and_no_channel_is_open_a_nurse_is_told_to_call(services: Services) -> None:
    clinic = make_clinic(services)
    with services.db.write() as tx:
        opt_outs.stop(
            tx, clinic_id=clinic.id, channel=Channel.SMS, address="+13125550101", source="reply", now=services.now()
        )
    body = request(services, patient__email=..., patient__consent={"sms": True})
    outcome = record_procedure(services, clinic.id, body, MACHINE)
    assert outcome.case is not None
    assert outcome.case.kind == "call_instead"
    assert "opted_out" in outcome.case.beware
    assert (clinic.id, "queue") in services.queue.announced  # type: ignore[attr-defined]


def test_an_mrn_with_another_birth_date_or_name_is_refused_and_nothing_is_recorded(services: Services) -> None:
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services), MACHINE)
    body = request(
        services,
        external_id="visit-2",
        patient__birth_date="1971-05-17",
        patient__family_name="Smith",
        patient__given_name="Anna",
    )
    with pytest.raises(Conflict) as caught:
        record_procedure(services, clinic.id, body, MACHINE)
    assert fields_of(caught.value) == {"patient.birth_date", "patient.family_name", "patient.given_name"}
    assert count(services, Procedure) == 1


def test_accents_case_and_a_middle_name_do_not_make_another_person(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services, patient__family_name="Muñoz-Ortiz"), MACHINE)
    body = request(
        services, external_id="visit-2", patient__family_name="MUNOZ ORTIZ", patient__given_name="Rosa Maria"
    )
    assert record_procedure(services, clinic.id, body, MACHINE).new
    assert count(services, Patient) == 1


def test_two_people_who_share_a_phone_and_a_name_are_two_patients_by_their_mrns(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services), MACHINE)
    body = request(services, external_id="visit-2", patient__mrn="A-1002", patient__birth_date="1990-01-01")
    record_procedure(services, clinic.id, body, MACHINE)
    assert count(services, Patient) == 2


def test_the_contact_of_the_latest_procedure_is_adopted_and_the_running_plan_follows_it(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services, patient__phone=...), MACHINE)
    assert ("rest-today", "sms") in planned(first)
    assert planned(first)["rest-today", "sms"] == Status.SKIPPED
    body = request(
        services,
        external_id="visit-2",
        patient__phone="312-555-0102",
        patient__language="español",
        performed_at=services.now().isoformat(),
    )
    second = record_procedure(services, clinic.id, body, MACHINE)
    assert second.patient.phone == "+13125550102"
    later = look_at(services, clinic.id, first.procedure.id)
    texts = [row for row in later.communications if row.channel == "sms"]
    assert {row.reason for row in texts}.isdisjoint({"no_address"})
    assert {row.language for row in later.communications} == {"es"}


def test_an_old_procedure_that_comes_in_late_does_not_bring_back_an_old_number(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services), MACHINE)
    body = request(
        services,
        external_id="visit-0",
        patient__phone="312-555-0177",
        performed_at=(services.now() - timedelta(days=20)).isoformat(),
    )
    outcome = record_procedure(services, clinic.id, body, MACHINE)
    assert outcome.patient.phone == "+13125550101"
    assert {row.reason for row in outcome.communications} == {"entered_late"}


def test_a_yes_from_a_machine_does_not_overrule_a_no_that_staff_took_down(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services, patient__consent={"sms": False}), NURSE)
    outcome = record_procedure(services, clinic.id, request(services, external_id="visit-2"), MACHINE)
    texts = [row for row in outcome.communications if row.channel == "sms"]
    assert {row.reason for row in texts} == {"consent_refused"}


def test_a_yes_from_a_machine_follows_a_no_from_a_machine(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services, patient__consent={"sms": False}), MACHINE)
    outcome = record_procedure(services, clinic.id, request(services, external_id="visit-2"), MACHINE)
    assert any(row.channel == "sms" and row.status == Status.PLANNED for row in outcome.communications)
    assert count(services, Consent) == 3


def test_the_caps_span_all_plans_of_a_patient(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    second = record_procedure(services, clinic.id, request(services, external_id="visit-2"), MACHINE)
    texts = sorted(
        row.due_at
        for outcome in (first, second)
        for row in outcome.communications
        if row.channel == "sms" and row.status == Status.PLANNED
    )
    assert len(texts) == 3
    assert len({at.date() for at in texts}) == 3


def test_cancelling_one_plan_makes_room_for_the_texts_of_another(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    second = record_procedure(services, clinic.id, request(services, external_id="visit-2"), MACHINE)
    assert not any(row.channel == "sms" and row.status == Status.PLANNED for row in second.communications)
    cancel_procedure(services, clinic.id, first.procedure.id, "booked twice", MACHINE)
    second = look_at(services, clinic.id, second.procedure.id)
    assert sum(row.channel == "sms" and row.status == Status.PLANNED for row in second.communications) == 3


def test_cancelling_takes_back_what_is_unsent_and_says_why(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    outcome = cancel_procedure(services, clinic.id, first.procedure.id, "not done after all", MACHINE)
    assert outcome.procedure.status == "cancelled"
    assert {row.status for row in outcome.communications} == {Status.CANCELLED}
    assert {row.reason for row in outcome.communications} == {"the procedure was cancelled"}
    again = cancel_procedure(services, clinic.id, first.procedure.id, "once more", MACHINE)
    assert again.procedure.cancel_reason == "not done after all"
    with pytest.raises(Conflict):
        change_procedure(services, clinic.id, first.procedure.id, {"body_site": "jaw"}, MACHINE)


@pytest.mark.parametrize("reason", ["entered-in-error", "Entered in error", "entered_in_error"])
def test_a_procedure_that_was_entered_in_error_says_so(sqlite_services: Services, reason: str) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    outcome = cancel_procedure(services, clinic.id, first.procedure.id, reason, MACHINE)
    assert outcome.procedure.status == "entered_in_error"


def test_a_cancelled_message_that_left_already_stays_as_it_is(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    with services.db.write() as tx:
        gone = tx.get(Communication, first.communications[0].id)
        assert gone is not None
        gone.status, gone.sent_at = Status.SENDING, services.now()
    outcome = cancel_procedure(services, clinic.id, first.procedure.id, "booked twice", MACHINE)
    assert sorted({row.status for row in outcome.communications}) == [Status.CANCELLED, Status.SENDING]


def test_a_new_time_plans_anew_what_is_unsent_and_keeps_the_rows(services: Services) -> None:
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    before = {row.id: row.due_at for row in first.communications}
    at = services.now() - timedelta(days=1)
    outcome = change_procedure(services, clinic.id, first.procedure.id, {"performed_at": at.isoformat()}, NURSE)
    assert outcome.procedure.performed_at == at
    assert {row.id for row in outcome.communications} >= set(before)
    check = next(row for row in outcome.communications if row.step == "day-two-check")
    assert check.due_at == before[check.id] - timedelta(hours=23, minutes=30)
    rest = [row for row in outcome.communications if row.step == "rest-today"]
    assert {row.reason for row in rest} == {"entered_late"}


def test_a_change_names_every_fault_at_once(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    with pytest.raises(InvalidInput) as caught:
        change_procedure(
            services, clinic.id, first.procedure.id, {"performed_at": "soon", "colour": 1, "office": 2}, NURSE
        )
    assert fields_of(caught.value) == {"performed_at", "colour", "office"}
    with pytest.raises(InvalidInput):
        change_procedure(services, clinic.id, first.procedure.id, {}, NURSE)


def test_another_clinic_finds_nothing(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    first = record_procedure(services, clinic.id, request(services), MACHINE)
    with pytest.raises(NotFound):
        look_at(services, other.id, first.procedure.id)
    with pytest.raises(NotFound):
        change_procedure(services, other.id, first.procedure.id, {"body_site": "jaw"}, MACHINE)
    with pytest.raises(NotFound):
        cancel_procedure(services, other.id, first.procedure.id, "mine", MACHINE)
    assert record_procedure(services, other.id, request(services), MACHINE).new
    assert count(services, Patient) == 2


def test_two_identical_requests_at_once_make_one_procedure(services: Services) -> None:
    clinic = make_clinic(services)
    outcomes: list[bool] = []
    failures: list[BaseException] = []
    gate = threading.Barrier(4)

    def record() -> None:
        try:
            gate.wait(timeout=10)
            outcomes.append(record_procedure(services, clinic.id, request(services), MACHINE).new)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert sorted(outcomes) == [False, False, False, True]
    assert count(services, Procedure) == 1
    assert count(services, Patient) == 1


def test_a_procedure_keeps_the_protocol_version_it_began_with(sqlite_services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(sqlite_services)
    first = record_procedure(sqlite_services, clinic.id, request(sqlite_services), MACHINE)
    files = sqlite_services.protocols.current()["trigger-point-injection"]
    texts = dict(files.files)
    texts["protocol.yaml"] = texts["protocol.yaml"].replace("due: {after: 48h}", "due: {after: 50h}")
    changed = replace(files, files=texts)

    class Changed:
        def current(self) -> Any:
            return {"trigger-point-injection": changed}

        def read(self, files: Any) -> Any:
            return sqlite_services.protocols.read(files)

    services = replace(sqlite_services, protocols=Changed())
    second = record_procedure(services, clinic.id, request(services, external_id="v2", patient__mrn="A-2"), MACHINE)
    assert second.procedure.protocol_version_id != first.procedure.protocol_version_id
    moved = change_procedure(
        services, clinic.id, first.procedure.id, {"performed_at": services.now().isoformat()}, NURSE
    )
    due = {row.procedure_id: row.due_at for row in (*moved.communications, *second.communications) if row.asks}
    assert due[first.procedure.id] == services.now() + timedelta(hours=48)
    assert due[second.procedure.id] == services.now() - timedelta(minutes=30) + timedelta(hours=50)


def test_who_recorded_what_is_written_down_with_names_of_fields_alone(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    outcome = record_procedure(services, clinic.id, request(services), MACHINE)
    with services.db.read() as tx:
        entries = tx.scalars(select(AuditEntry).where(AuditEntry.actor == str(MACHINE))).all()
    found = {entry.action: entry for entry in entries}
    assert found["procedure.record"].object_id == outcome.procedure.id
    assert "consent.sms" in found["patient.add"].fields
    assert "Delgado" not in str([entry.fields for entry in entries])


def test_two_procedures_of_one_patient_recorded_at_once_share_the_caps(services: Services) -> None:
    clinic = make_clinic(services)
    record_procedure(
        services, clinic.id, request(services, external_id="v0", protocol="trigger-point-injection"), MACHINE
    )
    cancel_procedure(services, clinic.id, next(iter_procedures(services)).id, "booked twice", MACHINE)
    gate = threading.Barrier(3)
    failures: list[BaseException] = []

    def record(number: int) -> None:
        try:
            gate.wait(timeout=10)
            record_procedure(services, clinic.id, request(services, external_id=f"v{number}"), MACHINE)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=record, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with services.db.read() as tx:
        due = tx.scalars(
            select(Communication.due_at).where(Communication.channel == "sms", Communication.status == "planned")
        ).all()
    assert len(due) == 3
    assert len({at.date() for at in due}) == 3


def iter_procedures(services: Services) -> Iterator[Procedure]:
    with services.db.read() as tx:
        yield from tx.scalars(select(Procedure)).all()


def test_a_privacy_warning_that_comes_with_a_repeated_yes_is_kept(sqlite_services: Services) -> None:
    services = sqlite_services
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services), MACHINE)
    body = request(services, external_id="visit-2")
    record_procedure(services, clinic.id, body, NURSE, privacy_warning=True)
    with services.db.read() as tx:
        rows = tx.scalars(select(Consent).order_by(Consent.at, Consent.id)).all()
    assert sorted((row.channel, row.how, row.privacy_warning) for row in rows) == [
        ("email", "api", False),
        ("email", "form", True),
        ("sms", "api", False),
        ("sms", "form", True),
    ]


def test_a_new_contact_that_closes_the_last_channel_of_an_older_plan_tells_a_nurse(services: Services) -> None:
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services, patient__email=...), MACHINE)
    with services.db.write() as tx:
        opt_outs.stop(
            tx, clinic_id=clinic.id, channel=Channel.SMS, address="+13125550155", source="reply", now=services.now()
        )
    body = request(services, external_id="visit-2", patient__email=..., patient__phone="312-555-0155")
    assert record_procedure(services, clinic.id, body, MACHINE).case is not None
