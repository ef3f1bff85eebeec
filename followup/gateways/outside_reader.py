"""The door to another reader of replies (a language model that the clinic trusts), shut unless it is set up."""

from dataclasses import dataclass
from typing import Protocol

from followup.domain.acuity import Acuity


@dataclass(frozen=True, slots=True)
class Asked:
    """A reply without what tells whose it is, and what surrounds it. Hours are since the procedure."""

    words: str
    question: str | None = None
    hours: float | None = None
    body_site: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another reader makes of a reply; the explanation is for people and is trusted with nothing."""

    acuity: Acuity
    explanation: str


class OutsideReader(Protocol):
    """Reads one reply, within a few seconds or not at all."""

    @property
    def name(self) -> str:
        """Which model reads."""
        ...

    def ask(self, asked: Asked) -> Opinion:
        """Its opinion. Raises a GatewayError when there is none in time or it makes no sense."""
        ...
