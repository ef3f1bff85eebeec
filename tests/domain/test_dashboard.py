"""Figures of the dashboard: spreads, working hours, targets, what became of messages, the hours of the day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from followup.domain.acuity import Acuity
from followup.domain.dashboard import (
    CaseTimes,
    Fate,
    PageFate,
    Paging,
    Passage,
    Spread,
    Target,
    by_hour,
    paging,
    reaches,
    spread,
    targets,
    timings,
)
from followup.domain.working_week import WorkingWeek, working_week

CHICAGO: WorkingWeek = working_week("America/Chicago", {})
TUESDAY_NINE = datetime(2026, 3, 3, 15, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def case(acuity: Acuity, opened: datetime = TUESDAY_NINE, **after: float) -> CaseTimes:
    """A case with its passages reached so many minutes after it was opened."""
    return CaseTimes(acuity, opened, {Passage(name): opened + minutes(value) for name, value in after.items()})


def test_a_spread_names_the_middle_the_ninth_of_ten_and_the_worst() -> None:
    assert spread([]) == Spread(0)
    assert spread([minutes(7)]) == Spread(1, minutes(7), minutes(7), minutes(7))
    ten = [minutes(value) for value in (10, 1, 2, 3, 4, 5, 6, 7, 8, 9)]
    assert spread(ten) == Spread(10, minutes(5), minutes(9), minutes(10))


def test_working_time_leaves_out_the_night_the_weekend_and_closed_days() -> None:
    friday_evening = datetime(2026, 3, 6, 22, tzinfo=UTC)  # 16:00 in Chicago
    monday_morning = datetime(2026, 3, 9, 14, tzinfo=UTC)  # 9:00, after the clocks went forward
    assert CHICAGO.open_between(friday_evening, monday_morning) == timedelta(hours=2)
    closed = working_week("America/Chicago", {"closed": ["2026-03-09"]})
    assert closed.open_between(friday_evening, monday_morning) == timedelta(hours=1)
    assert CHICAGO.open_between(monday_morning, monday_morning) == timedelta(0)


def test_working_time_on_a_repeated_hour_counts_it_twice() -> None:
    night = working_week("America/Chicago", {"hours": {"sun": ["00:00-06:00"]}})
    begins, ends = datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert night.open_between(begins, ends) == timedelta(hours=7)


def test_times_are_given_by_acuity_and_passage_with_who_still_waits() -> None:
    lines = timings([case(Acuity.URGENT, claim=10), case(Acuity.URGENT, claim=30, contact=40)], CHICAGO)
    assert [line.passage for line in lines] == list(Passage)
    claim, contact = lines[1], lines[2]
    assert (claim.true.count, claim.true.median, claim.true.worst, claim.waiting) == (2, minutes(10), minutes(30), 0)
    assert (contact.true.count, contact.working.worst, contact.waiting) == (1, minutes(40), 1)


def test_contact_counts_as_in_time_until_the_instant_by_which_it_was_due() -> None:
    now = TUESDAY_NINE + timedelta(days=1)
    lines = targets(
        [
            case(Acuity.EMERGENCY, contact=10),
            case(Acuity.EMERGENCY, contact=11),
            case(Acuity.URGENT, contact=60),
            case(Acuity.URGENT, contact=61),
            case(Acuity.URGENT),
            case(Acuity.URGENT, resolve=5),
            case(Acuity.URGENT, opened=now - minutes(5)),
        ],
        CHICAGO,
        now,
    )
    assert lines == (Target(Acuity.EMERGENCY, 1, 1, 0), Target(Acuity.URGENT, 2, 2, 1))
    assert lines[1].share == 0.5
    due = case(Acuity.URGENT)
    assert targets([due], CHICAGO, TUESDAY_NINE + minutes(60))[0].open == 1
    assert targets([due], CHICAGO, TUESDAY_NINE + minutes(61))[0].late == 1
    assert Target(Acuity.URGENT, 0, 0, 4).share is None


def test_what_became_of_a_step_counts_silence_only_of_questions_that_went_out() -> None:
    def fate(status: str, count: int, answered: int = 0, **other: Any) -> Fate:
        return Fate(**{"step": "day-two-check", "channel": "sms", "asks": True, **other}, status=status, count=count,
                    answered=answered)  # fmt: skip

    found = reaches(
        [fate("delivered", 6, 4), fate("sent", 2, 1), fate("undelivered", 3), fate("skipped", 1), fate("planned", 1)]
    )
    assert len(found) == 1
    line = found[0]
    assert (line.due, line.sent, line.delivered, line.not_delivered, line.skipped) == (13, 8, 6, 3, 1)
    assert (line.asked, line.answered, line.silent) == (8, 5, 3)


def test_hours_are_those_of_the_clinics_clock() -> None:
    since, before = datetime(2026, 3, 2, 6, tzinfo=UTC), datetime(2026, 3, 9, 5, tzinfo=UTC)
    hours = by_hour([TUESDAY_NINE, TUESDAY_NINE + minutes(59), TUESDAY_NINE + minutes(60)], CHICAGO, since, before)
    assert [(hour.hour, hour.replies) for hour in hours if hour.replies] == [(9, 2), (10, 1)]
    assert round(hours[9].staffed, 2) == round(5 / 7, 2)
    assert hours[3].staffed == 0


def test_pages_are_counted_by_channel_with_how_quickly_they_were_answered() -> None:
    found = paging(
        [
            PageFate("sms", "delivered", minutes(2)),
            PageFate("sms", "undelivered", None),
            PageFate("sms", "sent", None),
            PageFate("sms", "delivered", None),
            PageFate("call", "undelivered", minutes(4)),
        ]
    )
    assert found == (
        Paging("call", 1, 0, spread([minutes(4)])),
        Paging("sms", 4, 1, spread([minutes(2)])),
    )
