"""The third reader: a small network over a sentence's meaning, for words that neither rules nor training ever saw.

The meaning comes from a multilingual sentence encoder that is handed in; without one this part stays silent.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from followup.domain.triage.assessment import NURSE, ReplyContext
from followup.domain.triage.rules import (
    ANAESTHETIC_HOURS,
    CHEST_SITES,
    DAY_TWO,
    NUMB_SITES,
    NUMBING_HOURS,
    PERSISTENCE_HOURS,
)

Floats = NDArray[np.float32]
Embed = Callable[[str], Floats]
"""A text to its meaning: a vector of unit length, always of the same size."""

MOST_LETTERS = 500
"""Only so much of a reply is encoded: a long letter's meaning is the rules' and the second reader's to find."""

_SCALE = 8.0
_STEPS = (DAY_TWO, NURSE, "rest-today", "activity-48h")
_PARTS = ("enter", "enter_bias", "leave", "leave_bias")


@dataclass(frozen=True, slots=True)
class Layer:
    """One network: `vector @ enter + enter_bias`, the negative cut off, `@ leave + leave_bias`.

    What leaves are the logits of the model's CLASSES and, last, that of an opt-out.
    """

    enter: Floats
    enter_bias: Floats
    leave: Floats
    leave_bias: Floats


@dataclass(frozen=True, slots=True)
class Meaning:
    """Several networks trained from different beginnings, whose opinions are averaged."""

    layers: tuple[Layer, ...]

    def chances(self, vector: Floats, context: ReplyContext) -> tuple[list[float], float]:
        """How likely each of the model's CLASSES is, summing to 1, and how likely the reply asks for no more texts."""
        given = inputs(vector, context)
        total = np.zeros(self.layers[0].leave.shape[1] - 1)
        stop = 0.0
        for layer in self.layers:
            hidden = np.maximum(given @ layer.enter + layer.enter_bias, 0.0)
            logits = hidden @ layer.leave + layer.leave_bias
            exponents = np.exp(logits[:-1] - logits[:-1].max())
            total += exponents / exponents.sum()
            stop += float(1.0 / (1.0 + np.exp(-logits[-1])))
        return [float(one) for one in total / len(self.layers)], stop / len(self.layers)


def inputs(vector: Floats, context: ReplyContext) -> Floats:
    """What a network is given: the meaning, what was asked last, how long ago the procedure was and where."""
    hours, asked, site = context.hours_since_procedure, context.last_message, context.body_site
    situation = (
        *(asked == step for step in (*_STEPS, None)),
        *(hours is not None and hours <= limit for limit in (NUMBING_HOURS, ANAESTHETIC_HOURS)),
        hours is not None and hours >= PERSISTENCE_HOURS,
        hours is None,
        site is None or site in CHEST_SITES,
        site in NUMB_SITES,
        context.channel == "email",
    )
    return np.concatenate([vector * _SCALE, np.asarray(situation, dtype=np.float32)])


def blended(first: Sequence[float], second: Sequence[float], share: float) -> list[float]:
    """Two opinions as one: their weighted geometric mean, `share` from 0 to 1 being the first one's weight."""
    mixed = [(a + 1e-6) ** share * (b + 1e-6) ** (1.0 - share) for a, b in zip(first, second, strict=True)]
    total = sum(mixed)
    return [one / total for one in mixed]


def both(first: float, second: float) -> float:
    """Whether no more texts are wanted, by both readers: the second one knows the words, the third what they mean.

    The third counts twice as much: on replies of other authors it finds four opt-outs where the second finds three.
    """
    odds = 0.5 * _logit(first) + _logit(second)
    return 1.0 / (1.0 + exp(-odds))


def _logit(chance: float) -> float:
    return log((chance + 1e-4) / (1.0 - chance + 1e-4))


def dump(meaning: Meaning) -> tuple[bytes, str]:
    """The networks as an .npz file's bytes and their SHA-256 checksum."""
    buffer = io.BytesIO()
    arrays = {}
    for place, layer in enumerate(meaning.layers):
        for name in _PARTS:
            arrays[f"{name}_{place}"] = getattr(layer, name).astype(np.float16)
    np.savez_compressed(buffer, **arrays)
    data = buffer.getvalue()
    return data, hashlib.sha256(data).hexdigest()


def parse(data: bytes, checksum: str) -> Meaning:
    """The networks from a file's bytes; raises ValueError when they are not those that were checked in."""
    if hashlib.sha256(data).hexdigest() != checksum.strip():
        raise ValueError("the networks differ from their checksum")
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        count = sum(name.startswith("enter_bias") for name in stored.files)
        return Meaning(
            tuple(Layer(*(stored[f"{name}_{place}"].astype(np.float32) for name in _PARTS)) for place in range(count))
        )
