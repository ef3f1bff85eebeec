"""What can become of an outbound communication, and which receipts may still change it."""

from enum import IntEnum, StrEnum


class Channel(StrEnum):
    """How words travel. `phone` is what staff wrote down from a call; `checkin` came from the patient's page."""

    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"
    CHECKIN = "checkin"


class Kind(StrEnum):
    """Why a communication exists. Only `step` is unasked: it counts toward the caps and waits for quiet hours."""

    STEP = "step"
    EMERGENCY = "emergency"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    OPT_IN_CONFIRMATION = "opt_in_confirmation"
    HELP = "help"
    AFTER_HOURS = "after_hours"
    ANSWER = "answer"
    PAGE = "page"
    STAFF_NOTICE = "staff_notice"  # to an administrator, about the clinic and no patient


class Priority(IntEnum):
    """Who goes first at every stage: a lower number never waits for a higher one."""

    EMERGENCY = 0
    PAGE = 1
    ANSWER = 2
    STEP = 3


PRIORITY_OF: dict[Kind, Priority] = {
    Kind.EMERGENCY: Priority.EMERGENCY,
    Kind.PAGE: Priority.PAGE,
    Kind.OPT_OUT_CONFIRMATION: Priority.ANSWER,
    Kind.OPT_IN_CONFIRMATION: Priority.ANSWER,
    Kind.HELP: Priority.ANSWER,
    Kind.AFTER_HOURS: Priority.ANSWER,
    Kind.ANSWER: Priority.ANSWER,
    Kind.STAFF_NOTICE: Priority.ANSWER,
    Kind.STEP: Priority.STEP,
}


class Status(StrEnum):
    """Where a communication stands.

    planned → queued → sending → sent → delivered
                                     ↘ undelivered
    planned → skipped | cancelled; sending → failed | unknown; unknown → sent | planned | failed
    """

    PLANNED = "planned"  # due at `due_at`, not before
    QUEUED = "queued"  # claimed into a batch; the lease says until when
    SENDING = "sending"  # an attempt is recorded and the provider is being called
    UNKNOWN = "unknown"  # the provider may or may not have it: reconciled, never guessed
    SENT = "sent"  # the provider accepted it
    DELIVERED = "delivered"  # the carrier or mail server says it arrived
    UNDELIVERED = "undelivered"  # the carrier or mail server says it did not
    FAILED = "failed"  # refused for good
    SKIPPED = "skipped"  # was never sent, and the reason says why
    CANCELLED = "cancelled"  # the plan, the patient or staff took it back before it went

    @property
    def final(self) -> bool:
        """True when nothing of ours will change it any more; only a receipt may."""
        return self in _FINAL

    @property
    def unsent(self) -> bool:
        """True while it may still be moved or cancelled without anyone having seen it."""
        return self in (Status.PLANNED, Status.QUEUED)


_FINAL = frozenset({Status.SENT, Status.DELIVERED, Status.UNDELIVERED, Status.FAILED, Status.SKIPPED, Status.CANCELLED})

# Receipts come in any order and more than once: a status only ever moves to a higher rank, and the two ends are equal,
# so whichever terminal receipt came first stays.
_RECEIPT_RANK: dict[Status, int] = {
    Status.PLANNED: 0,
    Status.QUEUED: 0,
    Status.SENDING: 0,
    Status.UNKNOWN: 0,
    Status.FAILED: 1,
    Status.SENT: 2,
    Status.DELIVERED: 3,
    Status.UNDELIVERED: 3,
}


def advance(current: Status, receipt: Status) -> Status:
    """The status after a receipt, whatever order receipts arrive in.

    A late `sent` does not undo `delivered`; the first terminal receipt stays; a row that was skipped or cancelled
    before it went cannot be changed by a receipt.
    """
    if current in (Status.SKIPPED, Status.CANCELLED):
        return current
    return receipt if _RECEIPT_RANK[receipt] > _RECEIPT_RANK[current] else current
