"""The reader as its callers see it: levels, context, bursts, failures."""

from dataclasses import replace

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import Evidence, Reader, RedFlag, ReplyContext


def say(reader: Reader, text: str, **known: object) -> Acuity:
    return reader.assess(ReplyContext(text, **known)).acuity  # type: ignore[arg-type]


def test_evidence_is_cut_from_the_original_text(reader: Reader) -> None:
    text = "Hi 👋🏽 — my fingers… can’t feel ’em 😬"
    assessment = reader.assess(ReplyContext(text, hours_since_procedure=30.0))
    assert assessment.evidence
    assert all(one.text == text[one.start : one.end] for one in assessment.evidence)


def test_the_same_reply_is_read_the_same_twice_under_one_version(reader: Reader) -> None:
    context = ReplyContext("arm feels great but now I can't feel my fingers")
    assert reader.assess(context) == reader.assess(context)
    assert reader.assess(context).version == reader.version


@pytest.mark.parametrize("text", ["STOP", "stop.", "Unsubscribe", " Stop! ", "ALTO", "QUIT"])
def test_a_stop_word_alone_opts_out(reader: Reader, text: str) -> None:
    assessment = reader.assess(ReplyContext(text))
    assert assessment.acuity is Acuity.OPT_OUT
    assert assessment.opt_out


@pytest.mark.parametrize(
    ("text", "acuity"), [("START", Acuity.OPT_IN), ("unstop", Acuity.OPT_IN), ("Help", Acuity.HELP)]
)
def test_start_and_help_alone_are_keywords(reader: Reader, text: str, acuity: Acuity) -> None:
    assert say(reader, text) is acuity


def test_pain_that_will_not_stop_is_not_an_opt_out(reader: Reader) -> None:
    assert not reader.assess(ReplyContext("the pain won't stop")).opt_out


def test_a_stop_with_a_symptom_is_both(reader: Reader) -> None:
    assessment = reader.assess(ReplyContext("STOP texting me. I have a fever of 102"))
    assert assessment.acuity is Acuity.URGENT
    assert assessment.opt_out


def test_an_answer_to_a_nurse_is_never_none(reader: Reader) -> None:
    assert say(reader, "thanks, all good", last_message="nurse") is Acuity.ROUTINE
    assert say(reader, "thanks, all good", last_message="activity-48h") is Acuity.NONE


def test_a_photo_is_looked_at(reader: Reader) -> None:
    assert say(reader, "thanks", attachments=1) is Acuity.ROUTINE
    assert say(reader, "", attachments=1) is Acuity.ROUTINE


def test_nothing_to_read_is_for_a_person(reader: Reader) -> None:
    assert say(reader, "") is Acuity.ROUTINE


def test_two_replies_of_a_burst_are_read_together(reader: Reader) -> None:
    assert say(reader, "ok", earlier=("my chest hurts",)) is Acuity.EMERGENCY


def test_a_stop_before_is_kept_in_a_burst(reader: Reader) -> None:
    assert reader.assess(ReplyContext("ok", earlier=("STOP",))).opt_out


def test_pain_on_breathing_is_an_emergency_near_the_lung_and_where_the_site_is_unknown(rules_alone: Reader) -> None:
    text = "sharp pain when I breathe in"
    assert say(rules_alone, text, body_site="upper-back") is Acuity.EMERGENCY
    assert say(rules_alone, text, body_site=None) is Acuity.EMERGENCY
    assert say(rules_alone, text, body_site="hip") is Acuity.URGENT


def test_two_signs_of_the_anaesthetic_count_within_a_day(rules_alone: Reader) -> None:
    text = "metallic taste and ringing ears"
    assert say(rules_alone, text, hours_since_procedure=2.0) is Acuity.EMERGENCY
    assert say(rules_alone, text, hours_since_procedure=60.0) is Acuity.URGENT


def test_soreness_is_expected_for_two_days_and_read_after(reader: Reader) -> None:
    assert say(reader, "still sore", hours_since_procedure=20.0, last_message="activity-48h") is Acuity.NONE
    assert say(reader, "still sore", hours_since_procedure=60.0, last_message="day-two-check") is Acuity.ROUTINE


@pytest.mark.parametrize(("text", "answer"), [("worse", "worse"), ("same", "same"), ("better", "better")])
def test_the_answer_to_the_check_is_named(reader: Reader, text: str, answer: str) -> None:
    assert reader.assess(ReplyContext(text, last_message="day-two-check")).answer == answer


def test_the_clinics_red_flag_raises_and_its_denial_does_not(reader: Reader) -> None:
    flags = (RedFlag("purple spots", Acuity.URGENT),)
    assert say(reader, "i have purple spots", red_flags=flags).rank >= Acuity.URGENT.rank
    assert say(reader, "worse", red_flags=(RedFlag("worse", Acuity.ROUTINE),), last_message="day-two-check").rank >= 2
    before = reader.assess(ReplyContext("all good, no purple spots", red_flags=flags))
    assert "clinic-red-flag" not in {one.rule for one in before.evidence}


def test_a_reader_that_breaks_hands_the_reply_to_a_person(reader: Reader) -> None:
    broken = replace(reader, lexicon=None)  # type: ignore[arg-type]
    text = "thanks!!"
    assessment = broken.assess(ReplyContext(text + " fine"))
    assert assessment.acuity is Acuity.ROUTINE
    assert assessment.evidence == (Evidence(0, len(text) + 5, text + " fine", "reader-failed"),)
    assert not assessment.understood


def test_a_second_reader_that_breaks_leaves_the_rules(reader: Reader) -> None:
    broken = replace(reader, model="not a model")  # type: ignore[arg-type]
    assert say(broken, "I can't breathe") is Acuity.EMERGENCY
    assert say(broken, "the hallway recites poems") is Acuity.ROUTINE


def test_without_the_second_reader_only_what_the_rules_know_as_benign_is_dismissed(rules_alone: Reader) -> None:
    assert say(rules_alone, "thank you so much") is Acuity.NONE
    assert say(rules_alone, "thank you so much, the walrus returned") is Acuity.ROUTINE


@pytest.mark.parametrize(
    "text", ['Liked "Do you have trouble breathing?"', "Loved “Call 911 for chest pain”", 'Le gustó "¿Tiene fiebre?"']
)
def test_a_like_on_our_own_words_needs_no_reader(reader: Reader, text: str) -> None:
    assert say(reader, text) is Acuity.NONE


def test_a_dislike_is_read(reader: Reader) -> None:
    assert say(reader, 'Disliked "How are you?"') is Acuity.ROUTINE


def test_a_wrong_number_is_routine_and_known_as_one(reader: Reader) -> None:
    assessment = reader.assess(ReplyContext("wrong number, I'm not Maria"))
    assert assessment.acuity is Acuity.ROUTINE
    assert assessment.wrong_number


def test_suicidal_words_are_marked_for_the_crisis_line(reader: Reader) -> None:
    assert reader.assess(ReplyContext("no I don't want to be alive anymore")).self_harm
    assert reader.assess(ReplyContext("ya no quiero vivir")).self_harm


def test_the_language_is_told(reader: Reader) -> None:
    assert reader.assess(ReplyContext("me duele mucho el brazo desde ayer")).language == "es"
    assert reader.assess(ReplyContext("my arm hurts a lot since yesterday")).language == "en"


@pytest.mark.parametrize(
    "text",
    ["\x00\x01\x02", "🤷" * 900, "a" * 1600, "(((((" * 200, "᠎​​", "٣٩ درجة", "?" * 300, "١/١٠", "½", "²²²/²"],
)
def test_strange_texts_never_break_the_reader(reader: Reader, text: str) -> None:
    assert "reader-failed" not in {one.rule for one in reader.assess(ReplyContext(text)).evidence}


def test_look_alikes_invisibles_and_stretched_letters_are_read_through(reader: Reader) -> None:
    assert say(reader, "I саn't brеаthe") is Acuity.EMERGENCY  # Cyrillic letters
    assert say(reader, "ch​est pa​in") is Acuity.EMERGENCY
    assert say(reader, "cheeeest paaaain") is Acuity.EMERGENCY


@pytest.mark.parametrize(
    "text", ["me quiero morir de la risa jaja todo bien", "i could kill myself laughing, died laughing"]
)
def test_words_of_death_in_jest_still_reach_a_nurse_today(reader: Reader, text: str) -> None:
    assert reader.assess(ReplyContext(text)).acuity.rank >= Acuity.URGENT.rank


def test_a_jest_takes_nothing_from_words_of_death_beside_it(reader: Reader) -> None:
    read = reader.assess(ReplyContext("me muero de risa con tus textos. la verdad ya no quiero vivir"))
    assert (read.acuity, read.self_harm) == (Acuity.EMERGENCY, True)


@pytest.mark.parametrize(
    "text", ["Si, estoy descansando", "si no llueve salgo a caminar", "tomo pastillas del corazon, las sigo igual?"]
)
def test_plain_spanish_is_not_taken_for_words_of_self_harm(rules_alone: Reader, text: str) -> None:
    assert not rules_alone.assess(ReplyContext(text)).self_harm


@pytest.mark.parametrize("text", ["passed out candy to the kids", "the numbness has passed", "my arm is dead"])
def test_what_passes_or_is_numb_is_no_wrong_number(rules_alone: Reader, text: str) -> None:
    assert not rules_alone.assess(ReplyContext(text)).wrong_number
