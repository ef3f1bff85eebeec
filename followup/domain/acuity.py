"""How fast a reply must be answered: the acuity scale of the triage guide."""

from enum import StrEnum


class Acuity(StrEnum):
    """What a nurse would say of one reply, most pressing first."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    NONE = "none"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"

    @property
    def rank(self) -> int:
        """Clinical height: 3 emergency, 2 urgent, 1 routine, 0 everything that no one needs to read."""
        return _RANK.get(self, 0)

    @property
    def queued(self) -> bool:
        """True when a reply of this acuity opens, joins or raises a case."""
        return self.rank > 0


_RANK = {Acuity.EMERGENCY: 3, Acuity.URGENT: 2, Acuity.ROUTINE: 1}


def higher(one: Acuity, other: Acuity) -> Acuity:
    """The more pressing of two acuities; the first where they are level."""
    return other if other.rank > one.rank else one
