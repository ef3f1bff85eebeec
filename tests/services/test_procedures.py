"""Recording procedures: what is planned, what is refused, what a repeat does, and what is written down."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from followup.domain.delivery import Channel, Status
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.services.context import Services
from followup.services.procedures import cancel_procedure, change_procedure, look_at, record_procedure
from followup.store.models import AuditEntry, Communication, Patient, Procedure
from tests.services.people import MACHINE, NURSE, count, fields_of, make_clinic, planned, request


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
