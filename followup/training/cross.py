"""How well a reader reads batches it was not trained on: batches in folds, each read by the others' weights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from followup.domain.triage.assessment import Assessment
from followup.domain.triage.evaluate import Labelled, evaluated
from followup.domain.triage.features import features
from followup.domain.triage.jsonl import read_row
from followup.domain.triage.meaning import Embed, Meaning, inputs
from followup.domain.triage.meaning import dump as dump_meaning
from followup.domain.triage.model import CLASSES, dump
from followup.domain.triage.reader import Reader, encodable
from followup.domain.triage.report import render_report
from followup.training.fit import Example, fit
from followup.training.network import fit_meaning
from followup.training.store import write

_LABELS = {acuity.value: place for place, acuity in enumerate(CLASSES)}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is learned from one row: its features where it has a level, and its meaning where there is an encoder."""

    example: Example | None
    given: NDArray[np.float32] | None


def examples(reader: Reader, rows: Sequence[dict[str, Any]], embed: Embed | None = None) -> list[Prepared]:
    """What is learned from each row; no features for replies that ask for texts or for help, which have no level."""
    prepared = []
    for row in rows:
        context = read_row(row)
        plain, own, _, weighed = reader.weigh(context)
        label = _LABELS.get(row["acuity"])
        example = None
        if label is not None:
            example = Example(features(plain, weighed, context, reader.classes), label, _stops(row))
        prepared.append(Prepared(example, inputs(embed(encodable(context, own)), context) if embed else None))
    return prepared


def _stops(row: dict[str, Any]) -> bool:
    return bool(row.get("opt_out")) or row["acuity"] == "opt_out"


def _trained(reader: Reader, prepared: Sequence[Prepared], embed: Embed | None) -> Reader:
    model = fit([one.example for one in prepared if one.example])
    given = [one.given for one in prepared if one.given is not None]
    meaning: Meaning | None = None
    if given and embed is not None:
        labels = np.array([one.example.label if one.example else -1 for one in prepared if one.given is not None])
        stops = np.array([bool(one.example and one.example.opt_out) for one in prepared if one.given is not None])
        meaning = fit_meaning(np.stack(given), labels, stops, len(CLASSES))
    return replace(reader, model=model, meaning=meaning, embed=embed)


def cross_validated(
    reader: Reader, rows: Sequence[dict[str, Any]], prepared: Sequence[Prepared], folds: int,
    embed: Embed | None = None,
) -> list[Assessment]:  # fmt: skip
    """Each row read by a reader whose learned parts never saw the row's batch."""
    fold_of = {batch: place % folds for place, batch in enumerate(sorted({row["batch"] for row in rows}))}
    read: list[Assessment | None] = [None] * len(rows)
    for fold in range(folds):
        train = [one for one, row in zip(prepared, rows, strict=True) if fold_of[row["batch"]] != fold]
        judge = _trained(reader, train, embed)
        for place, row in enumerate(rows):
            if fold_of[row["batch"]] == fold:
                read[place] = judge.assess(read_row(row))
    return [one for one in read if one is not None]


def fitted(reader: Reader, prepared: Sequence[Prepared], embed: Embed | None = None) -> str:
    """Fits to everything and stores weights (with an encoder networks too) and checksums; returns the checksums."""
    judge = _trained(reader, prepared, embed)
    assert judge.model is not None
    data, checksum = dump(judge.model)
    write("weights.npz", data)
    write("weights.npz.sha256", (checksum + "\n").encode())
    if judge.meaning is not None:
        data, networks = dump_meaning(judge.meaning)
        write("meaning.npz", data)
        write("meaning.npz.sha256", (networks + "\n").encode())
        checksum = f"{checksum}, networks {networks}"
    return checksum


def rendered(rows: Sequence[dict[str, Any]], read: Sequence[Assessment]) -> str:
    """The evaluation's table of the readings."""
    return render_report(evaluated([Labelled.of(row, one) for row, one in zip(rows, read, strict=True)]))
