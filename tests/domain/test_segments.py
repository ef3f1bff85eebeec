"""What a text weighs."""

import pytest

from followup.domain.segments import Alphabet, fold_to_gsm, plain_punctuation, weigh


@pytest.mark.parametrize(
    ("text", "segments"),
    [("", 0), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 459, 3), ("a" * 460, 4)],
)
def test_plain_english_takes_160_signs_alone_and_153_joined(text: str, segments: int) -> None:
    assert (weigh(text).alphabet, weigh(text).segments) == (Alphabet.GSM7, segments)


@pytest.mark.parametrize(("text", "segments"), [("á" * 70, 1), ("á" * 71, 2), ("á" * 134, 2), ("á" * 135, 3)])
def test_one_accent_outside_the_alphabet_leaves_70_signs_alone_and_67_joined(text: str, segments: int) -> None:
    assert (weigh(text).alphabet, weigh(text).segments) == (Alphabet.UCS2, segments)


def test_the_accents_that_phones_know_cost_nothing_and_the_others_cost_the_alphabet() -> None:
    assert weigh("éñü¿¡àÑÉ").alphabet is Alphabet.GSM7
    for sign in "áíóúç’“—…":
        assert weigh(f"plain {sign}").outside == (sign,)


def test_signs_of_the_extension_weigh_two() -> None:
    assert weigh("€[]{}").units == 10
    assert weigh("a" * 159 + "€").segments == 2


def test_a_sign_of_two_units_is_not_cut_between_segments() -> None:
    assert weigh("a" * 152 + "€" + "a" * 152).segments == 3
    assert weigh("á" * 66 + "😀" + "á" * 66).segments == 3


def test_an_emoji_weighs_two_units_of_ucs2() -> None:
    assert (weigh("ok 😀").alphabet, weigh("ok 😀").units) == (Alphabet.UCS2, 5)


def test_pasted_punctuation_becomes_the_typewriters() -> None:
    text = plain_punctuation("“It’s fine” — we’re here…\u00a0Call\u200b us")
    assert text == "\"It's fine\" - we're here... Call us"
    assert weigh(text).alphabet is Alphabet.GSM7


def test_a_name_loses_only_accents_that_a_phone_does_not_know() -> None:
    assert fold_to_gsm("María García") == "Maria Garcia"
    assert fold_to_gsm("José Nuñez") == "José Nuñez"


def test_a_name_is_never_made_into_another() -> None:
    assert fold_to_gsm("Łukasz 李") == "Łukasz 李"
