"""How well and how fast replies are read, beside a list of words as the naive design has it and the rules alone."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from followup.bench.scratch import spread
from followup.domain.acuity import Acuity
from followup.domain.errors import ConfigurationError
from followup.domain.triage import load_reader
from followup.domain.triage.baseline import read_by_keywords
from followup.domain.triage.evaluate import Evaluation, Labelled, evaluated
from followup.domain.triage.jsonl import read_row
from followup.domain.triage.report import render_report


def read_files(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Labelled replies, one JSON object a line. Raises ConfigurationError that names the file and line."""
    rows = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{file} cannot be read: {type(error).__name__}") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                read_row(row)
                Acuity(row["acuity"])
            except (ValueError, KeyError, AttributeError) as error:
                raise ConfigurationError(f"{file}, line {number}: is not a labelled reply ({error})") from error
            rows.append(row)
    if not rows:
        raise ConfigurationError("There are no labelled replies; name files with --labelled")
    return rows


def measure(files: Sequence[Path], misses: int = 40) -> tuple[dict[str, Any], str]:
    """The measures as data and as a page of text that lists so many misses.

    The same replies are also read by a plain list of words and by the rules without anything learned.
    """
    rows = read_files(files)
    reader = load_reader()
    rules = load_reader(with_model=False)
    reader.assess(read_row(rows[0]))  # loaded by then
    read, took = [], []
    for row in rows:
        begun = time.perf_counter()
        assessment = reader.assess(read_row(row))
        took.append(time.perf_counter() - begun)
        read.append(Labelled.of(row, assessment))
    here = evaluated(read)
    others = {
        "list of words": evaluated([Labelled.of(row, read_by_keywords(read_row(row))) for row in rows], parts=False),
        "rules alone": evaluated([Labelled.of(row, rules.assess(read_row(row))) for row in rows], parts=False),
    }
    speed = {"replies_per_second": round(len(rows) / sum(took), 1), **spread(took)}
    answer = {
        "replies": len(rows),
        "version": reader.version,
        **speed,
        "measures": _figures(here),
        **{name.replace(" ", "_"): _figures(other) for name, other in others.items()},
    }
    return answer, f"reader {reader.version}\n\n{render_report(here, others, misses=misses)}"


def _figures(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    return {
        one.name: {"share": round(one.share, 4), "low": round(one.low, 4), "high": round(one.high, 4), "of": one.total}
        for one in evaluation.measures
    }
