"""Plain words and the way back to the original."""

import pytest

from followup.domain.triage.normalise import fold, joined, legible, tokens_of


def words(text: str) -> list[str]:
    return [token.word for token in tokens_of(text, {"👍": "thumbsup"})]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Can’t", "cant"), ("ADIÓS", "adios"), ("soooo", "so"), ("ﬁne", "fine"), ("сhest", "chest"), ("niño", "nino"),
        ("jajajaja", "haha"), ("LOLLL", "haha"),
    ],
)  # fmt: skip
def test_a_word_is_folded(typed: str, plain: str) -> None:
    assert fold(typed) == plain


def test_a_word_of_another_alphabet_is_left_in_it() -> None:
    assert fold("боль") == "боль"


def test_clause_breaks_numbers_and_emoji_are_words_of_their_own() -> None:
    assert words("Temp 101,3! ok? 8/10 👍") == ["temp", "101.3", ".", "ok", "?", "8/10", "thumbsup"]


def test_invisible_characters_do_not_cut_a_word() -> None:
    assert words("ch​est") == ["chest"]


def test_every_word_knows_its_place_in_the_original() -> None:
    text = "¡Ay! me​ duele… 👍🏽 mucho"
    for token in tokens_of(text, {"👍": "thumbsup"}):
        assert 0 <= token.start < token.end <= len(text)
    duele = next(token for token in tokens_of(text, {}) if token.word == "duele")
    assert text[duele.start : duele.end] == "duele"


def test_only_the_kept_spans_are_read() -> None:
    assert [token.word for token in tokens_of("mine\n> theirs", {}, [(0, 5)])] == ["mine", "."]


def test_a_position_of_the_joined_text_leads_back_to_its_word() -> None:
    plain = joined(tokens_of("no chest pain", {}))
    assert plain.text == "no chest pain"
    assert [plain.token_at(place) for place in (0, 1, 3, 8, 9, 12)] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("can’t breаthe", "can't breathe"), ("ch\u200best", "chest"), ("soooo good", "so good"), ("I AM OK", "i am ok"),
        ("niño 1000 mg", "niño 1000 mg"), ("моя рука", "моя рука"),
    ],
)  # fmt: skip
def test_a_text_is_made_legible(typed: str, meant: str) -> None:
    assert legible(typed) == meant
