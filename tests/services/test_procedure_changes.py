"""Procedures are changed and cancelled: their plans follow, within the caps of all plans together."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from followup.domain.delivery import Status
from followup.domain.errors import Conflict, InvalidInput
from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.services.procedures import cancel_procedure, change_procedure, look_at, record_procedure
from followup.store.models import Communication, Procedure
from tests.services.people import MACHINE, NURSE, fields_of, make_clinic, request


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
