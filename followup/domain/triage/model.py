"""The second reader: a linear model over hashed features, its weights data that anyone can reproduce."""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from followup.domain.acuity import Acuity

CLASSES = (Acuity.NONE, Acuity.ROUTINE, Acuity.URGENT, Acuity.EMERGENCY, Acuity.OPT_OUT)
GROUP_WEIGHTS = (1.0, 0.8, 1.4, 1.0)


@dataclass(frozen=True, slots=True)
class Model:
    """Feature hashes in order, their rarity, and one row of weights each: a column a class, and one for the opt-out."""

    hashes: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, groups: tuple[list[int], ...]) -> tuple[list[float], float]:
        """How likely each of CLASSES is, summing to 1, and how likely the reply asks for no more texts."""
        logits = self._logits(groups)
        levels, stop = logits[: len(CLASSES)], logits[len(CLASSES)]
        exponents = np.exp(levels - levels.max())
        return [float(one) for one in exponents / exponents.sum()], float(1.0 / (1.0 + np.exp(-stop)))

    def _logits(self, groups: tuple[list[int], ...]) -> NDArray[np.float64]:
        logits = self.bias.astype(np.float64)
        for group, weight in zip(groups, GROUP_WEIGHTS, strict=True):
            if not group:
                continue
            wanted = np.asarray(group, dtype=np.uint32)
            places = np.searchsorted(self.hashes, wanted)
            places[places == len(self.hashes)] = 0
            places = places[self.hashes[places] == wanted]
            if len(places) == 0:
                continue
            values = self.rarity[places]
            # The unknown features count in the length too: a reply of unknown words speaks more quietly.
            length = float(np.sqrt(np.sum(values**2) + (len(group) - len(places)) * UNKNOWN_RARITY**2))
            logits += weight * (values @ self.weights[places]) / length
        return logits


UNKNOWN_RARITY = 3.0


def dump(model: Model) -> tuple[bytes, str]:
    """The model as an .npz file's bytes and their SHA-256 checksum."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, hashes=model.hashes, rarity=model.rarity.astype(np.float16), weights=model.weights.astype(np.float16),
        bias=model.bias,
    )  # fmt: skip
    data = buffer.getvalue()
    return data, hashlib.sha256(data).hexdigest()


def parse(data: bytes, checksum: str) -> Model:
    """The model from a file's bytes; raises ValueError when they are not those that were checked in."""
    if hashlib.sha256(data).hexdigest() != checksum.strip():
        raise ValueError("the weights differ from their checksum")
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return Model(
            hashes=stored["hashes"],
            rarity=stored["rarity"].astype(np.float32),
            weights=stored["weights"].astype(np.float32),
            bias=stored["bias"],
        )
