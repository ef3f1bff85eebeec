"""How the small networks over meanings are fitted: one hidden layer, Adam, numpy alone, seeded."""

import numpy as np
from numpy.typing import NDArray

from followup.domain.triage.meaning import Layer, Meaning

_HIDDEN = 512
_ROUNDS = 20
_BATCH = 64
_RATE = 1e-3
_DECAY = 1e-4
_DROP = 0.5
_DROP_GIVEN = 0.1
_SEEDS = (0, 1, 2)
_STOP = 0.3  # how much telling an opt-out counts beside telling the level

Floats = NDArray[np.float32]


def fit_meaning(given: Floats, label: NDArray[np.int64], stops: NDArray[np.bool_], classes: int) -> Meaning:
    """Networks that tell label and opt-out (row by row) from what is given `(rows, inputs)`.

    A label below 0 (a reply that asks for texts or for help) teaches only what no opt-out is.
    """
    wanted = np.zeros((len(label), classes + 1), np.float32)
    known = np.flatnonzero(label >= 0)
    wanted[known, label[known]] = 1
    wanted[:, -1] = stops
    return Meaning(tuple(_one(given, wanted, seed) for seed in _SEEDS))


def _one(given: Floats, wanted: Floats, seed: int) -> Layer:
    chance = np.random.default_rng(seed)
    enter = chance.normal(0, (2 / given.shape[1]) ** 0.5, (given.shape[1], _HIDDEN)).astype(np.float32)
    leave = chance.normal(0, (1 / _HIDDEN) ** 0.5, (_HIDDEN, wanted.shape[1])).astype(np.float32)
    parts = [enter, np.zeros(_HIDDEN, np.float32), leave, np.zeros(wanted.shape[1], np.float32)]
    first = [np.zeros_like(one) for one in parts]
    second = [np.zeros_like(one) for one in parts]
    step, steps = 0, _ROUNDS * -(-len(wanted) // _BATCH)
    for _ in range(_ROUNDS):
        order = chance.permutation(len(wanted))
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            seen = given[chosen] * ((chance.random((len(chosen), given.shape[1])) > _DROP_GIVEN) / (1 - _DROP_GIVEN))
            gradients = _gradients(parts, seen.astype(np.float32), wanted[chosen], chance)
            step += 1
            rate = _RATE * 0.5 * (1 + np.cos(np.pi * step / steps))  # ever smaller steps settle in a flatter place
            for part, gradient, mean, square in zip(parts, gradients, first, second, strict=True):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient * gradient - square)
                part -= (rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)).astype(
                    np.float32
                )
    return Layer(*parts)


def _gradients(parts: list[Floats], given: Floats, wanted: Floats, chance: np.random.Generator) -> list[Floats]:
    enter, enter_bias, leave, leave_bias = parts
    before = given @ enter + enter_bias
    kept = ((chance.random(before.shape) > _DROP) / (1 - _DROP)).astype(np.float32)
    hidden = np.maximum(before, 0) * kept
    logits = hidden @ leave + leave_bias
    levels = np.exp(logits[:, :-1] - logits[:, :-1].max(axis=1, keepdims=True))
    levels /= levels.sum(axis=1, keepdims=True)
    levels = (levels - wanted[:, :-1]) * wanted[:, :-1].sum(axis=1, keepdims=True)
    stop = 1 / (1 + np.exp(-logits[:, -1:])) - wanted[:, -1:]
    error = np.concatenate([levels, _STOP * stop], axis=1) / len(wanted)
    back = (error @ leave.T) * kept * (before > 0)
    return [given.T @ back + _DECAY * enter, back.sum(axis=0), hidden.T @ error + _DECAY * leave, error.sum(axis=0)]
