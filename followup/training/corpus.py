"""Which labelled replies may be learned from: every batch but those set aside, each row with its batch's name."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from followup.domain.triage.normalise import tokens_of

HELD_OUT = "holdout"
"""A batch whose file name holds this word is only ever reported on."""

_LEAST = 3  # in how many replies a word must stand to be known as a word rather than a slip


def labelled(folder: Path, *, held_out: bool = False) -> list[dict[str, Any]]:
    """The rows of every batch to learn from, or of the held-out batches, in a fixed order."""
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        if (HELD_OUT in path.name) is held_out:
            for line in path.read_text().splitlines():
                if line.strip():
                    rows.append({"batch": path.stem, **json.loads(line)})
    return rows


def vocabulary(rows: list[dict[str, Any]]) -> list[str]:
    """The words that several replies use, in order: they are never taken for slips of other words."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({token.word for token in tokens_of(row["text"], {}) if token.word.isalpha()})
    return sorted(word for word, count in counts.items() if count >= _LEAST and word.isascii())
