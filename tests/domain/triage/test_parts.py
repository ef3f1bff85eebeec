"""The small parts: keywords, classes, language, loading."""

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import load_reader
from followup.domain.triage.classes import parsed
from followup.domain.triage.keywords import keyword_of
from followup.domain.triage.language import language_of, script_of

MARKS = {"the": "en", "is": "en", "me": "es", "duele": "es", "nao": "pt", "estou": "pt"}


@pytest.mark.parametrize(
    ("text", "acuity"),
    [
        ("Stop", Acuity.OPT_OUT), ("STOP!!", Acuity.OPT_OUT), ("stop all", Acuity.OPT_OUT), ("Parar.", Acuity.OPT_OUT),
        ("unstop", Acuity.OPT_IN), ("INFO", Acuity.HELP), ("ayuda", Acuity.HELP), ("help me", None), ("help?", None),
        ("stop it hurts", None), ("", None),
    ],
)  # fmt: skip
def test_a_keyword_is_one_only_when_it_stands_alone(text: str, acuity: Acuity | None) -> None:
    assert keyword_of(text) is acuity


def test_classes_know_whole_words_and_beginnings() -> None:
    classes = parsed("# remark\nbreath: air breath*\nchest: chest*\nbody: chest\n")
    assert classes.of("air") == ("breath",)
    assert classes.of("airs") == ()
    assert classes.of("breathing") == ("breath",)
    assert set(classes.of("chest")) == {"chest", "body"}


@pytest.mark.parametrize(
    ("words", "language"),
    [(["the", "arm", "is"], "en"), (["me", "duele"], "es"), (["nao", "estou"], "pt"), (["nao"], "en"), ([], "en")],
)
def test_the_language_is_that_of_most_common_words(words: list[str], language: str) -> None:
    assert language_of(words, MARKS, None) == language


def test_another_script_tells_the_language() -> None:
    assert script_of("не могу дышать") == "ru"
    assert script_of("胸口很闷") == "zh"
    assert script_of("can't breathe ❤") is None


def test_a_reader_without_its_second_part_says_so_in_its_version() -> None:
    assert load_reader(with_model=False).version.endswith("rules-only")
    assert load_reader(with_model=False).version != load_reader().version
