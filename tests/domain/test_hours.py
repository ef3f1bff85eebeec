"""The sending hours on a patient's own clock."""

from datetime import date, time, timedelta

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.hours import SendingHours, is_open, local, local_day, next_day, next_opening, wall
from tests.domain.plans import CHICAGO, at

HOURS = SendingHours()


def test_the_default_hours_are_nine_to_eight_in_the_evening() -> None:
    assert (HOURS.opens, HOURS.closes) == (time(9), time(20))


def test_hours_that_close_before_they_open_are_refused() -> None:
    for opens, closes in ((time(20), time(9)), (time(9), time(9))):
        with pytest.raises(InvalidInput, match="before the closing"):
            SendingHours(opens, closes)


def test_the_opening_is_inside_and_the_closing_is_not() -> None:
    assert is_open(at("2026-06-02 09:00"), CHICAGO, HOURS)
    assert not is_open(at("2026-06-02 08:59"), CHICAGO, HOURS)
    assert not is_open(at("2026-06-02 20:00"), CHICAGO, HOURS)


def test_an_instant_inside_the_hours_is_its_own_opening() -> None:
    assert next_opening(at("2026-06-02 12:34"), CHICAGO, HOURS) == at("2026-06-02 12:34")


def test_before_the_hours_they_open_today_and_after_them_tomorrow() -> None:
    assert next_opening(at("2026-06-02 03:00"), CHICAGO, HOURS) == at("2026-06-02 09:00")
    assert next_opening(at("2026-12-31 22:00"), CHICAGO, HOURS) == at("2027-01-01 09:00")


def test_an_opening_that_the_clock_skips_is_the_end_of_the_gap() -> None:
    night = SendingHours(time(2, 30), time(5))
    assert next_opening(at("2026-03-08 01:00"), CHICAGO, night) == at("2026-03-08 03:30")


def test_hours_that_the_clock_shows_twice_open_twice() -> None:
    night = SendingHours(time(1, 30), time(1, 45))
    second = wall(date(2026, 11, 1), time(1, 30), CHICAGO, fold=1)
    assert next_opening(at("2026-11-01 01:45"), CHICAGO, night) == second
    assert second - at("2026-11-01 01:30") == timedelta(hours=1)


def test_a_day_that_a_zone_skipped_has_no_opening() -> None:
    # Samoa went from the end of 29 December 2011 to the start of 31 December.
    eve = at("2011-12-29 21:00", "Pacific/Apia")
    opening = local(next_opening(eve, "Pacific/Apia", HOURS), "Pacific/Apia")
    assert (opening.date(), opening.time()) == (date(2011, 12, 31), time(9))


def test_the_next_day_begins_at_midnight_or_where_the_clock_says_so() -> None:
    assert next_day(at("2026-06-02 12:00"), CHICAGO) == at("2026-06-03 00:00")
    # Where the clock skips midnight itself, the day begins at one.
    start = next_day(at("2026-09-05 12:00", "America/Santiago"), "America/Santiago")
    assert local(start, "America/Santiago").time() == time(1)
    assert local_day(start, "America/Santiago") == date(2026, 9, 6)


def test_the_next_day_after_a_skipped_one_is_the_day_that_came() -> None:
    start = next_day(at("2011-12-29 21:00", "Pacific/Apia"), "Pacific/Apia")
    assert local_day(start, "Pacific/Apia") == date(2011, 12, 31)
