"""Everything that can be refused or go wrong, as one tree.

FollowupError                      has a stable `code`; its docstring is the message where none is given
├── InvalidInput                   something given is wrong: `faults` names each field, value and why
├── NotFound                       not there, or not this clinic's (the two look alike on purpose)
├── Conflict                       someone else was first, or the thing is no longer in that state
├── NotAllowed                     this person or key may not do that
├── ConfigurationError             settings, files or the data directory are wrong: the operator must act
└── GatewayError                   a door out failed
    ├── TransientGatewayError      try again, not before `retry_after` seconds
    └── PermanentGatewayError      will never work: `reason` is for a nurse, `reason_code` for the record
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was given: where, and what to do about it."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class FollowupError(Exception):
    """Something went wrong."""

    code = "error"

    def __init__(self, message: str = "") -> None:
        self.message = message or " ".join((type(self).__doc__ or "").split())
        super().__init__(self.message)


class InvalidInput(FollowupError):
    """What was given cannot be used."""

    code = "invalid_input"

    def __init__(self, faults: Sequence[Fault] | Fault, message: str = "") -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(message or "; ".join(str(fault) for fault in self.faults))


class NotFound(FollowupError):
    """There is no such thing here."""

    code = "not_found"


class Conflict(FollowupError):
    """Someone else was first."""

    code = "conflict"

    def __init__(self, message: str = "", faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__(message)


class NotAllowed(FollowupError):
    """You may not do that."""

    code = "not_allowed"


class ConfigurationError(FollowupError):
    """The service is not set up right."""

    code = "configuration"


class GatewayError(FollowupError):
    """A door out failed."""

    code = "gateway"


class TransientGatewayError(GatewayError):
    """It may work later."""

    code = "gateway_transient"

    def __init__(
        self,
        message: str = "",
        retry_after: float | None = None,
        *,
        accepted_unknown: bool = False,
        reason_code: str = "",
    ) -> None:
        self.retry_after = retry_after
        self.reason_code = reason_code  # the provider's own, where it gave one
        # True when the provider may have accepted the message before the failure (time-out, 5xx, dropped line):
        # such an outcome is reconciled with the provider's own list, never blindly repeated.
        self.accepted_unknown = accepted_unknown
        super().__init__(message)


class PermanentGatewayError(GatewayError):
    """It will never work."""

    code = "gateway_permanent"

    def __init__(self, reason: str = "", reason_code: str = "") -> None:
        self.reason = reason
        self.reason_code = reason_code
        super().__init__(reason)
