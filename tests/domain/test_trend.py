"""Where a patient is going, in a few words."""

from followup.domain.trend import Point, Trend, trend


def test_two_pain_scores_make_a_trend_and_the_last_three_are_shown() -> None:
    assert trend([Point(pain=3), Point(), Point(pain=6)]) == Trend("pain 3 → 6", True)
    assert trend([Point(pain=8), Point(pain=6), Point(pain=4), Point(pain=2)]) == Trend("pain 6 → 4 → 2", False)


def test_answers_make_one_where_no_scores_are_known() -> None:
    assert trend([Point(answer="same"), Point(pain=2, answer="worse")]) == Trend("same → worse", True)
    assert trend([Point(answer="worse"), Point(answer="better")]) == Trend("worse → better", False)


def test_one_word_is_no_trend() -> None:
    assert trend([Point(pain=5)]) is None
    assert trend([Point(answer="odd"), Point(answer="same")]) is None
    assert trend([]) is None
