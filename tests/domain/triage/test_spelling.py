"""Phone spelling, number words and slips."""

import pytest

from followup.domain.triage.normalise import Token, tokens_of
from followup.domain.triage.spelling import Spelling

SPELLING = Spelling(
    {"u": "you", "r": "are"}, {"q": "que", "toy": "estoy"}, ("breathing", "swelling", "fever", "fainted"),
    frozenset(("brushing", "fewer", "so", "good", "worse", "pain")),
)  # fmt: skip


def plain(text: str, *, spanish: bool = False) -> str:
    return " ".join(token.word for token in SPELLING.respell(tokens_of(text, {}), spanish))


def test_phone_spelling_depends_on_the_language() -> None:
    assert plain("u r") == "you are"
    assert plain("q toy", spanish=True) == "que estoy"
    assert plain("q") == "q"


@pytest.mark.parametrize(("typed", "meant"), [("breathng", "breathing"), ("swelilng", "swelling"), ("fevre", "fever")])
def test_a_slip_is_repaired(typed: str, meant: str) -> None:
    assert plain(typed) == meant


def test_a_known_word_and_one_that_begins_otherwise_are_left_alone() -> None:
    assert plain("fewer") == "fewer"
    assert plain("brushing") == "brushing"
    assert plain("painted") == "painted"


def test_a_doubled_letter_is_taken_back() -> None:
    assert plain("soo worsee") == "so worse"


def test_not_is_drawn_into_the_verb() -> None:
    assert plain("can not do not is not") == "cant dont isnt"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("one hundred and two", "102"), ("a hundred and one point four", "101.4"), ("one oh one", "101"),
        ("ninety nine point five", "99.5"), ("ninety four", "94"), ("treinta y nueve", "39"), ("ciento dos", "102"),
        ("treinta y ocho y medio", "38.5"), ("two hundred", "200"),
    ],
)  # fmt: skip
def test_number_words_become_digits(said: str, number: str) -> None:
    assert plain(said) == number


def test_a_repair_keeps_the_place_it_came_from() -> None:
    assert SPELLING.respell(tokens_of("my fevre", {}), False)[1] == Token("fever", 3, 8, True)
