"""Which replies say nothing but what a nurse expects, and that every other one is for a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from followup.domain.acuity import Acuity
from followup.domain.errors import InvalidInput
from followup.domain.expected import Topic, Word, about, expected_until
from followup.domain.triage import Assessment, Evidence, ReplyContext, load_reader

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)
READER = load_reader()


def topic_of(text: str, *topics: Topic) -> Topic | None:
    context = ReplyContext(
        text=text, protocol="trigger-point-injection", body_site="hip", hours_since_procedure=72,
        last_message="day-two-check",
    )  # fmt: skip
    plain, _, _ = READER.plain(context)
    words = [Word(token.word, READER.classes.of(token.word)) for token in plain.tokens]
    return about(topics, READER.assess(context), words)


@pytest.mark.parametrize(
    "text",
    [
        "still some bruising at the site",
        "the bruise is still there",
        "bruise same as yesterday",
        "The bruise is the same.",
        "todavia tengo moreton",
    ],
)
def test_words_about_the_expected_thing_alone_are_known(text: str) -> None:
    assert topic_of(text, Topic.BRUISING) is Topic.BRUISING
    assert topic_of(text, Topic.SWELLING) is None


@pytest.mark.parametrize(
    "text",
    [
        "same",  # as what? it does not say the thing
        "bruise is bigger",
        "still bruised, is that normal?",
        "bruising and fever",
        "the bruise is still there but the pain is new",
        "bruise is still purple and hurts",
        "i still have a bruise and i also have a rash now",
        "same bruise, also dizzy",
        "bruise still there, pain 5",
        "bruise is still there and my mom wants to talk to you",
        "bruise zzgh still there",
        "bruise not better",
        "bruise still there, i cant breathe",
        "the bruise is still there and i want to die",
        "STOP the bruise is still there",
        "new bruise on my other arm",
        "bruise is still there since last night",
        "",
    ],
)
def test_anything_else_in_a_reply_takes_it_to_the_queue(text: str) -> None:
    assert topic_of(text, Topic.BRUISING) is None


def test_two_expected_things_may_stand_together() -> None:
    assert topic_of("still bruised and swollen, the same", Topic.BRUISING) is None
    assert topic_of("still bruised and swollen, the same", Topic.BRUISING, Topic.SWELLING) is Topic.BRUISING


def test_it_lasts_at_most_seven_days_and_never_beyond_the_plan() -> None:
    ends = NOW + timedelta(days=30)
    zone = "America/Chicago"
    assert expected_until("2026-03-03", ends, zone, NOW) == datetime(2026, 3, 4, 6, tzinfo=UTC)
    assert expected_until("2026-03-10", ends, zone, NOW) == datetime(2026, 3, 11, 5, tzinfo=UTC)
    soon = NOW + timedelta(days=2)
    assert expected_until("2026-03-05", soon, zone, NOW) == soon
    for text, till in (
        ("2026-03-11", ends),
        ("2026-03-02", ends),
        ("", ends),
        ("2026-03-06", soon),
        ("2026-03-03", NOW),
    ):
        with pytest.raises(InvalidInput):
            expected_until(text, till, zone, NOW)


BRUISE = (Word("bruise", ("bruise",)),)
KNOWN = Assessment(Acuity.ROUTINE, evidence=(Evidence(0, 6, "bruise", "unchanged"),))


def test_an_expected_thing_is_known_by_its_evidence() -> None:
    assert about((Topic.BRUISING,), KNOWN, BRUISE) is Topic.BRUISING
    assert about((Topic.BRUISING,), replace(KNOWN, evidence=()), BRUISE) is None
    other = Evidence(0, 6, "bruise", "spreading")
    assert about((Topic.BRUISING,), replace(KNOWN, evidence=(*KNOWN.evidence, other)), BRUISE) is None


@pytest.mark.parametrize("sign", ["self_harm", "wrong_number", "opt_out", "proxy"])
def test_each_sign_of_something_else_alone_sends_it_to_a_person(sign: str) -> None:
    assert about((Topic.BRUISING,), replace(KNOWN, **{sign: True}), BRUISE) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("acuity", [Acuity.EMERGENCY, Acuity.URGENT, Acuity.NONE])
def test_only_a_routine_reading_is_kept_from_the_queue(acuity: Acuity) -> None:
    assert about((Topic.BRUISING,), replace(KNOWN, acuity=acuity), BRUISE) is None
    assert about((Topic.BRUISING,), replace(KNOWN, understood=False), BRUISE) is None
    assert about((Topic.BRUISING,), replace(KNOWN, answer="worse"), BRUISE) is None
