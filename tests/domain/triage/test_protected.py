"""The protected set: what may never be dismissed or lowered, by the whole reader and by its rules alone."""

import json
from pathlib import Path

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import Reader
from followup.domain.triage.jsonl import read_row

ROWS = [json.loads(line) for line in (Path(__file__).parent / "protected.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_a_red_flag_of_the_guide_is_never_read_lower(reader: Reader, row: dict[str, str]) -> None:
    assert reader.assess(read_row(row)).acuity.rank >= Acuity(row["at_least"]).rank


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_the_rules_alone_hold_every_red_flag(rules_alone: Reader, row: dict[str, str]) -> None:
    assert rules_alone.assess(read_row(row)).acuity.rank >= Acuity(row["at_least"]).rank


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_a_later_ok_does_not_lower_a_red_flag(reader: Reader, row: dict[str, str]) -> None:
    burst = read_row({**row, "text": "ok nvm im fine", "earlier": [row["text"]]})
    assert reader.assess(burst).acuity.rank >= Acuity(row["at_least"]).rank
