"""Numbers and what they are numbers of."""

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import Reader, ReplyContext
from followup.domain.triage.numbers import readings


def read(rules_alone: Reader, text: str, *, position: bool = False) -> set[tuple[str, str]]:
    plain, _, _ = rules_alone.plain(ReplyContext(text))
    return {(one.rule, one.acuity.value) for one in readings(plain, position)}


@pytest.mark.parametrize(
    ("text", "rule", "level"),
    [
        ("temp 101.2", "temperature-high", Acuity.URGENT),
        ("101.5 this morning", "temperature-high", Acuity.URGENT),
        ("temp of one hundred and two", "temperature-high", Acuity.URGENT),
        ("thermometer says one oh one point four", "temperature-high", Acuity.URGENT),
        ("tengo treinta y nueve de fiebre", "temperature-high", Acuity.URGENT),
        ("38,5 de temperatura", "temperature-high", Acuity.URGENT),
        ("temp 98.6", "temperature-normal", Acuity.NONE),
        ("temp 37.9 C", "temperature-normal", Acuity.NONE),
        ("o2 is 91", "oxygen-low", Acuity.EMERGENCY),
        ("oxygen 92", "oxygen-normal", Acuity.NONE),
        ("el oxigeno me sale en 86", "oxygen-low", Acuity.EMERGENCY),
        ("heart rate 120", "pulse", Acuity.URGENT),
        ("pulse 72", "pulse", Acuity.NONE),
        ("sugar 402", "sugar", Acuity.URGENT),
        ("sugar 115", "sugar", Acuity.NONE),
        ("glucose 200", "sugar", Acuity.ROUTINE),
        ("bp 190/100", "blood-pressure", Acuity.URGENT),
        ("pain 8/10", "pain-score", Acuity.URGENT),
        ("dolor 7 de 10", "pain-score", Acuity.ROUTINE),
        ("4 out of 10", "pain-score", Acuity.ROUTINE),
        ("pain is a 3", "pain-score", Acuity.NONE),
        ("pain is eight out of ten", "pain-score", Acuity.URGENT),
        ("was a 3 yesterday, now 5", "pain-rise", Acuity.URGENT),
        ("from a 4 to a 5", "pain-rise", Acuity.ROUTINE),
        ("went from 7 to 2", "pain-fall", Acuity.NONE),
        ("ayer un 2, hoy 5", "pain-rise", Acuity.URGENT),
        ("10", "bare-number", Acuity.URGENT),
        ("5", "bare-number", Acuity.ROUTINE),
        ("2", "bare-number", Acuity.NONE),
        ("ten", "bare-number", Acuity.URGENT),
    ],
)
def test_a_number_is_read_by_what_stands_around_it(rules_alone: Reader, text: str, rule: str, level: Acuity) -> None:
    assert (rule, level.value) in read(rules_alone, text)


def test_a_bare_two_after_the_check_may_be_a_position(rules_alone: Reader) -> None:
    assert read(rules_alone, "2", position=True) == {("bare-number", "routine")}


@pytest.mark.parametrize("text", ["took 2 pills", "9 days ago", "see you at 8", "my 3 kids", "walked 5 miles"])
def test_a_count_of_something_else_is_no_score(rules_alone: Reader, text: str) -> None:
    assert not {rule for rule, _ in read(rules_alone, text)} & {"pain-score", "pain-rise"}
