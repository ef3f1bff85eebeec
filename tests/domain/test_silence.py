"""What silence on a check means, and whom it puts first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from followup.domain.acuity import Acuity
from followup.domain.delivery import Status
from followup.domain.silence import CHEST_WATCH, Asked, Awaited, Next, Signs, decide, reasons, risk, worst

ASKED = datetime(2026, 3, 3, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUESTION = Awaited(ASKED, 24 * HOUR, None, (Asked(Status.DELIVERED, ASKED),), False, False, False)
SIGNS = Signs(None, True, True, timedelta(hours=72), False)


def test_a_question_is_waited_for_until_its_time_is_over_and_not_longer() -> None:
    assert decide(QUESTION, ASKED + 23 * HOUR) == decide(QUESTION, ASKED)
    assert decide(QUESTION, ASKED).look_at == ASKED + 24 * HOUR
    assert decide(QUESTION, ASKED + 24 * HOUR).next is Next.SILENT


def test_the_time_runs_from_when_the_question_went_or_is_still_to_go() -> None:
    late = replace(QUESTION, messages=(Asked(Status.SENT, ASKED + 5 * HOUR),))
    assert decide(late, ASKED + 24 * HOUR).look_at == ASKED + 29 * HOUR
    held = replace(QUESTION, messages=(Asked(Status.PLANNED, ASKED + 40 * HOUR),))
    assert decide(held, ASKED + 24 * HOUR).next is Next.WAIT


def test_a_question_that_never_arrived_is_silence_too() -> None:
    for status, reason in ((Status.UNDELIVERED, None), (Status.SKIPPED, "capped_past_use"), (Status.FAILED, "x")):
        lost = replace(QUESTION, messages=(Asked(status, ASKED, reason),))
        assert decide(lost, ASKED + 24 * HOUR).next is Next.SILENT


def test_a_question_that_was_never_meant_to_go_is_none() -> None:
    for reason in ("entered_late", "paused", "stopped", "withdrawn"):
        never = replace(QUESTION, messages=(Asked(Status.SKIPPED, ASKED, reason),))
        assert decide(never, ASKED + 24 * HOUR).next is Next.NEEDLESS


def test_the_question_is_repeated_once_and_only_where_it_went() -> None:
    again = replace(QUESTION, ask_again=10 * HOUR)
    assert decide(again, ASKED).look_at == ASKED + 10 * HOUR
    assert decide(again, ASKED + 10 * HOUR).next is Next.ASK_AGAIN
    assert decide(replace(again, repeated=True), ASKED + 10 * HOUR).look_at == ASKED + 24 * HOUR
    lost = replace(again, messages=(Asked(Status.UNDELIVERED, ASKED),))
    assert decide(lost, ASKED + 10 * HOUR).next is Next.WAIT
    assert decide(again, ASKED + 30 * HOUR).next is Next.SILENT


def test_an_answer_beats_everything() -> None:
    assert decide(replace(QUESTION, answered=True, needless=True), ASKED + 48 * HOUR).next is Next.ANSWERED


def test_who_reported_something_grave_or_cannot_be_reached_is_called_first() -> None:
    urgent = risk(replace(SIGNS, reported=Acuity.URGENT))
    assert urgent > risk(replace(SIGNS, arrived=False, near_lung=True)) > risk(SIGNS)
    assert risk(replace(SIGNS, reachable=False)) > risk(SIGNS)
    assert risk(SIGNS) > risk(replace(SIGNS, since_procedure=timedelta(days=8)))
    everything = Signs(Acuity.EMERGENCY, False, False, timedelta(0), True)
    assert risk(everything) <= 100
    assert len(reasons(everything)) == 4
    assert reasons(SIGNS) == ()
    assert worst([Acuity.NONE, Acuity.ROUTINE, Acuity.OPT_OUT]) is Acuity.ROUTINE
    assert worst([Acuity.NONE]) is None


@pytest.mark.parametrize(("after", "more"), [(CHEST_WATCH, 10), (CHEST_WATCH + timedelta(minutes=1), 0)])
def test_the_lung_is_watched_for_its_time_and_only_where_it_was_near(after: timedelta, more: int) -> None:
    far, near = (replace(SIGNS, since_procedure=after, near_lung=lung) for lung in (False, True))
    assert risk(near) - risk(far) == more
    assert reasons(far) == ()
    assert len(reasons(near)) == (1 if more else 0)
