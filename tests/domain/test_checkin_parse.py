"""What a check-in page asks is read from protocol.yaml, and every fault is named."""

from typing import Any

import pytest

from followup.domain.checkin_parse import page_questions
from followup.domain.errors import Fault
from followup.domain.protocol import Answer, Choice, PageKind, PageQuestion, Question
from followup.domain.protocol_fields import Fields

ASKS = Question("swelling", (Choice(Answer.SAME, {"en": ("same",), "es": ("igual",)}),))
TEXT = {"en": "How is it?", "es": "¿Cómo está?"}
SCALE = {"slug": "pain", "kind": "scale", "ask": TEXT, "about": {"en": "pain", "es": "dolor"},
         "ends": {"en": ["none", "worst"], "es": ["nada", "todo"]}}  # fmt: skip


def parsed(*entries: Any, asks: Question | None = ASKS) -> tuple[tuple[PageQuestion, ...], list[str]]:
    faults: list[Fault] = []
    data = {"check_in": list(entries)} | ({"asks": {}} if asks else {})
    found = page_questions(Fields(data, "step", faults, ("check_in", "asks")), asks)
    return found, [str(fault) for fault in faults]


def test_questions_are_read_in_their_order() -> None:
    choice = {"slug": "swelling", "kind": "choice", "ask": TEXT}
    found, faults = parsed(choice, SCALE, {"slug": "more", "kind": "words", "ask": TEXT})
    assert faults == []
    assert [(each.slug, each.kind) for each in found] == [
        ("swelling", PageKind.CHOICE), ("pain", PageKind.SCALE), ("more", PageKind.WORDS),
    ]  # fmt: skip
    assert found[0].choices == ASKS.choices
    assert found[1].ends["es"] == ("nada", "todo")


def test_a_step_without_a_page_has_none() -> None:
    assert parsed() == ((), [])


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"slug": "x", "kind": "words", "ask": {"en": "Only English"}}, "step.check_in.x.ask.es: is missing"),
        ({"slug": "x", "kind": "slider", "ask": TEXT}, "choose choice or scale or words"),
        ({"slug": "send", "kind": "words", "ask": TEXT}, "is a page of its own"),
        ({"slug": "X y", "kind": "words", "ask": TEXT}, "is not a short name"),
        ({**SCALE, "ends": {"en": ["none"], "es": ["a", "b"]}}, "step.check_in.pain.ends.en: is not two phrases"),
        ({key: SCALE[key] for key in SCALE if key != "about"}, "step.check_in.pain.about"),
        ({"slug": "x", "kind": "words", "ask": TEXT, "about": {"en": "a", "es": "b"}}, "is only for a scale"),
    ],
)
def test_each_fault_is_named(entry: dict[str, Any], says: str) -> None:
    found, faults = parsed(entry)
    assert found == ()
    assert any(says in fault for fault in faults), faults


def test_no_question_is_asked_twice_and_none_at_a_step_that_asks_nothing() -> None:
    words = {"slug": "more", "kind": "words", "ask": TEXT}
    assert "is there twice" in parsed(words, words)[1][0]
    assert "asks nothing" in parsed(words, asks=None)[1][0]
    choice = {"slug": "a", "kind": "choice", "ask": TEXT}
    assert "second choice" in parsed(choice, {**choice, "slug": "b"})[1][0]
