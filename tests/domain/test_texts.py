"""Days, hours and names as texts say them."""

from datetime import time, timedelta

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.texts import (
    SENDER_NAME_LIMIT,
    check_sender_name,
    clinic_words,
    clock_words,
    day_words,
    moment_words,
    shown_given_name,
    step_words,
    week_words,
)
from followup.domain.working_week import WorkingWeek, working_week
from tests.domain.plans import CHICAGO, at


@pytest.mark.parametrize(
    ("when", "english", "spanish"),
    [
        ("2026-06-04 15:00", "Thursday at 3 pm", "el jueves a las 3 p. m."),
        ("2026-06-03 09:00", "Wednesday at 9 am", "el miércoles a las 9 a. m."),
        ("2026-06-06 13:00", "Saturday at 1 pm", "el sábado a la 1 p. m."),
        ("2026-06-04 12:00", "Thursday at noon", "el jueves al mediodía"),
    ],
)
def test_a_moment_is_a_weekday_and_an_hour(when: str, english: str, spanish: str) -> None:
    assert moment_words(at(when), CHICAGO, "en") == english
    assert moment_words(at(when), CHICAGO, "es") == spanish


def test_a_moment_is_rounded_up_so_that_rest_is_never_too_short() -> None:
    assert moment_words(at("2026-06-04 15:01"), CHICAGO, "en") == "Thursday at 4 pm"
    assert moment_words(at("2026-06-04 14:59") + timedelta(seconds=1), CHICAGO, "en") == "Thursday at 3 pm"


def test_midnight_is_said_as_one_because_it_could_be_either_end_of_the_day() -> None:
    assert moment_words(at("2026-06-04 23:30"), CHICAGO, "en") == "Friday at 1 am"
    assert moment_words(at("2026-06-05 00:00"), CHICAGO, "en") == "Friday at 1 am"


def test_a_moment_is_on_the_patients_clock() -> None:
    assert moment_words(at("2026-06-04 15:00"), "Pacific/Honolulu", "en") == "Thursday at 10 am"


def test_forty_eight_hours_across_a_change_of_the_clock_are_true_hours() -> None:
    words = step_words({}, given_name="Ana", performed_at=at("2026-03-07 15:00"), zone=CHICAGO, language="en")
    assert words["activity_until"] == "Monday at 4 pm"


def test_the_activity_limit_is_the_protocols() -> None:
    words = step_words(
        {},
        given_name="Ana",
        performed_at=at("2026-06-02 15:00"),
        zone=CHICAGO,
        language="en",
        activity_limit=timedelta(hours=72),
    )
    assert words["activity_until"] == "Friday at 3 pm"


def test_half_hours_and_noon_are_said_as_people_say_them() -> None:
    assert [clock_words(time(8, 30), "en"), clock_words(time(0), "en"), clock_words(time(12), "en")] == [
        "8:30 am",
        "12 am",
        "noon",
    ]
    assert clock_words(time(17), "es") == "5 p. m."


def test_runs_of_days_are_joined() -> None:
    assert day_words(range(5), "en") == "Mon-Fri"
    assert day_words([0, 2, 3, 4, 6], "en") == "Mon, Wed-Fri, Sun"
    assert day_words([4, 5], "es") == "vie, sáb"


def test_a_clinics_week_is_said_in_short() -> None:
    assert week_words(WorkingWeek(CHICAGO), "en") == "Mon-Fri 8 am-5 pm"
    assert week_words(WorkingWeek(CHICAGO), "es") == "lun-vie 8 a. m.-5 p. m."


def test_a_lunch_break_and_a_shorter_saturday_fit_but_an_uneven_week_is_office_hours() -> None:
    days = {day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu")}
    assert week_words(working_week(CHICAGO, {"hours": {**days, "sat": ["09:00-12:00"]}}), "en") == (
        "Mon-Thu 8 am-5 pm, Sat 9 am-noon"
    )
    uneven = {"mon": ["08:00-12:00"], "tue": ["09:00-13:00"], "wed": ["10:00-14:00"]}
    assert week_words(working_week(CHICAGO, {"hours": uneven}), "es") == "horas de oficina"


def test_a_clinic_without_a_number_is_still_a_sentence() -> None:
    week = WorkingWeek(CHICAGO)
    english = clinic_words(sender_name="Lakeside", phone="", week=week, language="en")
    spanish = clinic_words(sender_name="Lakeside", phone="+13125550100", week=week, language="es")
    assert f"call {english['phone']}" == "call our office"
    assert spanish["phone"] == "312-555-0100"


def test_a_patient_is_called_by_the_first_given_name_at_a_length_that_fits() -> None:
    assert shown_given_name("María José") == "María"
    assert len(shown_given_name("W" * 40)) == 16
    assert shown_given_name("  ") == ""


def test_a_clinics_name_that_texts_have_no_room_for_is_refused() -> None:
    assert check_sender_name("  Lakeside   Clinic ") == "Lakeside Clinic"
    for name in ("", "W" * (SENDER_NAME_LIMIT + 1)):
        with pytest.raises(InvalidInput, match="short name"):
            check_sender_name(name)
