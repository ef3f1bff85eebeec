"""What stands around a symptom: denial, condition, history, an end, somebody else."""

import pytest

from followup.domain.triage import Reader, ReplyContext


def live(rules_alone: Reader, text: str, **known: object) -> set[str]:
    """Rules of urgent and emergency height that stand affirmed."""
    _, _, _, weighed = rules_alone.weigh(ReplyContext(text, **known))  # type: ignore[arg-type]
    return {mark.rule for mark in weighed.marks if mark.acuity.rank >= 2}


@pytest.mark.parametrize(
    "text",
    [
        "no fever",
        "no fever, chills, or numbness",
        "I don't have any numbness",
        "fever? none",
        "never felt dizzy",
        "no tengo fiebre",
        "sin fiebre ni mareos",
        "not worse",
    ],
)
def test_a_denied_symptom_does_not_stand(rules_alone: Reader, text: str) -> None:
    assert live(rules_alone, text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "can't breathe",
        "no fever but my arm is numb",
        "not just sore, its unbearable",
        "no relief, pain is unbearable",
        "no puedo respirar",
        "no tengo fiebre pero tengo el brazo dormido",
        "never had such chest pain",
    ],
)
def test_a_no_that_is_part_of_the_symptom_or_of_another_clause_denies_nothing(rules_alone: Reader, text: str) -> None:
    assert live(rules_alone, text)


def test_self_harm_is_never_denied(rules_alone: Reader) -> None:
    _, _, _, weighed = rules_alone.weigh(ReplyContext("no, not really wanting to kill myself"))
    assert weighed.self_harm


def test_an_imagined_symptom_is_a_question_or_nothing(rules_alone: Reader) -> None:
    assert live(rules_alone, "what do I do if I get a fever?") == set()
    assert live(rules_alone, "I'll call if I get a fever") == set()
    assert live(rules_alone, "not sure if this is a fever, I have chills") != set()


def test_years_ago_is_not_today_unless_it_came_back(rules_alone: Reader) -> None:
    assert live(rules_alone, "I had chest pain last year before all this") == set()
    assert live(rules_alone, "had chest pain last year and since yesterday chest pain again") != set()


def test_what_is_gone_does_not_stand_but_a_passed_red_flag_does(rules_alone: Reader) -> None:
    assert live(rules_alone, "my fingers were numb but the numbness wore off", hours_since_procedure=30.0) == set()
    assert live(rules_alone, "I fainted an hour ago, fine now") != set()
    assert live(rules_alone, "my fingers are numb and it has not gone away") != set()


def test_the_dogs_illness_is_not_the_patients_but_an_emergency_is_everybodys(rules_alone: Reader) -> None:
    assert live(rules_alone, "my neighbor has a fever") == set()
    assert live(rules_alone, "my neighbor has chest pain") != set()


def test_a_relative_may_be_the_patient(rules_alone: Reader) -> None:
    assert live(rules_alone, "this is his wife, he has a fever") != set()
