"""What must not change a reading: how letters are typed, and politeness around the words that matter."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import Reader, ReplyContext
from followup.domain.triage.jsonl import read_row

FOLDER = Path(__file__).parent
PROTECTED = [json.loads(line) for line in (FOLDER / "protected.jsonl").read_text().splitlines()]
EXAMPLES = [
    json.loads(line)
    for line in (FOLDER.parents[1] / "corpus" / "triage" / "examples.jsonl").read_text().splitlines()
]  # fmt: skip


def _stretched(text: str) -> str:
    """The last letter of every longer word typed four times."""
    return " ".join(word + word[-1] * 3 if len(word) > 3 and word.isalpha() else word for word in text.split(" "))


def _swapped(text: str) -> str:
    """Two letters within every word of seven letters or more changed places."""
    return " ".join(
        word[:3] + word[4] + word[3] + word[5:] if len(word) > 6 and word.isalpha() else word
        for word in text.split(" ")
    )


TYPED: dict[str, Callable[[str], str]] = {
    "invisible characters": lambda text: text.replace("a", "a\u200b").replace("e", "e\u2060"),
    "curly quotes": lambda text: text.replace("'", "’"),
    "look-alike letters": lambda text: text.replace("a", "а").replace("o", "о"),
    "shouting": str.upper,
    "stretched letters": _stretched,
    "wide letters": lambda text: "".join(chr(ord(one) + 0xFEE0) if "a" <= one <= "z" else one for one in text),
}
AROUND: dict[str, Callable[[str], str]] = {
    "thanks after": lambda text: f"{text}. thanks!",
    "ok before": lambda text: f"ok {text}",
    "a greeting before": lambda text: f"Hi, this is Dana. {text}",
    "gracias after": lambda text: f"{text}, gracias",
}


def acuity(reader: Reader, row: dict[str, str], text: str) -> Acuity:
    return reader.assess(read_row({**row, "text": text})).acuity


@pytest.mark.parametrize("how", TYPED)
def test_a_red_flag_is_seen_however_its_letters_are_typed(reader: Reader, how: str) -> None:
    low = [row["text"] for row in PROTECTED if acuity(reader, row, TYPED[how](row["text"])).rank < _least(row)]
    assert low == []


@pytest.mark.parametrize("how", AROUND)
def test_politeness_around_a_red_flag_never_lowers_it(reader: Reader, how: str) -> None:
    low = [row["text"] for row in PROTECTED if acuity(reader, row, AROUND[how](row["text"])).rank < _least(row)]
    assert low == []


@pytest.mark.parametrize("how", [*TYPED, "swapped letters"])
def test_nearly_every_example_is_read_alike_however_its_letters_are_typed(reader: Reader, how: str) -> None:
    change = TYPED.get(how, _swapped)
    rows = [row for row in EXAMPLES if row["lang"] in ("en", "es", "mixed")]
    before = [acuity(reader, row, row["text"]) for row in rows]
    after = [acuity(reader, row, change(row["text"])) for row in rows]
    assert sum(one is two for one, two in zip(before, after, strict=True)) >= 0.9 * len(rows)
    assert not [row["text"] for row, one, two in zip(rows, before, after, strict=True) if one.rank >= 2 > 0 == two.rank]


def test_our_own_words_quoted_below_a_reply_do_not_raise_it(reader: Reader) -> None:
    quoted = "\n\nOn Tue, Clinic wrote:\n> Call 911 for chest pain or trouble breathing.\n> Is the swelling worse?"
    for text in ("thank you, feeling fine", "all good here", "no pain today"):
        assert reader.assess(ReplyContext(text + quoted, channel="email")).acuity is Acuity.NONE


def _least(row: dict[str, str]) -> int:
    return Acuity(row["at_least"]).rank
