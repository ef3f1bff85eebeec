"""A clinic's calendar, and how it is read from settings."""

from datetime import UTC, datetime, timedelta

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.working_week import working_week


def test_a_clinic_that_says_nothing_works_from_monday_to_friday() -> None:
    week = working_week("America/Chicago", {})
    assert week.is_open(datetime(2026, 3, 3, 15, tzinfo=UTC))
    assert not week.is_open(datetime(2026, 3, 7, 18, tzinfo=UTC))


def test_hours_closed_dates_and_lunch_are_kept() -> None:
    week = working_week("UTC", {"hours": {"tue": ["08:00-12:00", "13:00-17:30"]}, "closed": ["2026-03-10"]})
    assert not week.is_open(datetime(2026, 3, 3, 12, 30, tzinfo=UTC))
    assert week.is_open(datetime(2026, 3, 3, 17, 29, tzinfo=UTC))
    assert not week.is_open(datetime(2026, 3, 3, 17, 30, tzinfo=UTC))
    assert not week.is_open(datetime(2026, 3, 10, 9, tzinfo=UTC))
    assert week.day_end(datetime(2026, 3, 4, tzinfo=UTC)) == datetime(2026, 3, 17, 17, 30, tzinfo=UTC)


def test_an_end_that_leaves_too_little_time_is_not_offered() -> None:
    week = working_week("UTC", {})
    assert week.day_end(datetime(2026, 3, 3, 16, tzinfo=UTC), timedelta(hours=2)).day == 4


def test_every_wrong_entry_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        working_week("UTC", {"hours": {"tues": [], "mon": ["17:00-08:00"], "wed": ["nine"]}, "closed": ["soon"]})
    assert [fault.field for fault in refused.value.faults] == ["hours.tues", "hours.mon", "hours.wed", "closed"]


def test_a_night_runs_from_the_last_closing_to_the_first_opening() -> None:
    week = working_week("America/Chicago", {"hours": {"tue": ["08:00-12:00", "13:00-17:30"], "wed": ["10:00-12:00"]}})
    tuesday = datetime(2026, 3, 3, tzinfo=UTC).date()
    for clock, night in (
        (datetime(2026, 3, 3, 13, 59, tzinfo=UTC), tuesday - timedelta(days=1)),
        (datetime(2026, 3, 3, 14, 0, tzinfo=UTC), None),
        (datetime(2026, 3, 3, 18, 30, tzinfo=UTC), None),
        (datetime(2026, 3, 3, 23, 30, tzinfo=UTC), tuesday),
        (datetime(2026, 3, 4, 15, 59, tzinfo=UTC), tuesday),
        (datetime(2026, 3, 5, 13, 59, tzinfo=UTC), tuesday + timedelta(days=1)),
        (datetime(2026, 3, 5, 14, 0, tzinfo=UTC), tuesday + timedelta(days=2)),
    ):
        assert week.night(clock) == night, clock


def test_the_next_opening_skips_closed_days() -> None:
    week = working_week("UTC", {"closed": ["2026-03-09"]})
    assert week.opens_next(datetime(2026, 3, 6, 8, tzinfo=UTC)) == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert working_week("UTC", {"hours": {"mon": []}}).opens_next(datetime(2026, 3, 6, tzinfo=UTC)) is None


def test_opening_counts_as_open_and_closing_as_closed() -> None:
    week = working_week("UTC", {})
    opens, closes = datetime(2026, 3, 3, 8, tzinfo=UTC), datetime(2026, 3, 3, 17, tzinfo=UTC)
    assert week.is_open(opens)
    assert not week.is_open(opens - timedelta(seconds=1))
    assert not week.is_open(closes)
    assert week.day_end(closes - timedelta(hours=2), timedelta(hours=2)) == closes
    assert week.day_end(closes) == closes + timedelta(days=1)


def test_working_time_within_one_day_and_on_a_closed_one() -> None:
    week = working_week("UTC", {"closed": ["2026-03-04"]})
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert week.open_between(at, at + timedelta(hours=2)) == timedelta(hours=2)
    assert week.open_between(at + timedelta(days=1), at + timedelta(days=1, hours=2)) == timedelta(0)
