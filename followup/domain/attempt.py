"""What can become of one call to a provider, and what a receipt may still change about it."""

from enum import StrEnum

from followup.domain.delivery import Status, advance


class AttemptOutcome(StrEnum):
    """Where one attempt stands. It is written down before the provider is called."""

    STARTED = "started"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_ACCEPTED = "not_accepted"  # looked for twice in the provider's list, and not there
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


_AS_STATUS = {
    AttemptOutcome.STARTED: Status.SENDING,
    AttemptOutcome.ACCEPTED: Status.SENT,
    AttemptOutcome.REFUSED: Status.FAILED,
    AttemptOutcome.UNKNOWN: Status.UNKNOWN,
    AttemptOutcome.NOT_ACCEPTED: Status.UNKNOWN,
    AttemptOutcome.DELIVERED: Status.DELIVERED,
    AttemptOutcome.UNDELIVERED: Status.UNDELIVERED,
}
_AS_OUTCOME = {
    Status.SENT: AttemptOutcome.ACCEPTED,
    Status.DELIVERED: AttemptOutcome.DELIVERED,
    Status.UNDELIVERED: AttemptOutcome.UNDELIVERED,
}

# The carrier's words for a message's progress. What is missing here ("queued", "sending") says nothing new but that
# the carrier has the message. `failed` after it was taken is an end like `undelivered`; `sent` may be the last word.
_RECEIPTS = {
    "accepted": Status.SENT,
    "scheduled": Status.SENT,
    "queued": Status.SENT,
    "sending": Status.SENT,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "partially_delivered": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.UNDELIVERED,
    "canceled": Status.UNDELIVERED,
}


def receipt_status(word: str) -> Status | None:
    """What a receipt's word means for a communication; None for a word that we do not know."""
    return _RECEIPTS.get(word.strip().lower())


def after_receipt(outcome: AttemptOutcome, receipt: Status) -> AttemptOutcome:
    """An attempt's outcome after a receipt, whatever order receipts arrive in; the same where nothing changes."""
    before = _AS_STATUS[outcome]
    after = advance(before, receipt)
    return outcome if after is before else _AS_OUTCOME[after]


def follow(current: Status, outcome: AttemptOutcome) -> Status:
    """The communication's status once its latest attempt has this outcome (accepted, delivered or undelivered).

    A communication that waits to be sent again because the attempt was taken for lost follows it too: it went out
    after all, and must not go twice. What was cancelled or skipped stays so.
    """
    return advance(current, _AS_STATUS[outcome])
