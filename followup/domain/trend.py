"""Where a patient is going, by what they said so far: "pain 3 → 6", "same → worse"."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 3
_LEVEL = {"better": 0, "same": 1, "worse": 2}


@dataclass(frozen=True, slots=True)
class Point:
    """What one reply said: a pain score of 0 to 10 and an answer to a check, where there is one."""

    pain: int | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """The last few of what was said, as words; `worse` where the last is higher than the one before."""

    words: str
    worse: bool


def trend(points: Sequence[Point]) -> Trend | None:
    """The trend of a procedure's replies, oldest first: pain scores where two are known, else answers; or None."""
    pains = [point.pain for point in points if point.pain is not None]
    if len(pains) >= 2:
        return Trend("pain " + " → ".join(str(pain) for pain in pains[-_SHOWN:]), pains[-1] > pains[-2])
    answers = [point.answer for point in points if point.answer in _LEVEL]
    if len(answers) >= 2:
        return Trend(" → ".join(str(each) for each in answers[-_SHOWN:]), _LEVEL[answers[-1]] > _LEVEL[answers[-2]])
    return None
