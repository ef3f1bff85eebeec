"""Answers of the check-in page become the words of one reply, and are read as such."""

import pytest

from followup.domain.acuity import Acuity
from followup.domain.checkin import (
    LONGEST_WORDS,
    Answered,
    assess_answers,
    by_text,
    checked,
    compose,
    pressing,
)
from followup.domain.errors import InvalidInput
from followup.domain.protocol import Answer, Choice, PageKind, PageQuestion
from followup.domain.triage import Assessment, Evidence, Reader, ReplyContext, load_reader
from followup.domain.triage.assessment import RedFlag


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


CHOICES = (
    Choice(Answer.BETTER, {"en": ("better",), "es": ("mejor",)}),
    Choice(Answer.SAME, {"en": ("same",), "es": ("igual",)}),
    Choice(Answer.WORSE, {"en": ("worse",), "es": ("peor",)}),
)
SWELLING = PageQuestion("swelling", PageKind.CHOICE, {"en": "How is it?", "es": "¿Cómo está?"}, CHOICES)
PAIN = PageQuestion(
    "pain",
    PageKind.SCALE,
    {"en": "How strong?", "es": "¿Qué tan fuerte?"},
    about={"en": "pain", "es": "dolor"},
    ends={"en": ("none", "worst"), "es": ("nada", "todo")},
)
MORE = PageQuestion("more", PageKind.WORDS, {"en": "Anything else?", "es": "¿Algo más?"})
QUESTIONS = (SWELLING, PAIN, MORE)
CONTEXT = ReplyContext(
    text="", body_site="lower-back", hours_since_procedure=50, last_message="day-two-check", channel="checkin"
)


def read(reader: Reader, language: str = "en", stop: str = "", **values: str) -> Assessment:
    text, answered = compose(QUESTIONS, values, language, stop)
    found = assess_answers(
        reader.assess, ReplyContext(**{**_fields(CONTEXT), "text": text, "lang": language}), answered
    )
    for item in found.evidence:
        assert text[item.start : item.end] == item.text
    return found


def _fields(context: ReplyContext) -> dict[str, object]:
    return {name: getattr(context, name) for name in context.__slots__}


def test_each_answer_is_a_line_of_the_reply_and_knows_where_it_stands() -> None:
    text, answered = compose(QUESTIONS, {"swelling": "worse", "pain": "7", "more": "it is\nhot"}, "es", "Basta")
    assert text == "peor\ndolor 7/10\nit is\nhot\nBasta"
    assert [text[each.start : each.end] for each in answered] == ["peor", "dolor 7/10", "it is\nhot", "Basta"]
    assert [each.asked for each in answered] == ["¿Cómo está?", "¿Qué tan fuerte?", "¿Algo más?", ""]
    assert [Answered.from_json(each.as_json()) for each in answered] == list(answered)


def test_what_was_left_empty_is_left_out() -> None:
    assert compose(QUESTIONS, {"swelling": "better", "pain": "0", "more": ""}, "en")[0] == "better\npain 0/10"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("swelling", "pain", "acuity"),
    [
        ("better", "0", Acuity.NONE),
        ("better", "3", Acuity.NONE),
        ("better", "4", Acuity.ROUTINE),
        ("better", "7", Acuity.ROUTINE),
        ("better", "8", Acuity.URGENT),
        ("same", "0", Acuity.ROUTINE),
        ("worse", "0", Acuity.URGENT),
    ],
)
def test_the_highest_answer_holds(reader: Reader, language: str, swelling: str, pain: str, acuity: Acuity) -> None:
    found = read(reader, language, swelling=swelling, pain=pain)
    assert found.acuity is acuity
    assert found.answer == swelling
    assert found.understood


@pytest.mark.parametrize(
    ("language", "words", "acuity"),
    [
        ("en", "I can't catch my breath", Acuity.EMERGENCY),
        ("es", "no puedo respirar", Acuity.EMERGENCY),
        ("en", "I have a fever of 101", Acuity.URGENT),
        ("en", "can I swim on Friday?", Acuity.ROUTINE),
        ("en", "thank you so much", Acuity.NONE),
    ],
)
def test_own_words_are_read_as_in_any_reply(reader: Reader, language: str, words: str, acuity: Acuity) -> None:
    assert read(reader, language, swelling="better", pain="1", more=words).acuity is acuity


def test_a_ticked_box_stops_and_the_symptom_still_counts(reader: Reader) -> None:
    found = read(reader, swelling="worse", pain="2", stop="Stop texting me")
    assert (found.acuity, found.opt_out) == (Acuity.URGENT, True)
    found = read(reader, swelling="better", pain="2", stop="Stop texting me")
    assert (found.acuity, found.opt_out) == (Acuity.OPT_OUT, True)


def test_the_evidence_of_the_highest_answer_stands_first(reader: Reader) -> None:
    values = {"swelling": "worse", "pain": "5", "more": "I can't breathe"}
    _, answered = compose(QUESTIONS, values, "en")
    found = read(reader, **values)
    evidence = [{"start": item.start} for item in found.evidence]
    top = pressing(answered, evidence)
    assert top is not None
    assert top.slug == "more"


def test_a_photo_makes_it_at_least_routine(reader: Reader) -> None:
    _, answered = compose(QUESTIONS, {"swelling": "better", "pain": "0"}, "en")
    context = ReplyContext(**{**_fields(CONTEXT), "attachments": 1})  # type: ignore[arg-type]
    assert assess_answers(reader.assess, context, answered).acuity is Acuity.ROUTINE


def test_earlier_words_of_the_same_burst_keep_their_height(reader: Reader) -> None:
    _, answered = compose(QUESTIONS, {"swelling": "better", "pain": "0"}, "en")
    context = ReplyContext(**{**_fields(CONTEXT), "earlier": ("I can't breathe",)})  # type: ignore[arg-type]
    assert assess_answers(reader.assess, context, answered).acuity is Acuity.EMERGENCY


def test_a_clinics_own_flag_raises_a_choice_and_nothing_lowers_it() -> None:
    def flagged(context: ReplyContext) -> Assessment:
        evidence = (Evidence(0, len(context.text), context.text, "clinic-flag"),)
        return Assessment(Acuity.URGENT if context.red_flags else Acuity.NONE, evidence=evidence)

    _, answered = compose(QUESTIONS, {"swelling": "same"}, "en")
    flag = ReplyContext(**{**_fields(CONTEXT), "red_flags": (RedFlag("same", Acuity.URGENT),)})  # type: ignore[arg-type]
    assert assess_answers(flagged, flag, answered).acuity is Acuity.URGENT
    assert assess_answers(flagged, CONTEXT, answered).acuity is Acuity.ROUTINE


@pytest.mark.parametrize(
    ("question", "given"), [(SWELLING, ""), (SWELLING, "worst"), (PAIN, "11"), (PAIN, "-1"), (PAIN, ""), (PAIN, "5.5")]
)
def test_an_answer_that_is_none_is_refused(question: PageQuestion, given: str) -> None:
    with pytest.raises(InvalidInput):
        checked(question, given)


def test_words_are_kept_as_they_are_up_to_a_length() -> None:
    assert checked(MORE, "  hot,\r\nred ") == "  hot,\nred "
    assert checked(MORE, "   ") == ""
    with pytest.raises(InvalidInput):
        checked(MORE, "x" * (LONGEST_WORDS + 1))


def test_links_go_into_texts_only_where_the_clinic_says_so() -> None:
    assert by_text({}) is False
    assert by_text({"check_in_by_text": True}) is True
    with pytest.raises(InvalidInput):
        by_text({"check_in_by_text": "yes"})


def test_words_may_be_as_long_as_the_page_says() -> None:
    asked = PageQuestion("more", PageKind.WORDS, {"en": "More?", "es": "¿Más?"})
    assert checked(asked, "x" * LONGEST_WORDS) == "x" * LONGEST_WORDS
    with pytest.raises(InvalidInput):
        checked(asked, "x" * (LONGEST_WORDS + 1))
