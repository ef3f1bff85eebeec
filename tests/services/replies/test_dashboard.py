"""The dashboard from real procedures, texts, replies and nurses' work, on both databases; its file opens safely."""

import csv
import io
from datetime import timedelta

import pytest

from followup.domain.actor import OPERATOR, Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.domain.dashboard import Passage
from followup.domain.errors import InvalidInput
from followup.services import staff
from followup.services.case_view import case_page
from followup.services.cases.acknowledge import acknowledge
from followup.services.cases.contact import contact
from followup.services.cases.resolve import resolve
from followup.services.dashboard import DashboardPage, dashboard_page
from followup.services.dashboard_file import dashboard_csv
from tests.services.cases.making import make_clinic

from .conftest import House


@pytest.fixture
def worked(house: House) -> House:
    """One patient whose worsening was claimed after 10 minutes, tried, reached after 30 and resolved after 40."""
    nurse = Actor(ActorKind.STAFF, staff.add(house.services, house.clinic.id, "n@lake.example", "N", "nurse").person.id)
    house.record()
    house.pass_time(48)
    house.text("worse")
    case = house.cases[0]
    place = (house.services, house.clinic.id, case.id)
    house.clock.move(timedelta(minutes=5))
    case_page(*place, me=nurse.id, actor=nurse)
    house.clock.move(timedelta(minutes=5))
    acknowledge(*place, nurse)
    house.clock.move(timedelta(minutes=10))
    contact(*place, nurse, how="call", outcome="no_answer")
    house.clock.move(timedelta(minutes=10))
    contact(*place, nurse, how="call", outcome="reached")
    house.clock.move(timedelta(minutes=10))
    contact(*place, nurse, how="call", outcome="reached")
    version = house.cases[0].version
    resolve(*place, nurse, disposition="self_care", note="", version=version)
    return house


def shown(house: House, **asked: str) -> DashboardPage:
    return dashboard_page(house.services, house.clinic.id, OPERATOR, **asked)


def test_every_passage_is_timed_from_the_words_that_opened_the_case(worked: House) -> None:
    figures = shown(worked).figures
    times = {line.passage: line.true.median for line in figures.timings if line.acuity is Acuity.URGENT}
    assert times == {
        Passage.READ: timedelta(minutes=5),
        Passage.CLAIM: timedelta(minutes=10),
        Passage.CONTACT: timedelta(minutes=30),
        Passage.RESOLVE: timedelta(minutes=40),
    }
    assert [(line.acuity, line.in_time, line.late) for line in figures.targets] == [(Acuity.URGENT, 1, 0)]


def test_messages_answers_and_flags_are_counted(worked: House) -> None:
    worked.record(mrn="M2", phone="+13125550112")
    worked.pass_time(50)
    figures = shown(worked).figures
    check = next(line for line in figures.reaches if line.step == "day-two-check")
    assert (check.due, check.asked, check.answered, check.silent) == (2, 2, 1, 1)
    assert [(line.site, line.procedures, line.urgent) for line in figures.flags] == [("shoulder", 2, 1)]
    assert sum(hour.replies for hour in figures.hours) == figures.replies == 1


def test_filters_and_other_clinics_leave_things_out(worked: House) -> None:
    assert shown(worked, protocol="trigger-point-injection").figures.cases == 1
    assert shown(worked, first="2026-03-01", last="2026-03-02").figures.cases == 0
    with pytest.raises(InvalidInput, match="office"):
        shown(worked, office="elsewhere")
    other = make_clinic(worked.services, "hillside")
    figures = dashboard_page(worked.services, other.id, OPERATOR).figures
    assert (figures.cases, figures.replies, figures.reaches, figures.flags) == (0, 0, (), [])


def test_the_file_holds_every_table_and_no_formula(worked: House) -> None:
    rows = list(csv.reader(io.StringIO(dashboard_csv(shown(worked)))))
    tables = {row[4] for row in rows if row and row[0] != "first day"}
    assert tables - {"pages to staff"} == {
        "times in minutes",
        "contact in time",
        "messages",
        "not sent",
        "flags",
        "corrections",
        "hours",
    }
    contacts = [row[7:10] for row in rows if row[5:7] == ["urgent", "contact"]]
    assert contacts == [["1", "0", "30.0"]]
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@")]


def test_what_was_never_sent_is_told_apart_by_its_reason(worked: House) -> None:
    page = shown(worked)
    figures = page.figures
    assert sum(count for _, _, count in figures.not_sent) == sum(line.skipped for line in figures.reaches) > 0
    assert {(channel, reason) for channel, reason, _ in figures.not_sent} == {("email", "consent_refused")}
    rows = list(csv.reader(io.StringIO(dashboard_csv(page))))
    assert any("not sent" in row and "consent_refused" in row for row in rows)
