"""The pace of a sender."""

from datetime import UTC, datetime, timedelta

from followup.domain import pace

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_a_sender_at_rest_may_go_two_seconds_ahead_and_not_more() -> None:
    assert pace.allowance(None, 1, NOW) == 2
    assert pace.allowance(NOW - timedelta(hours=1), 1, NOW) == 2, "rest is not saved up"
    assert pace.allowance(None, 100, NOW) == 200


def test_what_went_is_missing_until_time_has_passed() -> None:
    spent = pace.charged(None, 1, 2, NOW)
    assert pace.allowance(spent, 1, NOW) == 0
    assert pace.allowance(spent, 1, NOW + timedelta(seconds=1)) == 1
    assert pace.allowance(pace.charged(spent, 1, 10, NOW), 1, NOW + timedelta(seconds=5)) == 0


def test_in_the_long_run_the_pace_is_kept() -> None:
    spent, sent = None, 0
    for second in range(1000):
        now = NOW + timedelta(seconds=second)
        room = pace.allowance(spent, 3, now)
        spent = pace.charged(spent, 3, room, now)
        sent += room
    assert 3000 <= sent <= 3006


def test_the_carriers_day_ends_at_midnight_in_los_angeles() -> None:
    assert pace.carrier_day(datetime(2026, 3, 3, 7, 59, tzinfo=UTC)) == "2026-03-02"
    assert pace.carrier_day(datetime(2026, 3, 3, 8, 0, tzinfo=UTC)) == "2026-03-03"


def test_unasked_messages_leave_a_tenth_of_the_day() -> None:
    today = pace.carrier_day(NOW)
    assert pace.left_for_unasked(today, 0, 2000, NOW) == 1800
    assert pace.left_for_unasked(today, 1800, 2000, NOW) == 0
    assert pace.left_for_unasked(today, 2500, 2000, NOW) == 0
    assert pace.left_for_unasked("2026-03-01", 2000, 2000, NOW) == 1800


def test_a_back_off_doubles_up_to_a_minute_or_is_what_the_provider_asks() -> None:
    assert [pace.back_off(n, None).total_seconds() for n in range(8)] == [2, 4, 8, 16, 32, 60, 60, 60]
    assert pace.back_off(5, 7.0) == timedelta(seconds=7)
    assert pace.back_off(0, 0.0) > timedelta(0)
