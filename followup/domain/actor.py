"""Who did something, as the record writes it: "staff:<id>", "api:<id>", "patient:<id>", "operator", "system"."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What sort of someone it was."""

    STAFF = "staff"
    API = "api"
    PATIENT = "patient"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts; `id` is None for the operator at the command line and for the service itself."""

    kind: ActorKind
    id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)
OPERATOR = Actor(ActorKind.OPERATOR)
