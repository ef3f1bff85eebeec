"""Every rule is needed: each has a reply that the rules read otherwise when that rule alone is taken away.

`decided` is the level that the rules alone settle on; the other fields are those of their reading.
"""

import json
from pathlib import Path

import pytest

from followup.domain.triage import Reader
from followup.domain.triage.decide import Thresholds, decide
from followup.domain.triage.jsonl import read_row
from followup.domain.triage.rules import Weighed, weigh

ROWS = [json.loads(line) for line in (Path(__file__).parent / "rules.jsonl").read_text().splitlines()]


def outcome(weighed: Weighed) -> dict[str, object]:
    fields = ("acuity", "opt_out", "proxy", "automatic", "wrong_number")
    decided = decide(weighed, None, Thresholds()).acuity
    return {field: getattr(weighed, field) for field in fields} | {"decided": decided}


def test_every_rule_of_the_lexicons_has_its_example_and_no_example_outlives_its_rule(rules_alone: Reader) -> None:
    assert sorted(row["rule"] for row in ROWS) == sorted(rules_alone.lexicon.rules)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"])
def test_without_its_rule_an_example_is_read_otherwise(rules_alone: Reader, row: dict[str, object]) -> None:
    context = read_row(row)
    plain, _, _ = rules_alone.plain(context)
    hits = rules_alone.lexicon.find(plain)
    whole = outcome(weigh(plain, hits, context))
    less = outcome(weigh(plain, [hit for hit in hits if hit.rule.name != row["rule"]], context))
    assert isinstance(row["reads"], dict)
    assert isinstance(row["without"], dict)
    for field, value in row["reads"].items():
        assert whole[field] == value
        assert less[field] == row["without"][field] != value
