"""What a nurse's correction of a reading may say, and what it does to a case."""

from collections.abc import Iterable

from followup.domain.acuity import Acuity
from followup.domain.errors import Fault, InvalidInput

LEVELS = (Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE, Acuity.NONE)


def corrected(acuity: str, stands: Acuity) -> Acuity:
    """The level that a reply is corrected to. Raises InvalidInput for an unknown one and for the one that stands."""
    if acuity not in LEVELS:
        raise InvalidInput(Fault("acuity", f"{acuity!r} is not one of {', '.join(LEVELS)}"))
    if acuity == stands:
        raise InvalidInput(Fault("acuity", f"The reply stands as {stands} already; choose another."))
    return Acuity(acuity)


def lowered(to: Acuity, others: Iterable[Acuity]) -> Acuity:
    """Where a case comes to stand when one of its replies is corrected to `to`: never below another of its replies.

    A case is never less than routine: whether anything is left to do is said by resolving it.
    """
    return max((Acuity.ROUTINE, to, *others), key=lambda level: level.rank)
