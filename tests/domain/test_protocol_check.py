"""What a protocol's answers, flags and times are refused for."""

from datetime import time, timedelta

import pytest

from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel
from followup.domain.hours import SendingHours
from followup.domain.protocol import After, Answer, Choice, Delivery, OnDay, Protocol, Question, Step
from followup.domain.protocol_check import answer_faults, red_flag_faults, timing_faults
from followup.domain.schedule import ClinicRules
from followup.domain.triage.assessment import RedFlag
from tests.domain.plans import HOUR, RULES, protocol, text_step

END = OnDay(30, time(0))


def asking(word: str, language: str = "en") -> Protocol:
    words = {"en": ("better",), "es": ("mejor",), language: (word,)}
    question = Question("swelling", (Choice(Answer.BETTER, words),))
    return protocol(Step("check", After(HOUR), END, (Channel.SMS,), asks=question))


@pytest.mark.parametrize(
    ("word", "language"),
    [("stop", "en"), ("End", "en"), ("cancel", "en"), ("YES", "en"), ("start", "en"), ("help", "en"), ("info", "en"),
     ("opt out", "en"), ("stop!", "en"), ("alto", "es"), ("cancelar", "es"), ("ayuda", "es")],
)  # fmt: skip
def test_a_carriers_word_is_refused_as_an_answer(word: str, language: str) -> None:
    (fault,) = answer_faults(asking(word, language))
    assert fault.field == f"protocol.yaml.steps.check.asks.answers.better.{language}"
    assert repr(word) in fault.message


def test_the_plain_answers_are_accepted() -> None:
    for word, language in (("better", "en"), ("same", "en"), ("worse", "en"), ("igual", "es"), ("sí", "es")):
        assert answer_faults(asking(word, language)) == []


def flagged(acuity: Acuity) -> Protocol:
    care = protocol()
    return Protocol(care.slug, care.names, "1", care.languages, care.steps, red_flags=(RedFlag("chest pain", acuity),))


def test_a_flag_below_what_the_service_reads_already_is_refused() -> None:
    (fault,) = red_flag_faults(flagged(Acuity.URGENT), lambda words, language: Acuity.EMERGENCY)
    assert "'chest pain' is read as emergency already" in fault.message


def test_a_flag_may_raise_or_repeat_what_the_service_reads() -> None:
    assert red_flag_faults(flagged(Acuity.URGENT), lambda words, language: Acuity.NONE) == []
    assert red_flag_faults(flagged(Acuity.EMERGENCY), lambda words, language: Acuity.EMERGENCY) == []


def test_the_plan_of_rest_activity_and_check_has_no_fault() -> None:
    assert timing_faults(protocol(), RULES) == []


def test_a_step_that_quiet_hours_always_hold_past_its_use_is_refused() -> None:
    late = text_step("late", OnDay(0, time(21)), OnDay(1, time(0)))
    (fault,) = timing_faults(protocol(late), RULES)
    assert fault.field == "protocol.yaml.steps.late"
    assert "for 23 of 23 procedure times" in fault.message


def test_a_step_that_only_late_procedures_lose_is_refused_with_such_a_time() -> None:
    slow = text_step("slow", After(timedelta(hours=4)), OnDay(1, time(0)))
    (fault,) = timing_faults(protocol(slow), RULES)
    assert "such as 16:00" in fault.message


def test_a_mail_that_quiet_hours_always_hold_past_its_use_is_refused() -> None:
    late = Step("late", OnDay(0, time(21)), OnDay(1, time(0)), (Channel.EMAIL,))
    (fault,) = timing_faults(protocol(late), RULES)
    assert "its email can never leave" in fault.message


def test_two_texts_on_one_day_are_refused() -> None:
    steps = [text_step("one", OnDay(1, time(9)), END), text_step("two", OnDay(1, time(15)), END)]
    (fault,) = timing_faults(protocol(*steps), RULES)
    assert (fault.field, "breaks the caps" in fault.message) == ("protocol.yaml.steps.two", True)


def test_four_texts_in_a_week_are_refused_even_where_email_would_hide_it() -> None:
    steps = [
        Step(f"day-{day}", OnDay(day, time(10)), OnDay(day + 1, time(0)), deliver=Delivery.FIRST) for day in range(1, 5)
    ]
    (fault,) = timing_faults(protocol(*steps), RULES)
    assert fault.field == "protocol.yaml.steps.day-4"


def test_the_clinics_own_hours_decide() -> None:
    wide = ClinicRules(SendingHours(time(6), time(23)))
    late = text_step("late", OnDay(0, time(21)), OnDay(1, time(0)))
    assert timing_faults(protocol(late), wide) == []
