"""How good a reading is: the measures of the targets with their intervals, from labelled and read replies."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

from followup.domain.acuity import Acuity
from followup.domain.triage.assessment import Assessment

ORDER = (
    Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE, Acuity.NONE, Acuity.OPT_OUT, Acuity.OPT_IN, Acuity.HELP,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """One reply's label and what the reader said."""

    id: str
    text: str
    label: Acuity
    label_opt_out: bool
    read: Acuity
    read_opt_out: bool
    lang: str = "en"
    hard: bool | None = None
    rules: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any], assessment: Assessment) -> "Labelled":
        """A labelled JSON object and its reading. Raises ValueError when the label is not an acuity."""
        label = Acuity(row["acuity"])
        lang = str(row.get("lang") or "en")
        return cls(
            id=str(row.get("id", "")),
            text=str(row["text"]),
            label=label,
            label_opt_out=bool(row.get("opt_out")) or label is Acuity.OPT_OUT,
            read=assessment.acuity,
            read_opt_out=assessment.opt_out,
            lang="en" if lang == "en" else "es" if lang in ("es", "mixed") else "other",
            hard=row.get("hard"),
            rules=tuple(one.rule for one in assessment.evidence[:4]),
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """A share `hits / total` with its 95 % Clopper-Pearson interval and what it must reach."""

    name: str
    hits: int
    total: int
    must: float
    aim: float
    at_most: bool
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share from 0 to 1; 0 of nothing is 0."""
        return self.hits / self.total if self.total else 0.0

    @property
    def holds(self) -> bool:
        """Whether the share reaches what it must; nothing to measure holds."""
        if not self.total:
            return True
        return self.share < self.must if self.at_most and self.must else (
            self.share <= self.must if self.at_most else self.share >= self.must)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All measures of one set of replies, its confusion (label, read) and its misses, gravest first."""

    count: int
    measures: tuple[Measure, ...]
    confusion: Mapping[tuple[Acuity, Acuity], int]
    misses: tuple[Labelled, ...]
    parts: Mapping[str, "Evaluation"] = field(default_factory=dict)


_Test = Callable[[Labelled], bool]


def _grave(one: Labelled) -> bool:
    return one.label.rank >= 2


def _low(one: Labelled) -> bool:
    return one.label in (Acuity.NONE, Acuity.ROUTINE)


# ruff: noqa: E501 - a table of measures, one a line
_MEASURES: tuple[tuple[str, _Test, _Test, float, float, bool], ...] = (
    ("emergency or urgent dismissed", _grave, lambda one: one.read.rank == 0, 0.01, 0.0, True),
    ("emergency and urgent in urgent or higher", _grave, lambda one: one.read.rank >= 2, 0.90, 0.97, False),
    ("emergency in emergency", lambda one: one.label is Acuity.EMERGENCY, lambda one: one.read.rank == 3, 0.85, 0.95, False),
    ("none needlessly queued", lambda one: one.label is Acuity.NONE, lambda one: one.read.rank > 0, 0.25, 0.10, True),
    ("routine in routine or higher", lambda one: one.label is Acuity.ROUTINE, lambda one: one.read.rank > 0, 0.97, 0.99, False),
    ("none or routine in emergency", _low, lambda one: one.read.rank == 3, 0.01, 0.0, True),
    ("none or routine in urgent or higher", _low, lambda one: one.read.rank >= 2, 0.15, 0.05, True),
    ("urgent in emergency", lambda one: one.label is Acuity.URGENT, lambda one: one.read.rank == 3, 0.15, 0.05, True),
    ("opt-out caught", lambda one: one.label_opt_out, lambda one: one.read_opt_out, 0.97, 1.0, False),
    ("false opt-out", lambda one: not one.label_opt_out, lambda one: one.read_opt_out, 0.005, 0.0, True),
)  # fmt: skip


def evaluated(replies: Sequence[Labelled], *, parts: bool = True) -> Evaluation:
    """The measures of a set, and of its English and Spanish, easy and hard parts where it has them."""
    measures = []
    for name, chosen, hit, must, aim, at_most in _MEASURES:
        group = [one for one in replies if chosen(one)]
        hits = sum(hit(one) for one in group)
        low, high = interval(hits, len(group))
        measures.append(Measure(name, hits, len(group), must, aim, at_most, low, high))
    misses = sorted((one for one in replies if one.label is not one.read), key=_gravity)
    split: dict[str, Evaluation] = {}
    if parts:
        for name, test in _PARTS.items():
            part = [one for one in replies if test(one)]
            if part and len(part) < len(replies):
                split[name] = evaluated(part, parts=False)
    return Evaluation(
        len(replies), tuple(measures), Counter((one.label, one.read) for one in replies), tuple(misses), split
    )


_PARTS: dict[str, _Test] = {
    "English": lambda one: one.lang == "en",
    "Spanish and mixed": lambda one: one.lang == "es",
    "easy": lambda one: one.hard is False,
    "hard": lambda one: one.hard is True,
}


def _gravity(one: Labelled) -> tuple[int, int, str]:
    fall = one.label.rank - one.read.rank
    return (0 if one.label.rank >= 2 and one.read.rank == 0 else 1, -fall if fall > 0 else 10 + fall, one.id)


def interval(hits: int, total: int) -> tuple[float, float]:
    """The exact 95 % (Clopper-Pearson) interval of a share; (0, 1) of nothing."""
    if total == 0:
        return 0.0, 1.0
    low = 0.0 if hits == 0 else _solve(lambda p: 1.0 - _at_most(hits - 1, total, p), 0.025)
    high = 1.0 if hits == total else _solve(lambda p: 1.0 - _at_most(hits, total, p), 0.975)
    return low, high


def _at_most(hits: int, total: int, p: float) -> float:
    """The chance of at most `hits` of `total`."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 1.0 if hits >= total else 0.0
    if total <= 900:
        return sum(comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(hits + 1))
    # Large sets: step by step in logarithms-free form from the first term that does not vanish.
    from math import exp, lgamma, log

    logs = (
        lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) + k * log(p) + (total - k) * log(1 - p)
        for k in range(hits + 1)
    )
    return min(1.0, sum(exp(value) for value in logs if value > -700))


def _solve(function: Callable[[float], float], target: float) -> float:
    """Where a rising function reaches the target, by halving."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if function(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
