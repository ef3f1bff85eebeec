"""What a protocol covers, and when its moments are."""

from datetime import time, timedelta

from followup.domain.protocol import After, Answer, BodySite, Choice, Code, OnDay, Question
from tests.domain.plans import CHECK, CHICAGO, at, protocol


def test_a_code_covers_itself_in_its_own_system_only() -> None:
    code = Code("CPT", "20552")
    assert code.covers("CPT", "20552")
    assert not code.covers("CPT", "20553")
    assert not code.covers("http://snomed.info/sct", "20552")


def test_a_run_of_codes_covers_its_ends_and_what_lies_between() -> None:
    run = Code("CPT", "20552", "20560")
    assert [run.covers("cpt", code) for code in ("20551", "20552", "20555", "20560", "20561")] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_codes_of_another_length_are_not_in_a_run() -> None:
    assert not Code("CPT", "20552", "20560").covers("CPT", "205555")


def test_a_coding_system_has_one_meaning_under_all_its_names() -> None:
    code = Code("CPT", "20552")
    assert all(code.covers(name, "20552") for name in ("http://www.ama-assn.org/go/cpt", "C4", "cpt "))


def test_true_hours_and_the_patients_clock_differ_across_a_change() -> None:
    performed = at("2026-03-07 10:00")
    assert After(timedelta(hours=24)).instant(performed, CHICAGO) == at("2026-03-08 11:00")
    assert OnDay(1, time(10)).instant(performed, CHICAGO) == at("2026-03-08 10:00")


def test_a_site_is_found_by_slug_and_by_name_in_any_language() -> None:
    care = protocol()
    assert care.body_site("neck") is None
    back = BodySite("upper-back", {"en": "upper back", "es": "parte alta de la espalda"}, over_lung=True)
    care = type(care)("x", {}, "1", ("en", "es"), (CHECK,), body_sites=(back,))
    for text in ("upper-back", "Upper Back", "upper_back", "Parte alta de la espalda"):
        assert care.body_site(text) is back


def test_a_question_prints_the_first_word_of_each_choice_in_order() -> None:
    question = Question(
        "swelling",
        (
            Choice(Answer.BETTER, {"en": ("better", "improved"), "es": ("mejor",)}),
            Choice(Answer.WORSE, {"en": ("worse",), "es": ("peor",)}),
        ),
    )
    assert question.words("en") == ("better", "worse")
    assert question.words("es") == ("mejor", "peor")


def test_a_protocol_knows_its_steps_and_its_english_name() -> None:
    care = protocol()
    assert care.name == "Trial"
    assert care.step("day-two-check") is CHECK
    assert care.step("none") is None
