"""The pattern language and its index."""

import json
from pathlib import Path

import pytest

from followup.domain.triage import Reader, ReplyContext
from followup.domain.triage.lexicon import Lexicon, beginnings
from followup.domain.triage.normalise import joined, tokens_of

TABLE = {
    "words": {"part": "arm|leg"},
    "rule": [
        {"name": "near", "acuity": "urgent", "patterns": "<part> ~2 numb"},
        {"name": "far", "acuity": "urgent", "patterns": "<part> ~~3 cold"},
        {"name": "gap-at-the-end", "acuity": "routine", "patterns": "lump ~3"},
    ],
}


def fired(text: str) -> set[str]:
    return {hit.rule.name for hit in Lexicon([TABLE]).find(joined(tokens_of(text, {})))}


def test_a_gap_lets_so_many_words_between_and_stays_in_the_sentence() -> None:
    assert fired("arm is very numb") == {"near"}
    assert fired("arm is very very very numb") == set()
    assert fired("arm fine. numb") == set()


def test_a_far_gap_crosses_sentences() -> None:
    assert fired("leg hurts. cold") == {"far"}


def test_a_gap_with_nothing_after_it_asks_for_nothing() -> None:
    assert fired("lump") == {"gap-at-the-end"}


def test_a_pattern_ends_where_a_word_ends() -> None:
    assert fired("arm numbers") == set()


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        ("chest pain", {"ch"}), ("(?:arm|leg) x", {"ar", "le"}), ("(?:no )?pain", {"no", "pa"}), ("a b", {"a"}),
        ("lips? x", {"li"}), (r"\d+ x", set()), (r"pain\w*", {"pa"}), ("(?<![a-z] )stop", {"st"}),
    ],
)  # fmt: skip
def test_the_index_knows_how_a_pattern_can_begin(pattern: str, starts: set[str]) -> None:
    assert beginnings(pattern) == starts


def test_a_broken_pattern_is_named() -> None:
    with pytest.raises(ValueError, match="rule bad"):
        Lexicon([{"rule": [{"name": "bad", "patterns": "(?:a"}]}])


def test_the_index_loses_no_hit_of_the_labelled_replies(rules_alone: Reader) -> None:
    corpus = Path(__file__).parents[2] / "corpus" / "triage" / "examples.jsonl"
    lexicon = rules_alone.lexicon
    everything = [pattern for patterns in lexicon._index.values() for pattern in patterns] + lexicon._anywhere
    for line in corpus.read_text().splitlines()[:40]:
        plain, _, _ = rules_alone.plain(ReplyContext(json.loads(line)["text"]))
        plainly = {
            (pattern.rule.name, first)
            for first, begin in enumerate(plain.begins)
            for pattern in everything
            if (found := pattern.match.match(plain.text, begin)) and found.end() > begin
        }
        assert {(hit.rule.name, hit.first) for hit in lexicon.find(plain)} == plainly
