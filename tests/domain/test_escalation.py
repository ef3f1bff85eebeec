"""By when a case must be answered."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.domain.acuity import Acuity
from followup.domain.escalation import (
    CLAIM_BUYS,
    ROUTINE_AT_LEAST,
    URGENT_CLAIM_BUYS,
    first_page_at,
    next_page_after_claim,
    respond_by,
)
from followup.domain.working_week import Period, WorkingWeek

CHICAGO = ZoneInfo("America/Chicago")
WEEK = WorkingWeek("America/Chicago")
ZONES = ["America/Chicago", "America/New_York", "America/Phoenix", "Europe/Dublin", "Australia/Lord_Howe"]
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    """A wall time in Chicago as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).astimezone(UTC)


def test_an_emergency_must_be_answered_now() -> None:
    assert respond_by(Acuity.EMERGENCY, at("2026-03-03 03:12"), WEEK) == at("2026-03-03 03:12")


@pytest.mark.parametrize(
    ("since", "by"),
    [
        ("2026-03-03 07:00", "2026-03-03 08:00"),
        ("2026-03-03 12:10", "2026-03-03 13:10"),
        ("2026-03-07 20:59", "2026-03-07 21:59"),  # a Saturday evening counts like any other
        ("2026-03-03 21:00", "2026-03-04 08:00"),
        ("2026-03-03 23:59", "2026-03-04 08:00"),
        ("2026-03-04 06:59", "2026-03-04 08:00"),
        ("2026-12-31 22:00", "2027-01-01 08:00"),  # across the year's end and on a holiday
        ("2026-03-07 23:00", "2026-03-08 08:00"),  # the clock goes forward in this night
        ("2026-10-31 23:00", "2026-11-01 08:00"),  # and back in this one
    ],
)
def test_an_urgent_case_has_an_hour_by_day_and_until_eight_after_a_night(since: str, by: str) -> None:
    assert respond_by(Acuity.URGENT, at(since), WEEK) == at(by)


@pytest.mark.parametrize(
    ("since", "by"),
    [
        ("2026-03-03 09:30", "2026-03-03 17:00"),
        ("2026-03-03 15:00", "2026-03-03 17:00"),
        ("2026-03-03 15:01", "2026-03-04 17:00"),  # too short before closing
        ("2026-03-03 02:00", "2026-03-03 17:00"),
        ("2026-03-06 18:00", "2026-03-09 17:00"),  # Friday evening waits for Monday
    ],
)
def test_a_routine_case_has_until_the_end_of_a_working_day(since: str, by: str) -> None:
    assert respond_by(Acuity.ROUTINE, at(since), WEEK) == at(by)


def test_a_closed_day_gives_a_routine_case_until_the_next() -> None:
    week = WorkingWeek("America/Chicago", closed_on=frozenset({date(2026, 3, 3)}))
    assert respond_by(Acuity.ROUTINE, at("2026-03-03 09:30"), week) == at("2026-03-04 17:00")


def test_a_clinic_that_never_works_still_owes_an_answer_within_a_day() -> None:
    week = WorkingWeek("America/Chicago", periods=((),) * 7)
    assert respond_by(Acuity.ROUTINE, at("2026-03-03 09:30"), week) == at("2026-03-04 09:30")


@given(INSTANTS, st.sampled_from(ZONES))
def test_an_urgent_case_never_has_more_than_the_night_and_never_less_than_the_hour(since: datetime, zone: str) -> None:
    by = respond_by(Acuity.URGENT, since, WorkingWeek(zone))
    assert timedelta(hours=1) <= by - since <= timedelta(hours=12)
    if by - since != timedelta(hours=1):
        assert by.astimezone(ZoneInfo(zone)).time() == time(8)


@given(INSTANTS, st.sampled_from(ZONES))
def test_a_routine_case_ends_at_a_closing_with_at_least_two_hours_to_work(since: datetime, zone: str) -> None:
    week = WorkingWeek(zone, periods=((Period(time(8), time(12)), Period(time(13), time(17))),) * 5 + ((), ()))
    by = respond_by(Acuity.ROUTINE, since, week)
    assert by - since >= ROUTINE_AT_LEAST
    here = by.astimezone(ZoneInfo(zone))
    assert here.time() == time(17)
    assert here.weekday() < 5
    assert by - since <= timedelta(days=4)


@given(INSTANTS, INSTANTS, st.sampled_from([Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE]))
def test_who_wrote_earlier_is_never_due_later(one: datetime, other: datetime, acuity: Acuity) -> None:
    first, second = sorted((one, other))
    assert respond_by(acuity, first, WEEK) <= respond_by(acuity, second, WEEK) + timedelta(hours=1)
    if acuity is not Acuity.URGENT:
        assert respond_by(acuity, first, WEEK) <= respond_by(acuity, second, WEEK)


DUE = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_an_emergency_pages_at_once_urgent_words_once_they_are_late_and_nothing_else_ever() -> None:
    assert first_page_at(Acuity.EMERGENCY, DUE, DUE - MINUTE) == DUE - MINUTE
    assert first_page_at(Acuity.URGENT, DUE, DUE - MINUTE) == DUE
    assert first_page_at(Acuity.URGENT, DUE, DUE + MINUTE) == DUE + MINUTE
    assert first_page_at(Acuity.ROUTINE, DUE, DUE + MINUTE) is None


def test_whoever_takes_a_case_buys_time_and_no_more_than_that() -> None:
    assert next_page_after_claim(Acuity.EMERGENCY, DUE, DUE) == DUE + CLAIM_BUYS
    assert next_page_after_claim(Acuity.URGENT, DUE, DUE) == DUE + URGENT_CLAIM_BUYS
    assert next_page_after_claim(Acuity.URGENT, DUE + timedelta(hours=5), DUE) == DUE + timedelta(hours=5)
    assert next_page_after_claim(Acuity.ROUTINE, DUE, DUE) is None
