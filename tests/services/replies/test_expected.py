"""What a nurse expects of one patient stays out of the queue for a while, is shown, reviewed, and can be ended."""

from datetime import timedelta

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.acuity import Acuity
from followup.domain.errors import Conflict, NotFound
from followup.services.cases.expect import end_expectation, expect
from followup.services.cases.resolve import resolve
from followup.services.silence import look_for_silence
from followup.store.ids import new_id
from followup.store.models import CaseEvent, Expectation, Review

from .conftest import House

BRUISE = "the bruise is still there"


@pytest.fixture
def marked(house: House) -> House:
    """A patient on day two whose bruise was looked at, and may be there until Friday."""
    house.record()
    house.pass_time(48)
    house.text(BRUISE)
    expect(house.services, house.clinic.id, house.cases[0].id, OPERATOR, topic="bruising", until="2026-03-06")
    resolve(house.services, house.clinic.id, house.cases[0].id, OPERATOR, disposition="self_care", confirm=True)
    return house


def test_a_later_routine_reply_about_it_is_recorded_and_reviewed_but_not_queued(marked: House) -> None:
    marked.pass_time(3)
    marked.text(BRUISE)
    assert len(marked.cases) == 1
    reply = marked.replies[-1]
    assert (reply.acuity, reply.case_id) == (Acuity.ROUTINE, None)
    assert reply.assessment["expected"]["topic"] == "bruising"
    assert [(row.reply_id, row.percent) for row in marked.all(Review)] == [(reply.id, 100.0)]


@pytest.mark.parametrize("text", ["bruise is bigger", "bruise still there, should i worry?", "cant breathe", "same"])
def test_anything_more_than_that_is_queued_as_before(marked: House, text: str) -> None:
    marked.pass_time(3)
    marked.text(text)
    assert marked.replies[-1].case_id is not None


def test_it_ends_at_its_day_and_at_once_when_somebody_says_so(marked: House) -> None:
    mark = marked.all(Expectation)[0]
    case = marked.cases[0]
    end_expectation(marked.services, marked.clinic.id, case.id, OPERATOR, expectation_id=mark.id)
    with pytest.raises(Conflict):
        end_expectation(marked.services, marked.clinic.id, case.id, OPERATOR, expectation_id=mark.id)
    marked.pass_time(1)
    marked.text(BRUISE)
    assert marked.replies[-1].case_id is not None
    expect(marked.services, marked.clinic.id, case.id, OPERATOR, topic="bruising", until="2026-03-05")
    with pytest.raises(Conflict, match="already"):
        expect(marked.services, marked.clinic.id, case.id, OPERATOR, topic="bruising", until="2026-03-06")
    resolve(marked.services, marked.clinic.id, marked.cases[-1].id, OPERATOR, disposition="self_care", confirm=True)
    marked.clock.move(timedelta(hours=24))
    marked.text(BRUISE)
    assert marked.replies[-1].case_id is not None


def test_it_is_for_a_person_where_other_words_came_just_before(marked: House) -> None:
    marked.pass_time(3)
    marked.text("hello")
    marked.clock.move(timedelta(minutes=1))
    marked.text(BRUISE)
    assert marked.replies[-1].case_id is not None


def test_nothing_of_an_emergency_is_expected_and_no_other_clinic_may_mark(house: House) -> None:
    house.record()
    house.pass_time(2)
    house.text("i cant breathe")
    case = house.cases[0]
    with pytest.raises(Conflict, match="emergency"):
        expect(house.services, house.clinic.id, case.id, OPERATOR, topic="bruising", until="2026-03-04")
    with pytest.raises(NotFound):
        expect(house.services, new_id(), case.id, OPERATOR, topic="bruising", until="2026-03-04")


def test_an_expected_answer_of_somebody_on_the_call_list_joins_that_case(house: House) -> None:
    house.record()
    house.pass_time(47)
    house.text(BRUISE)
    expect(house.services, house.clinic.id, house.cases[0].id, OPERATOR, topic="bruising", until="2026-03-07")
    resolve(house.services, house.clinic.id, house.cases[0].id, OPERATOR, disposition="self_care", confirm=True)
    house.pass_time(27)
    assert look_for_silence(house.services) == 1
    house.text(BRUISE)
    assert house.replies[-1].case_id == house.cases[-1].id
    assert {"expected", "joined"} <= {event.kind for event in house.all(CaseEvent)}
