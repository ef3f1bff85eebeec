"""A case: what a nurse works on, and the moves it may make."""

from enum import StrEnum

from followup.domain.errors import Conflict


class CaseStatus(StrEnum):
    """Where a case stands: open → acknowledged → resolved, and back to open when reopened."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class CaseKind(StrEnum):
    """Why a person must look."""

    REPLY = "reply"  # words of a known patient
    UNKNOWN_SENDER = "unknown_sender"  # words from a number or address that no patient has
    CALL_INSTEAD = "call_instead"  # texts stopped while a plan runs: a person calls
    UNREACHABLE = "unreachable"  # no channel is left for the plan
    SILENT = "silent"  # a check was never answered


class Move(StrEnum):
    """What can be done to a case."""

    ACKNOWLEDGE = "acknowledge"
    CONTACT = "contact"
    ANSWER = "answer"
    NOTE = "note"
    HAND_OVER = "hand_over"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CORRECT = "correct"  # the reading of one of its replies, with or without a change of the case


class Disposition(StrEnum):
    """What care was advised; a case cannot be resolved without one."""

    SELF_CARE = "self_care"
    SEE_TODAY = "see_today"
    SEE_SOON = "see_soon"
    EMERGENCY_CARE = "emergency_care"
    PRESCRIBER = "prescriber"
    ADMINISTRATIVE = "administrative"
    NO_CONCERN = "no_concern"
    WRONG_PERSON = "wrong_person"
    UNREACHABLE = "unreachable"

    @property
    def label(self) -> str:
        """The words staff see."""
        return _LABELS[self]


_LABELS = {
    Disposition.SELF_CARE: "Self-care advice given",
    Disposition.SEE_TODAY: "To be seen today",
    Disposition.SEE_SOON: "Appointment made",
    Disposition.EMERGENCY_CARE: "Sent to emergency care",
    Disposition.PRESCRIBER: "Passed to the prescriber",
    Disposition.ADMINISTRATIVE: "Administrative, done",
    Disposition.NO_CONCERN: "No concern",
    Disposition.WRONG_PERSON: "Wrong person",
    Disposition.UNREACHABLE: "Could not be reached",
}

_LEGAL: dict[Move, frozenset[CaseStatus]] = {
    Move.ACKNOWLEDGE: frozenset({CaseStatus.OPEN}),
    Move.CONTACT: frozenset({CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED}),
    Move.ANSWER: frozenset({CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED}),
    Move.NOTE: frozenset(CaseStatus),
    Move.HAND_OVER: frozenset({CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED}),
    Move.ESCALATE: frozenset({CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED}),
    Move.RESOLVE: frozenset({CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED}),
    Move.REOPEN: frozenset({CaseStatus.RESOLVED}),
    Move.CORRECT: frozenset(CaseStatus),
}


def legal_from(move: Move) -> frozenset[CaseStatus]:
    """The statuses a move may start from."""
    return _LEGAL[move]


def require_legal(move: Move, status: CaseStatus) -> None:
    """Raise Conflict when a case in this status cannot make this move."""
    if status not in _LEGAL[move]:
        raise Conflict(f"This case is {status}; it cannot {move.value.replace('_', ' ')} now.")
