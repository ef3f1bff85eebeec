"""How the rules and the second reader together settle the level of a reply.

The second reader sees what the rules saw and may raise a reply, or help to dismiss one that the rules find nothing in.
Nothing is dismissed on its word alone against a rule that stands, and without it only what the rules know as benign is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from followup.domain.acuity import Acuity
from followup.domain.triage.rules import FIGURE_OF_DEATH, Weighed

_NONE, _ROUTINE, _URGENT, _EMERGENCY, _OPT_OUT = range(5)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which likelihood a level holds; `agreed` where the rules say the same, tuned on batches set aside."""

    emergency: float = 0.50
    emergency_agreed: float = 0.40
    urgent: float = 0.45
    urgent_agreed: float = 0.28
    benign: float = 0.65
    benign_agreed: float = 0.60
    risk: float = 0.16
    risk_agreed: float = 0.16
    opt_out: float = 0.15
    opt_out_agreed: float = 0.03
    opt_out_benign: float = 0.40
    beside_stop: float = 0.10
    automatic: float = 0.60


CAUTIOUS = Thresholds(
    emergency_agreed=0.32, urgent=0.42, urgent_agreed=0.25, benign=0.65, benign_agreed=0.45, risk=0.03,
    risk_agreed=0.08, opt_out=0.60, opt_out_agreed=0.06,
)  # fmt: skip
"""For a reader without the third part: it knows less of unseen words, so it dismisses less."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The level, whether the reply asks for no more texts, and why."""

    acuity: Acuity
    opt_out: bool
    understood: bool
    reasons: tuple[str, ...]


def decide(weighed: Weighed, second: tuple[Sequence[float], float] | None, limits: Thresholds) -> Decision:
    """The level of a reply; `second` is what the second reader thinks of level and opt-out, None when it is missing."""
    if second is None:
        return _by_rules(weighed)
    chances, stop = second
    floor = max((mark.acuity.rank for mark in weighed.marks if mark.rule in FIRM), default=0)
    if weighed.self_harm:
        floor = 3
    elif weighed.strong and weighed.acuity.rank >= 2:
        floor = max(floor, weighed.acuity.rank)
    above = chances[_URGENT] + chances[_EMERGENCY]
    benign = chances[_NONE] + chances[_OPT_OUT]
    top = weighed.acuity.rank
    opt_out = stop >= (limits.opt_out_agreed if weighed.opt_out else limits.opt_out)
    if opt_out and above >= limits.beside_stop:
        # A reply that asks to stop is classed by what else it says: the opt-out's own likelihood is set aside.
        above = above / max(1.0 - chances[_OPT_OUT], above)
    reasons = [f"second reader: emergency {chances[_EMERGENCY]:.2f}, urgent {chances[_URGENT]:.2f}, "
               f"routine {chances[_ROUTINE]:.2f}, none {benign:.2f}"]  # fmt: skip
    if floor >= 3 or chances[_EMERGENCY] >= (limits.emergency_agreed if top >= 3 else limits.emergency):
        level = Acuity.EMERGENCY
    elif floor >= 2 or above >= _urgent_from(weighed, limits):
        level = Acuity.URGENT
    elif floor >= 1:
        level = Acuity.ROUTINE
    elif _dismissible(weighed, benign, above, limits):
        level = Acuity.NONE
    else:
        level = Acuity.ROUTINE
    if opt_out and (
        level is Acuity.NONE
        or (level is Acuity.ROUTINE and top == 0 and benign >= limits.opt_out_benign and above <= limits.risk_agreed)
    ):
        level = Acuity.OPT_OUT
    understood = level is not Acuity.ROUTINE or top >= 1
    return Decision(level, opt_out, understood, tuple(reasons))


FIRM = frozenset(("temperature-high", "oxygen-low", "pain-rise", "worse", FIGURE_OF_DEATH))
"""Rules whose level stands whatever the second reader says: they read numbers, plain worsening and jests of death."""


def _urgent_from(weighed: Weighed, limits: Thresholds) -> float:
    if weighed.acuity.rank >= 2:
        return limits.urgent_agreed
    return limits.automatic if _only_a_notice(weighed) else limits.urgent


def _only_a_notice(weighed: Weighed) -> bool:
    """A machine's notice (`for urgent matters call ...`) in which no rule finds anything to read."""
    return weighed.automatic and not any(mark.acuity.rank for mark in weighed.marks)


def _dismissible(weighed: Weighed, benign: float, above: float, limits: Thresholds) -> bool:
    """Likely benign and hardly likely grave; less is asked where the rules know good news and find nothing else."""
    if any(mark.acuity.rank >= 2 for mark in weighed.marks):
        return False  # a red flag that the rules let stand is read by a person, whatever the learned parts say
    if _only_a_notice(weighed):
        return above < limits.automatic
    if weighed.acuity.rank == 0 and (weighed.benign or weighed.opt_out):
        return benign >= limits.benign_agreed and above <= limits.risk_agreed
    return benign >= limits.benign and above <= limits.risk


def _by_rules(weighed: Weighed) -> Decision:
    reasons = ("second reader missing: read by rules alone",)
    if weighed.acuity.rank == 0 and weighed.opt_out:
        return Decision(Acuity.OPT_OUT, True, True, reasons)
    if weighed.acuity.rank == 0 and not (weighed.benign and weighed.cover >= 0.8):
        return Decision(Acuity.ROUTINE, weighed.opt_out, False, reasons)
    return Decision(weighed.acuity, weighed.opt_out, True, reasons)
