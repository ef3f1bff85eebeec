"""How well and how fast replies are read, beside a list of words as the naive design has it."""

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from followup.bench.scratch import spread
from followup.domain.acuity import Acuity
from followup.domain.errors import ConfigurationError
from followup.domain.triage import Assessment, load_reader
from followup.domain.triage.evaluate import Evaluation, Labelled, evaluated
from followup.domain.triage.jsonl import read_row
from followup.domain.triage.report import render_report

# The naive design: the first list with a word of the reply decides.
_LISTS = (
    (Acuity.OPT_OUT, r"stop|unsubscribe|cancel|alto|basta"),
    (Acuity.EMERGENCY, r"chest pain|can'?t breathe|911|unconscious|suicide|dolor de pecho|no puedo respirar"),
    (Acuity.URGENT, r"worse|swelling|fever|bleeding|infection|pus|numb|peor|hinchad\w+|hinchaz[oó]n|fiebre|sangr\w+"),
    (Acuity.ROUTINE, r"\?|question|call me|pregunta"),
)
_NAIVE = tuple((acuity, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for acuity, words in _LISTS)


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


def measure(files: Sequence[Path]) -> tuple[dict[str, Any], str]:
    """The measures as data and as a page of text, with the naive reader on the same replies."""
    rows = read_files(files)
    reader = load_reader()
    reader.assess(read_row(rows[0]))  # loaded by then
    read, naive, took = [], [], []
    for row in rows:
        begun = time.perf_counter()
        assessment = reader.assess(read_row(row))
        took.append(time.perf_counter() - begun)
        read.append(Labelled.of(row, assessment))
        naive.append(_naively(row, assessment))
    here, there = evaluated(read), evaluated(naive, parts=False)
    speed = {"replies_per_second": round(len(rows) / sum(took), 1), **spread(took)}
    answer = {"replies": len(rows), **speed, "measures": _figures(here), "list_of_words": _figures(there)}
    return answer, render_report(here, {"a list of words": there}, misses=0)


def _naively(row: dict[str, Any], shape: Assessment) -> Labelled:
    """The row as the list of words reads it."""
    found = next((acuity for acuity, words in _NAIVE if words.search(row["text"])), Acuity.NONE)
    fields = Labelled.of(row, shape)
    return Labelled(
        fields.id,
        fields.text,
        fields.label,
        fields.label_opt_out,
        found,
        found is Acuity.OPT_OUT,
        fields.lang,
        fields.hard,
    )


def _figures(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    return {
        one.name: {"share": round(one.share, 4), "low": round(one.low, 4), "high": round(one.high, 4), "of": one.total}
        for one in evaluation.measures
    }
