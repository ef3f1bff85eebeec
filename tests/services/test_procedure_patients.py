"""Whose a procedure is: matched by MRN within the clinic, with the contact and the consent that came with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from followup.domain.delivery import Channel, Status
from followup.domain.errors import Conflict
from followup.services.context import Services
from followup.services.procedures import look_at, record_procedure
from followup.store import opt_outs
from followup.store.models import Case, Consent, Patient, Procedure
from tests.services.people import MACHINE, NURSE, count, fields_of, make_clinic, planned, request


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
