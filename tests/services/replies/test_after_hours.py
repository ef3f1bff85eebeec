"""After hours a patient hears at once by when a nurse reads it: once a night, whatever the words and their length."""

from datetime import UTC, datetime, timedelta

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.delivery import Kind
from followup.services import clinics
from followup.store.models import Communication

from .conftest import House

# The house stands in Chicago: 17:00 there is 22:00 UTC in summer and 23:00 in winter.
CLOSED = datetime(2026, 3, 4, 3, tzinfo=UTC)  # Tuesday, 21:00


@pytest.fixture
def night(house: House) -> House:
    """Tuesday evening at nine, the day-two check asked that morning."""
    house.clock.put(CLOSED - timedelta(hours=58))
    house.record()
    house.pass_time(58)
    return house


def told(house: House) -> list[Communication]:
    """The after-hours answers, oldest first."""
    return [row for row in house.communications if row.kind == Kind.AFTER_HOURS]


@pytest.mark.parametrize(
    "words", ["ok", "?", "worse", "thanks, all good", "x" * 1600, "swelling is worse " * 88, "help"]
)
def test_whatever_the_length_of_the_words_the_patient_is_told_at_once(night: House, words: str) -> None:
    night.text(words)
    night.send_due()
    assert [row.status for row in told(night)] == ["sent"]
    said = night.said()[-1]
    assert "Our office is closed now" in said
    assert "Wednesday" in said
    assert "312-555-0199" in said
    assert "Call 911" in said


def test_urgent_words_of_a_night_are_promised_for_eight_in_the_morning(night: House) -> None:
    night.text("worse")
    assert "A nurse reads it by Wednesday at 8 am." in str(told(night)[0].body)
    assert night.cases[0].respond_by == datetime(2026, 3, 4, 14, tzinfo=UTC)


def test_a_question_is_promised_for_the_end_of_the_next_working_day(night: House) -> None:
    night.text("can i drive tomorrow?")
    assert "A nurse reads it by Wednesday at 5 pm." in str(told(night)[0].body)


def test_words_that_need_nobody_are_answered_without_a_promise_that_somebody_reads_them(night: House) -> None:
    night.text("thank you!")
    assert night.cases == []
    assert "If it needs a nurse, one reads it by Wednesday at 5 pm." in str(told(night)[0].body)


def test_a_night_that_runs_over_midnight_counts_once_and_the_next_one_again(night: House) -> None:
    night.text("worse")
    night.clock.move(timedelta(hours=5))
    night.text("and it is bigger now")
    night.clock.move(timedelta(hours=5, minutes=30))  # 7:30, before they open
    night.text("hello?")
    assert len(told(night)) == 1
    night.clock.move(timedelta(hours=4))
    night.text("anybody there?")  # in office hours
    assert len(told(night)) == 1
    night.clock.move(timedelta(hours=8))
    night.text("still worse")
    assert len(told(night)) == 2


@pytest.mark.parametrize("evening", [datetime(2026, 3, 8, 2, tzinfo=UTC), datetime(2026, 11, 1, 2, tzinfo=UTC)])
def test_the_night_on_which_the_clocks_change_counts_once(house: House, evening: datetime) -> None:
    house.clock.put(evening)
    house.record()
    before = len(told(house))
    for hours in (0, 4.5, 1, 1, 1):  # through the hour that is skipped, or comes twice
        house.clock.move(timedelta(hours=hours))
        house.text("is this normal?")
    assert len(told(house)) == before + 1


def test_a_weekend_is_told_each_day_and_urgent_words_within_the_hour(house: House) -> None:
    house.clock.put(datetime(2026, 3, 7, 16, 5, tzinfo=UTC))  # Saturday, 10:05
    house.record()
    house.text("the swelling is worse")
    assert "by Saturday at noon" in str(told(house)[0].body)
    house.clock.move(timedelta(hours=6))
    house.text("hello?")
    assert len(told(house)) == 1
    house.clock.move(timedelta(hours=18))
    house.text("can i shower?")
    assert len(told(house)) == 2


def test_a_break_at_noon_is_no_night(house: House) -> None:
    hours = {day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    clinics.change_clinic(house.services, house.clinic.id, {"settings": {"hours": hours}}, OPERATOR)
    house.clock.put(datetime(2026, 3, 3, 18, 30, tzinfo=UTC))
    house.record()
    house.text("can i shower?")
    assert told(house) == []
    house.clock.move(timedelta(hours=8))
    house.text("and drive?")
    assert len(told(house)) == 1


def test_the_hour_is_said_on_the_patients_own_clock(house: House) -> None:
    house.clock.put(CLOSED)
    house.record(timezone="America/New_York")
    house.text("can i drive?")
    assert "by Wednesday at 6 pm" in str(told(house)[0].body)


def test_spanish_words_are_answered_in_spanish(night: House) -> None:
    night.text("la hinchazón está mucho peor que ayer")
    assert "a más tardar el miércoles a las 8 a. m." in str(told(night)[0].body)


def test_a_stop_is_not_answered_with_the_hours_nor_is_anything_after_it(night: House) -> None:
    night.text("STOP")
    night.text("the swelling is worse")
    assert told(night) == []


def test_words_that_stop_and_report_at_once_are_not_answered_with_the_hours(night: House) -> None:
    night.text("stop texting me, the swelling is worse")
    assert night.cases
    assert told(night) == []


def test_an_emergency_is_never_told_to_wait_for_the_morning(night: House) -> None:
    night.text("i cant breathe")
    night.text("ok")
    night.clock.move(timedelta(hours=1))
    night.text("ok thanks")
    night.text("how long will it take?")
    assert told(night) == []


def test_the_answer_does_not_go_out_once_they_have_opened(night: House) -> None:
    night.text("can i drive?")
    night.clock.move(timedelta(hours=12))
    night.send_due()
    assert [row.status for row in told(night)] == ["skipped"]


def test_who_has_the_wrong_number_is_not_told_about_nurses(night: House) -> None:
    night.text("wrong number, i dont know you")
    assert told(night) == []
