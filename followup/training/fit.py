"""How weights are fitted: multinomial logistic regression by L-BFGS, in numpy alone and without chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from followup.domain.triage.model import CLASSES, GROUP_WEIGHTS, UNKNOWN_RARITY, Model

Floats = NDArray[np.float64]
_MEMORY = 8


@dataclass(frozen=True, slots=True)
class Example:
    """One reply's feature groups, the index of its class and how much it counts."""

    groups: tuple[list[int], ...]
    label: int
    opt_out: bool = False
    weight: float = 1.0


def fit(examples: Sequence[Example], penalty: float = 3e-5, steps: int = 50, least: int = 2) -> Model:
    """Weights for the examples; features seen in fewer than `least` of them are left out."""
    everything = np.concatenate([np.asarray(group, dtype=np.uint32) for one in examples for group in one.groups])
    hashes, counts = np.unique(everything, return_counts=True)
    keep = counts >= least
    hashes, counts = hashes[keep], counts[keep]
    rarity = np.log((1 + len(examples)) / (1 + counts)).astype(np.float32).astype(np.float64) + 1.0
    rows: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    values: list[Floats] = []
    for number, example in enumerate(examples):
        for group, group_weight in zip(example.groups, GROUP_WEIGHTS, strict=True):
            wanted = np.asarray(group, dtype=np.uint32)
            places = np.searchsorted(hashes, wanted)
            places[places == len(hashes)] = 0
            places = places[hashes[places] == wanted]
            if len(places) == 0:
                continue
            value = rarity[places]
            length = np.sqrt(np.sum(value**2) + (len(group) - len(places)) * UNKNOWN_RARITY**2)
            rows.append(np.full(len(places), number))
            columns.append(places)
            values.append(group_weight * value / length)
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    order = np.argsort(column, kind="stable")
    by_column = (row[order], value[order], np.searchsorted(column[order], np.arange(len(hashes))))
    starts = np.searchsorted(row, np.arange(len(examples)))
    weight = np.array([one.weight for one in examples])
    data = _Table(row, column, value, by_column, starts, weight / weight.sum(), len(hashes))
    levels, bias = _softmax(data, np.array([one.label for one in examples]), len(CLASSES), penalty, steps)
    stops, stop_bias = _softmax(data, np.array([int(one.opt_out) for one in examples]), 2, penalty, steps)
    weights = np.concatenate([levels, stops[:, 1:] - stops[:, :1]], axis=1)
    return Model(
        hashes=hashes,
        rarity=rarity.astype(np.float32),
        weights=weights.astype(np.float32),
        bias=np.append(bias, stop_bias[1] - stop_bias[0]).astype(np.float32),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The examples as a sparse table, ready to be walked by row and by column."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats
    by_column: tuple[NDArray[np.int64], Floats, NDArray[np.int64]]
    starts: NDArray[np.int64]
    weight: Floats
    features: int


def _softmax(data: _Table, label: NDArray[np.int64], classes: int, penalty: float, steps: int) -> tuple[Floats, Floats]:
    """Weights `(features, classes)` and biases that make the labels likely, large weights costing `penalty`."""
    wanted = np.zeros((len(label), classes))
    wanted[np.arange(len(label)), label] = 1.0

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat[: data.features * classes].reshape(data.features, classes)
        bias = flat[data.features * classes :]
        logits = np.add.reduceat(weights[data.column] * data.value[:, None], data.starts, axis=0) + bias
        logits -= logits.max(axis=1, keepdims=True)
        exponents = np.exp(logits)
        chances = exponents / exponents.sum(axis=1, keepdims=True)
        error = (chances - wanted) * data.weight[:, None]
        total = -float(np.sum(data.weight * np.log(np.sum(chances * wanted, axis=1) + 1e-12)))
        sorted_rows, sorted_values, firsts = data.by_column
        gradient = np.add.reduceat(error[sorted_rows] * sorted_values[:, None], firsts, axis=0)
        total += 0.5 * penalty * float(np.sum(weights**2))
        gradient += penalty * weights
        return total, np.concatenate([gradient.ravel(), error.sum(axis=0)])

    best = _descend(loss, np.zeros((data.features + 1) * classes), steps)
    return best[: data.features * classes].reshape(data.features, classes), best[data.features * classes :]


def _descend(loss: Callable[[Floats], tuple[float, Floats]], at: Floats, steps: int) -> Floats:
    """L-BFGS with a backtracking line search."""
    value, gradient = loss(at)
    history: list[tuple[Floats, Floats, float]] = []
    for _ in range(steps):
        direction = gradient.copy()
        passed = []
        for step, change, scale in reversed(history):
            share = scale * float(step @ direction)
            direction -= share * change
            passed.append(share)
        if history:
            step, change, _scale = history[-1]
            direction *= float(step @ change) / float(change @ change)
        for (step, change, scale), share in zip(history, reversed(passed), strict=True):
            direction += step * (share - scale * float(change @ direction))
        slope = -float(gradient @ direction)
        if slope > -1e-10:
            break
        length = 1.0 if history else min(1.0, 1.0 / float(np.linalg.norm(gradient)))
        while True:
            new = at - length * direction
            new_value, new_gradient = loss(new)
            if new_value <= value + 1e-4 * length * slope or length < 1e-8:
                break
            length *= 0.5
        step, change = new - at, new_gradient - gradient
        curvature = float(step @ change)
        if curvature > 1e-14:
            history = [*history[-(_MEMORY - 1) :], (step, change, 1.0 / curvature)]
        if value - new_value < 1e-7:
            at = new
            break
        at, value, gradient = new, new_value, new_gradient
    return at
