"""How the small networks over meanings are fitted: one hidden layer, Adam, numpy alone, seeded."""

import numpy as np
from numpy.typing import NDArray

from followup.domain.triage.meaning import Layer, Meaning

_HIDDEN = 256
_ROUNDS = 20
_BATCH = 64
_RATE = 1e-3
_DECAY = 1e-4
_DROP = 0.3
_SEEDS = (0, 1)

Floats = NDArray[np.float32]


def fit_meaning(given: Floats, label: NDArray[np.int64], classes: int) -> Meaning:
    """Networks that tell the label (row by row) from what is given `(rows, inputs)`."""
    return Meaning(tuple(_one(given, label, classes, seed) for seed in _SEEDS))


def _one(given: Floats, label: NDArray[np.int64], classes: int, seed: int) -> Layer:
    chance = np.random.default_rng(seed)
    enter = chance.normal(0, (2 / given.shape[1]) ** 0.5, (given.shape[1], _HIDDEN)).astype(np.float32)
    leave = chance.normal(0, (1 / _HIDDEN) ** 0.5, (_HIDDEN, classes)).astype(np.float32)
    parts = [enter, np.zeros(_HIDDEN, np.float32), leave, np.zeros(classes, np.float32)]
    first = [np.zeros_like(one) for one in parts]
    second = [np.zeros_like(one) for one in parts]
    step = 0
    for _ in range(_ROUNDS):
        order = chance.permutation(len(label))
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            gradients = _gradients(parts, given[chosen], label[chosen], chance)
            step += 1
            for part, gradient, mean, square in zip(parts, gradients, first, second, strict=True):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient * gradient - square)
                part -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return Layer(*parts)


def _gradients(
    parts: list[Floats], given: Floats, label: NDArray[np.int64], chance: np.random.Generator
) -> list[Floats]:
    enter, enter_bias, leave, leave_bias = parts
    before = given @ enter + enter_bias
    kept = ((chance.random(before.shape) > _DROP) / (1 - _DROP)).astype(np.float32)
    hidden = np.maximum(before, 0) * kept
    logits = hidden @ leave + leave_bias
    error = np.exp(logits - logits.max(axis=1, keepdims=True))
    error /= error.sum(axis=1, keepdims=True)
    error[np.arange(len(label)), label] -= 1
    error /= len(label)
    back = (error @ leave.T) * kept * (before > 0)
    return [given.T @ back + _DECAY * enter, back.sum(axis=0), hidden.T @ error + _DECAY * leave, error.sum(axis=0)]
