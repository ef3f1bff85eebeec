"""How many unasked texts fit."""

import pytest

from followup.domain.caps import Caps, first_room, fits
from followup.domain.errors import InvalidInput
from followup.domain.hours import SendingHours
from tests.domain.plans import CHICAGO, at

HOURS, CAPS = SendingHours(), Caps()


def test_a_clinic_may_send_fewer_texts_but_never_more() -> None:
    assert Caps(per_week=1).per_week == 1
    for too_many in ({"per_day": 2}, {"per_week": 4}, {"per_week": 0}):
        with pytest.raises(InvalidInput, match="never more"):
            Caps(**too_many)


def test_one_text_a_day_fits_and_a_second_does_not() -> None:
    assert fits(at("2026-06-02 10:00"), CHICAGO, CAPS, [at("2026-06-01 23:59")])
    assert not fits(at("2026-06-02 10:00"), CHICAGO, CAPS, [at("2026-06-02 00:00")])


def test_a_text_fits_where_no_window_of_seven_days_would_hold_four() -> None:
    spread = [at("2026-05-29 10:00"), at("2026-06-01 10:00"), at("2026-06-05 10:01")]
    assert not fits(at("2026-06-03 10:00"), CHICAGO, CAPS, [*spread[:2], at("2026-06-04 10:00")])
    assert fits(at("2026-06-03 10:00"), CHICAGO, CAPS, spread)


def test_four_texts_that_span_seven_days_to_the_minute_are_not_in_one_window() -> None:
    others = [at("2026-05-31 10:00"), at("2026-06-04 10:00"), at("2026-06-07 10:00")]
    assert fits(at("2026-06-03 10:00"), CHICAGO, CAPS, others)
    assert not fits(at("2026-06-03 10:00"), CHICAGO, CAPS, [*others[:2], at("2026-06-07 09:59")])


def test_room_is_looked_for_after_the_day_and_after_the_week() -> None:
    texts = [at("2026-06-01 10:00"), at("2026-06-02 11:00"), at("2026-06-03 12:00")]
    room = first_room(at("2026-06-03 13:00"), CHICAGO, HOURS, CAPS, texts, until=at("2026-07-01 00:00"))
    assert room == at("2026-06-08 10:00")


def test_room_is_found_inside_the_sending_hours() -> None:
    texts = [at("2026-06-01 19:59")]
    room = first_room(at("2026-06-01 12:00"), CHICAGO, HOURS, CAPS, texts, until=at("2026-07-01 00:00"))
    assert room == at("2026-06-02 09:00")


def test_there_is_no_room_at_or_after_the_end() -> None:
    texts = [at("2026-06-01 12:00")]
    assert first_room(at("2026-06-01 13:00"), CHICAGO, HOURS, CAPS, texts, until=at("2026-06-02 09:00")) is None
    assert first_room(at("2026-06-01 13:00"), CHICAGO, HOURS, CAPS, texts, until=at("2026-06-02 09:01")) is not None


def test_room_may_lie_beyond_texts_that_are_planned_for_later() -> None:
    later = [at("2026-06-02 10:00"), at("2026-06-03 10:00"), at("2026-06-04 10:00")]
    room = first_room(at("2026-06-01 12:00"), CHICAGO, HOURS, CAPS, later, until=at("2026-07-01 00:00"))
    assert room == at("2026-06-09 10:00")
