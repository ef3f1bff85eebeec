"""Files of procedures on their way in."""

import csv
import io
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from followup.domain.actor import OPERATOR
from followup.domain.errors import InvalidInput, NotFound
from followup.domain.table import COLUMNS
from followup.services import imports
from followup.services.context import Services
from followup.services.procedures import record_procedure
from followup.store import imports as job_store
from followup.store.models import Communication, ImportJob, ImportRefusal, Patient, Procedure
from tests.services.people import MACHINE, NURSE, make_clinic, request


def row(services: Services, number: int = 1, **changes: str) -> dict[str, str]:
    values = {
        "source": "pms",
        "external_id": f"visit-{number}",
        "protocol": "trigger-point-injection",
        "performed_at": (services.now() - timedelta(hours=1)).isoformat(),
        "body_site": "neck",
        "patient.mrn": f"000{number}",
        "patient.given_name": "Rosa",
        "patient.family_name": "Núñez",
        "patient.birth_date": "1961-05-17",
        "patient.phone": "312-555-0101",
        "patient.consent.sms": "yes",
    }
    return {**values, **{key.replace("__", "."): value for key, value in changes.items()}}


def sheet(rows: Sequence[dict[str, str]], separator: str = ",") -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def take(services: Services, clinic_id: Any, content: bytes) -> ImportJob:
    job = imports.start_import(services, clinic_id, "night.csv", content, NURSE)
    done = imports.run_import(services, job.id)
    assert done is not None
    return done


def count(services: Services, model: Any) -> int:
    with services.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(model)) or 0


def test_good_rows_are_in_and_each_refused_row_is_named_with_field_value_and_why(services: Services) -> None:
    clinic = make_clinic(services)
    rows = [
        row(services, 1),
        row(services, 2, patient__phone="12", performed_at="3/3/2026 9:30"),
        row(services, 3),
        row(services, 4, patient__birth_date="03/04/1960"),
    ]
    job = take(services, clinic.id, sheet(rows).encode())
    assert (job.status, job.total, job.done, job.recorded, job.refused) == ("done", 4, 4, 2, 2)
    found = imports.refusals(services, clinic.id, job.id)
    assert [(line, field, value) for line, field, value, _ in found] == [
        (3, "performed_at", "3/3/2026 9:30"),
        (3, "patient.phone", "12"),
        (5, "patient.birth_date", "03/04/1960"),
    ]
    assert all(why for *_, why in found)
    assert count(services, Procedure) == 2


def test_leading_zeros_and_accents_survive(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    take(sqlite_services, clinic.id, sheet([row(sqlite_services)]).encode("cp1252"))
    with sqlite_services.db.read() as tx:
        patient = tx.scalars(select(Patient)).one()
    assert (patient.mrn, patient.family_name) == ("0001", "Núñez")


def test_rows_without_consent_are_recorded_and_nothing_is_planned_for_them(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    take(sqlite_services, clinic.id, sheet([row(sqlite_services, patient__consent__sms="")]).encode())
    with sqlite_services.db.read() as tx:
        reasons = set(tx.scalars(select(Communication.reason)))
    assert reasons == {"consent_missing"}


def test_the_same_file_twice_changes_nothing(services: Services) -> None:
    clinic = make_clinic(services)
    content = sheet([row(services, number) for number in range(5)]).encode()
    take(services, clinic.id, content)
    again = take(services, clinic.id, content)
    assert (again.recorded, again.repeated, again.refused) == (0, 5, 0)
    assert count(services, Procedure) == 5


def test_a_row_that_differs_from_one_before_it_is_refused_and_names_the_fields(services: Services) -> None:
    clinic = make_clinic(services)
    rows = [row(services, 1), row(services, 1), row(services, 1, body_site="jaw")]
    job = take(services, clinic.id, sheet(rows).encode())
    assert (job.recorded, job.repeated, job.refused) == (1, 1, 1)
    assert [found[:3] for found in imports.refusals(services, clinic.id, job.id)] == [(4, "body_site", "jaw")]


def test_an_mrn_that_two_people_have_in_one_file_is_refused(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    rows = [row(sqlite_services, 1), row(sqlite_services, 2, patient__mrn="0001", patient__birth_date="1990-01-01")]
    job = take(sqlite_services, clinic.id, sheet(rows).encode())
    assert [found[1] for found in imports.refusals(sqlite_services, clinic.id, job.id)] == ["patient.birth_date"]


def test_several_procedures_of_one_patient_in_one_file_share_the_caps(services: Services) -> None:
    clinic = make_clinic(services)
    rows = [row(services, number, patient__mrn="0001") for number in range(3)]
    take(services, clinic.id, sheet(rows).encode())
    with services.db.read() as tx:
        due = tx.scalars(
            select(Communication.due_at).where(Communication.channel == "sms", Communication.status == "planned")
        ).all()
    assert len(due) == 3


def test_a_file_that_cannot_be_used_is_refused_at_once_with_every_fault(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    content = b"source,external_id,external_id,patient.phon,performed_at\r\na,b,c,d,e\r\n"
    with pytest.raises(InvalidInput) as caught:
        imports.start_import(sqlite_services, clinic.id, "x.csv", content, NURSE)
    assert {fault.field for fault in caught.value.faults} == {
        "external_id",
        "patient.phon",
        "patient.mrn",
        "patient.given_name",
        "patient.family_name",
        "patient.birth_date",
        "protocol",
    }
    assert count(sqlite_services, ImportJob) == 0


def test_an_import_goes_on_where_a_stopped_worker_left_it(services: Services) -> None:
    clinic = make_clinic(services)
    content = sheet([row(services, number) for number in range(450)]).encode()
    job = imports.start_import(services, clinic.id, "night.csv", content, NURSE)

    class Stopped(Exception):
        pass

    def stop_after_the_first_chunk(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        imports.run_import(services, job.id, stop_after_the_first_chunk)
    assert imports.run_import(services, job.id) is None  # its lease still holds
    with services.db.write() as tx:
        tx.execute(update(ImportJob).values(lease_until=services.real_now() - timedelta(seconds=1)))
    assert imports.wake_waiting(services) == 1
    seen: list[tuple[int, int]] = []
    done = imports.run_import(services, job.id, lambda at, total: seen.append((at, total)))
    assert done is not None
    assert seen == [(400, 450), (450, 450)]
    assert (done.status, done.recorded, done.repeated) == ("done", 450, 0)
    assert imports.wake_waiting(services) == 0
    assert imports.run_import(services, job.id) is None


def test_a_worker_that_lost_its_lease_writes_nothing_more(services: Services) -> None:
    clinic = make_clinic(services)
    content = sheet([row(services, number) for number in range(450)]).encode()
    job = imports.start_import(services, clinic.id, "night.csv", content, NURSE)

    def somebody_else_takes_it(done: int, total: int) -> None:
        with services.db.write() as tx:
            tx.execute(update(ImportJob).values(lease_until=services.real_now() + timedelta(hours=1)))

    assert imports.run_import(services, job.id, somebody_else_takes_it) is None
    assert count(services, Procedure) == 200
    assert imports.look_at(services, clinic.id, job.id).done == 200


def test_the_file_itself_is_gone_once_its_rows_are_in(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    job = take(sqlite_services, clinic.id, sheet([row(sqlite_services)]).encode())
    with sqlite_services.db.read() as tx:
        assert tx.scalar(select(ImportJob.content).where(ImportJob.id == job.id)) is None


def test_the_report_is_safe_to_open_in_a_spreadsheet(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    rows = [row(sqlite_services, 1, patient__phone="=cmd|' /C calc'!A0"), row(sqlite_services, 2, patient__phone="+12")]
    job = take(sqlite_services, clinic.id, sheet(rows).encode())
    lines = list(csv.DictReader(io.StringIO(imports.report(sqlite_services, clinic.id, job.id))))
    assert [(line["line"], line["field"], line["value"]) for line in lines] == [
        ("2", "patient.phone", "'=cmd|' /C calc'!A0"),
        ("3", "patient.phone", "'+12"),
    ]


def test_another_clinic_sees_no_import(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    job = take(services, clinic.id, sheet([row(services, 1, patient__phone="12")]).encode())
    with pytest.raises(NotFound):
        imports.look_at(services, other.id, job.id)
    with pytest.raises(NotFound):
        imports.report(services, other.id, job.id)
    assert imports.list_imports(services, other.id) == []


def test_a_procedure_recorded_by_the_api_meanwhile_counts_as_a_repeat_or_a_difference(services: Services) -> None:
    clinic = make_clinic(services)
    record_procedure(services, clinic.id, request(services, source="pms", external_id="visit-1"), MACHINE)
    job = take(services, clinic.id, sheet([row(services, 1)]).encode())
    assert job.refused == 1
    assert count(services, ImportRefusal) > 0


def test_every_column_is_a_field_of_the_request(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    full = row(sqlite_services) | {
        "code.system": "CPT",
        "code.code": "20552",
        "office": "North",
        "patient.email": "rosa@example.com",
        "patient.language": "es",
        "patient.timezone": "America/Denver",
        "patient.consent.email": "no",
    }
    assert set(full) == set(COLUMNS)
    job = take(sqlite_services, clinic.id, sheet([full], ";").encode())
    assert job.recorded == 1
    with sqlite_services.db.read() as tx:
        patient = tx.scalars(select(Patient)).one()
    assert (patient.language, patient.timezone, patient.email) == ("es", "America/Denver", "rosa@example.com")


def test_two_workers_never_hold_one_job(services: Services) -> None:
    clinic = make_clinic(services)
    job = imports.start_import(services, clinic.id, "x.csv", sheet([row(services)]).encode(), NURSE)
    now = services.real_now()
    with services.db.write() as tx:
        assert job_store.claim(tx, job.id, real_now=now, lease_until=now + timedelta(minutes=2)) is not None
    with services.db.write() as tx:
        assert job_store.claim(tx, job.id, real_now=now, lease_until=now + timedelta(minutes=2)) is None


def test_a_file_that_someone_waits_for_is_taken_in_here_and_no_worker_is_woken_for_it(services: Services) -> None:
    clinic = make_clinic(services)
    seen: list[tuple[int, int, int]] = []

    def watch(done: int, total: int) -> None:
        seen.append((done, total, imports.wake_waiting(services)))

    content = sheet([row(services, number) for number in range(250)]).encode()
    job = imports.import_file(services, clinic.id, "night.csv", content, OPERATOR, watch)
    assert seen == [(200, 250, 0), (250, 250, 0)]
    assert (job.status, job.recorded) == ("done", 250)
    woken = [task for task, _ in services.queue.woken]  # type: ignore[attr-defined]
    assert "followup.run_import" not in woken


def test_an_operators_name_survives_the_way_through_the_job(sqlite_services: Services) -> None:
    clinic = make_clinic(sqlite_services)
    imports.import_file(sqlite_services, clinic.id, "n.csv", sheet([row(sqlite_services)]).encode(), OPERATOR)
    with sqlite_services.db.read() as tx:
        assert tx.scalars(select(Procedure)).one().recorded_by == "operator"


def test_two_files_of_the_same_patients_at_once_are_both_taken_in(services: Services) -> None:
    clinic = make_clinic(services)
    people = [f"{number:04d}" for number in range(60)]
    files = [
        [row(services, number + 100 * file, patient__mrn=mrn) for number, mrn in enumerate(order)]
        for file, order in enumerate((people, people[::-1]))
    ]
    jobs = [
        imports.start_import(services, clinic.id, "x.csv", sheet(rows).encode(), NURSE).id for rows in files
    ]  # fmt: skip
    gate = threading.Barrier(2)
    failures: list[BaseException] = []

    def work(job_id: UUID) -> None:
        try:
            gate.wait(timeout=10)
            imports.run_import(services, job_id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(job_id,)) for job_id in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    assert [imports.look_at(services, clinic.id, job_id).recorded for job_id in jobs] == [60, 60]
    assert count(services, Patient) == 60
    with services.db.read() as tx:
        texts = tx.execute(
            select(Communication.patient_id, func.count())
            .where(Communication.channel == "sms", Communication.status == "planned")
            .group_by(Communication.patient_id)
        ).all()
    assert {number for _, number in texts} == {3}
