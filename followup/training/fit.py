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
    weight: float = 1.0


def fit(examples: Sequence[Example], penalty: float = 3e-5, steps: int = 50, least: int = 2) -> Model:
    """Weights for the examples; features seen in fewer than `least` of them are left out."""
    everything = np.concatenate([np.asarray(group, dtype=np.uint32) for one in examples for group in one.groups])
    hashes, counts = np.unique(everything, return_counts=True)
    keep = counts >= least
    hashes, counts = hashes[keep], counts[keep]
    rarity = np.log((1 + len(examples)) / (1 + counts)).astype(np.float32).astype(np.float64) + 1.0
    rows, columns, values = [], [], []
    for row, example in enumerate(examples):
        for group, group_weight in zip(example.groups, GROUP_WEIGHTS, strict=True):
            wanted = np.asarray(group, dtype=np.uint32)
            places = np.searchsorted(hashes, wanted)
            places[places == len(hashes)] = 0
            places = places[hashes[places] == wanted]
            if len(places) == 0:
                continue
            value = rarity[places]
            length = np.sqrt(np.sum(value**2) + (len(group) - len(places)) * UNKNOWN_RARITY**2)
            rows.append(np.full(len(places), row))
            columns.append(places)
            values.append(group_weight * value / length)
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    order = np.argsort(column, kind="stable")
    by_column = (row[order], value[order], np.searchsorted(column[order], np.arange(len(hashes))))
    starts = np.searchsorted(row, np.arange(len(examples)))
    wanted_class = np.zeros((len(examples), len(CLASSES)))
    wanted_class[np.arange(len(examples)), [one.label for one in examples]] = 1.0
    weight = np.array([one.weight for one in examples])
    weight = weight / weight.sum()
    features = len(hashes)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat[: features * len(CLASSES)].reshape(features, len(CLASSES))
        bias = flat[features * len(CLASSES) :]
        logits = np.add.reduceat(weights[column] * value[:, None], starts, axis=0) + bias
        logits -= logits.max(axis=1, keepdims=True)
        exponents = np.exp(logits)
        chances = exponents / exponents.sum(axis=1, keepdims=True)
        error = (chances - wanted_class) * weight[:, None]
        total = -float(np.sum(weight * np.log(np.sum(chances * wanted_class, axis=1) + 1e-12)))
        gradient = np.add.reduceat(error[by_column[0]] * by_column[1][:, None], by_column[2], axis=0)
        total += 0.5 * penalty * float(np.sum(weights**2))
        gradient += penalty * weights
        return total, np.concatenate([gradient.ravel(), error.sum(axis=0)])

    best = _descend(loss, np.zeros(features * len(CLASSES) + len(CLASSES)), steps)
    return Model(
        hashes=hashes,
        rarity=rarity.astype(np.float32),
        weights=best[: features * len(CLASSES)].reshape(features, len(CLASSES)).astype(np.float32),
        bias=best[features * len(CLASSES) :].astype(np.float32),
    )


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
