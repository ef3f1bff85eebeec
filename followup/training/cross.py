"""How well a reader reads batches that it was not trained on: batches dealt into folds, each read by the others' weights."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from followup.domain.triage.assessment import Assessment
from followup.domain.triage.evaluate import Labelled, evaluated
from followup.domain.triage.features import features
from followup.domain.triage.jsonl import read_row
from followup.domain.triage.model import CLASSES, dump
from followup.domain.triage.reader import Reader
from followup.domain.triage.report import render_report
from followup.training.fit import Example, fit
from followup.training.store import write

_LABELS = {acuity.value: place for place, acuity in enumerate(CLASSES)}


def examples(reader: Reader, rows: Sequence[dict[str, Any]]) -> list[Example | None]:
    """What is learned from each row; None for keywords, which no model reads."""
    prepared: list[Example | None] = []
    for row in rows:
        context = read_row(row)
        plain, _, _, weighed = reader.weigh(context)
        label = _LABELS.get(row["acuity"])
        prepared.append(None if label is None else Example(features(plain, weighed, context), label))
    return prepared


def cross_validated(
    reader: Reader, rows: Sequence[dict[str, Any]], prepared: Sequence[Example | None], folds: int
) -> list[Assessment]:
    """Each row read by a reader whose second part never saw the row's batch."""
    fold_of = {batch: place % folds for place, batch in enumerate(sorted({row["batch"] for row in rows}))}
    read: list[Assessment | None] = [None] * len(rows)
    for fold in range(folds):
        train = [one for one, row in zip(prepared, rows, strict=True) if one and fold_of[row["batch"]] != fold]
        judge = replace(reader, model=fit(train))
        for place, row in enumerate(rows):
            if fold_of[row["batch"]] == fold:
                read[place] = judge.assess(read_row(row))
    return [one for one in read if one is not None]


def fitted(prepared: Sequence[Example | None]) -> str:
    """Fits to everything, stores the weights with their checksum in the package, returns the checksum."""
    data, checksum = dump(fit([one for one in prepared if one]))
    write("weights.npz", data)
    write("weights.npz.sha256", (checksum + "\n").encode())
    return checksum


def rendered(rows: Sequence[dict[str, Any]], read: Sequence[Assessment]) -> str:
    """The evaluation's table of the readings."""
    return render_report(evaluated([Labelled.of(row, one) for row, one in zip(rows, read, strict=True)]))
