"""The report from real replies, corrections and reviews, on both databases; its CSV opens safely in a spreadsheet."""

import csv
import io
from datetime import date

import pytest

from followup.domain.actor import OPERATOR, Actor, ActorKind
from followup.domain.errors import InvalidInput
from followup.services import reviews, staff
from followup.services.cases.correct import correct
from followup.services.cases.resolve import resolve
from followup.services.clinics import change_clinic
from followup.services.triage_report import report_csv, report_page
from followup.store.models import AuditEntry
from tests.services.cases.making import make_clinic

from .conftest import House


@pytest.fixture
def nurse(house: House) -> Actor:
    person = staff.add(house.services, house.clinic.id, "nora@lake.example", "Nora", "nurse").person
    return Actor(ActorKind.STAFF, person.id)


@pytest.fixture
def worked(house: House, nurse: Actor) -> House:
    """Five replies: a question left as it was read, one lowered, one rightly alone, one missed, one still waiting."""
    change_clinic(house.services, house.clinic.id, {"settings": {"triage_sample_percent": 100}}, OPERATOR)
    house.record()
    house.send_due()
    for text in ("how long should i rest?", "thanks!", "feeling great", "thanks", "the swelling is much worse"):
        house.pass_time(1)
        house.text(text)
    asked, thanks, great, _, worse = sorted(house.replies, key=lambda row: row.received_at)
    assert [asked.acuity, thanks.acuity, great.acuity, worse.acuity] == ["routine", "none", "none", "urgent"]
    clinic_id = house.clinic.id
    correct(house.services, clinic_id, worse.id, nurse, acuity="routine", reason="She meant last week.")
    resolve(house.services, clinic_id, house.cases[0].id, nurse, disposition="no_concern", confirm=True)
    reviews.confirm(house.services, clinic_id, thanks.id, nurse)
    correct(house.services, clinic_id, great.id, nurse, acuity="urgent", reason="Sarcasm.")
    return house


def test_the_report_counts_what_happened(worked: House, nurse: Actor) -> None:
    found = report_page(worked.services, worked.clinic.id, nurse)
    total = found.report.total
    assert (total.read, total.unqueued, total.seen, total.raised, total.lowered) == (5, 3, 4, 1, 1)
    assert (total.agreed.hits, total.agreed.total) == (2, 4)
    sample = found.report.sample
    assert (sample.unqueued, sample.chosen, sample.looked_at, sample.waiting, sample.missed) == (3, 3, 2, 1, 1)
    assert (found.percent, found.last) == (100.0, date(2026, 3, 3))
    assert [row.action for row in worked.all(AuditEntry) if row.object_kind == "triage_report"] == ["view"]


def test_only_the_days_asked_for_count(worked: House, nurse: Actor) -> None:
    for first, last, count in (("2026-03-03", "2026-03-03", 5), ("2026-02-01", "2026-03-02", 0)):
        found = report_page(worked.services, worked.clinic.id, nurse, first=first, last=last)
        assert found.report.total.read == count


def test_another_clinic_counts_nothing_of_it(worked: House, nurse: Actor) -> None:
    other = make_clinic(worked.services, "riverside")
    found = report_page(worked.services, other.id, nurse).report
    assert (found.total.read, found.sample.chosen, found.moved) == (0, 0, {})


@pytest.mark.parametrize(
    ("first", "last"), [("x", ""), ("2026-03-04", "2026-03-03"), ("2020-01-01", "2026-03-03"), ("", "03/03/2026")]
)
def test_days_that_make_no_sense_are_refused(house: House, nurse: Actor, first: str, last: str) -> None:
    with pytest.raises(InvalidInput):
        report_page(house.services, house.clinic.id, nurse, first=first, last=last)


def test_the_file_holds_the_tables_and_nothing_of_patients(worked: House, nurse: Actor) -> None:
    text = report_csv(report_page(worked.services, worked.clinic.id, nurse, action="export"))
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    assert rows[1][:10] == ["2026-02-02", "2026-03-03", "all", "all", "5", "3", "4", "1", "1", "2"]
    assert ["2026-02-02", "2026-03-03", "corrections", "none", "urgent", "1"] in rows
    for secret in ("Ana", "Ruiz", "Sarcasm", "great", "+1312"):
        assert secret not in text
    assert all(cell[:1] not in tuple("=+-@") for row in rows for cell in row)
    assert [row.action for row in worked.all(AuditEntry) if row.object_kind == "triage_report"] == ["export"]
