"""The third reader: a small network over a sentence's meaning, for words that neither rules nor training ever saw.

The meaning comes from a multilingual sentence encoder that is handed in; without one this part stays silent.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from followup.domain.triage.assessment import ReplyContext
from followup.domain.triage.rules import DAY_TWO, PERSISTENCE_HOURS

Floats = NDArray[np.float32]
Embed = Callable[[str], Floats]
"""A text to its meaning: a vector of unit length, always of the same size."""

MOST_LETTERS = 500
"""Only so much of a reply is encoded: a long letter's meaning is the rules' and the second reader's to find."""

_SCALE = 8.0
_PARTS = ("enter", "enter_bias", "leave", "leave_bias")


@dataclass(frozen=True, slots=True)
class Layer:
    """One network: `vector @ enter + enter_bias`, the negative cut off, `@ leave + leave_bias`."""

    enter: Floats
    enter_bias: Floats
    leave: Floats
    leave_bias: Floats


@dataclass(frozen=True, slots=True)
class Meaning:
    """Several networks trained from different beginnings, whose opinions are averaged."""

    layers: tuple[Layer, ...]

    def chances(self, vector: Floats, context: ReplyContext) -> list[float]:
        """How likely each of the model's CLASSES is, summing to 1."""
        given = inputs(vector, context)
        total = np.zeros(self.layers[0].leave.shape[1])
        for layer in self.layers:
            hidden = np.maximum(given @ layer.enter + layer.enter_bias, 0.0)
            logits = hidden @ layer.leave + layer.leave_bias
            exponents = np.exp(logits - logits.max())
            total += exponents / exponents.sum()
        return [float(one) for one in total / len(self.layers)]


def inputs(vector: Floats, context: ReplyContext) -> Floats:
    """What a network is given: the meaning, and whether the day-two question was asked and two days have passed."""
    hours = context.hours_since_procedure
    situation = [float(context.last_message == DAY_TWO), float(hours is not None and hours >= PERSISTENCE_HOURS)]
    return np.concatenate([vector * _SCALE, np.asarray(situation, dtype=np.float32)])


def blended(first: Sequence[float], second: Sequence[float], share: float) -> list[float]:
    """Two opinions as one: their weighted geometric mean, `share` from 0 to 1 being the first one's weight."""
    mixed = [(a + 1e-6) ** share * (b + 1e-6) ** (1.0 - share) for a, b in zip(first, second, strict=True)]
    total = sum(mixed)
    return [one / total for one in mixed]


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
