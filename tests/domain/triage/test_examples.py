"""The first labelled examples as a regression: they were seen in training, so this shows upkeep, not quality."""

import json
from pathlib import Path

from followup.domain.triage import Reader
from followup.domain.triage.evaluate import Labelled, evaluated
from followup.domain.triage.jsonl import read_row

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "corpus" / "triage" / "examples.jsonl").read_text().splitlines()
]


def test_no_emergency_or_urgent_example_is_dismissed_and_nearly_all_are_read_as_labelled(reader: Reader) -> None:
    read = evaluated([Labelled.of(row, reader.assess(read_row(row))) for row in ROWS], parts=False)
    shares = {one.name: one.share for one in read.measures}
    assert shares["emergency or urgent dismissed"] == 0
    assert shares["emergency in emergency"] >= 0.95
    assert len(read.misses) <= len(ROWS) // 8
