"""What a provider's answer means for a message, for its sender and for the nurse: one table by code."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What to do about a provider's answer."""

    BACK_OFF = "back_off"  # the whole sender is too fast, or the provider is down: everything waits a little
    CAPPED = "capped"  # the sender's day is used up: everything unasked waits for the carrier's next day
    RETRY = "retry"  # this message again, later
    DEAD = "dead"  # nothing will reach this address: the other channel, else a nurse calls
    REFUSED = "refused"  # this message will not go this way: the other channel, else a nurse calls
    OPTED_OUT = "opted_out"  # the person said stop to the carrier
    STOP_SENDER = "stop_sender"  # set up wrong: nothing of this sender goes until the operator has acted
    UNKNOWN = "unknown"  # the provider may or may not have it: look, never guess


class SendReason(StrEnum):
    """Why a communication is not simply sent; `words` says it to a nurse."""

    TOO_FAST = "too_fast"
    DAILY_CAP = "daily_cap"
    PROVIDER_DOWN = "provider_down"
    IN_DOUBT = "in_doubt"
    OPTED_OUT = "opted_out"
    BAD_ADDRESS = "bad_address"
    LANDLINE = "landline"
    PHONE_OFF = "phone_off"
    PHONE_UNKNOWN = "phone_unknown"
    BLOCKED = "blocked"
    FILTERED = "filtered"
    REGION = "region"
    CARRIER_TROUBLE = "carrier_trouble"
    TOO_OLD = "too_old"
    CONTENT = "content"
    ACCOUNT = "account"
    SENDER_SETUP = "sender_setup"
    NOT_REGISTERED = "not_registered"
    MAILBOX_BUSY = "mailbox_busy"
    MAILBOX_FULL = "mailbox_full"
    MAIL_REFUSED = "mail_refused"
    REFUSED = "refused"
    MISSED = "missed"
    GAVE_UP = "gave_up"
    PROCEDURE_ENDED = "procedure_ended"
    NO_WORDS = "no_words"

    @property
    def words(self) -> str:
        """The reason in words a nurse understands."""
        return _WORDS[self]


_WORDS = {
    SendReason.TOO_FAST: "the carrier asked us to slow down; it goes as soon as it may",
    SendReason.DAILY_CAP: "the number's daily limit is used up; it goes when the carrier's next day begins",
    SendReason.PROVIDER_DOWN: "the carrier or mail server does not answer; it is tried again",
    SendReason.IN_DOUBT: "we cannot tell yet whether this went out; we are asking the carrier",
    SendReason.OPTED_OUT: "the patient asked us to stop",
    SendReason.BAD_ADDRESS: "this number or address does not exist",
    SendReason.LANDLINE: "this is a landline or cannot get texts",
    SendReason.PHONE_OFF: "the phone is off or has no signal",
    SendReason.PHONE_UNKNOWN: "the phone is unknown to its carrier; the number may have changed",
    SendReason.BLOCKED: "the phone or its carrier blocks our texts",
    SendReason.FILTERED: "the carrier took this text for spam",
    SendReason.REGION: "texts to this country are not switched on",
    SendReason.CARRIER_TROUBLE: "the carrier had trouble and did not deliver it",
    SendReason.TOO_OLD: "it could not be delivered while it was still useful",
    SendReason.CONTENT: "the carrier does not accept what is in this message",
    SendReason.ACCOUNT: "the account with the carrier or mail server does not work; the operator must act",
    SendReason.SENDER_SETUP: "the clinic's number or address is not set up to send; the operator must act",
    SendReason.NOT_REGISTERED: "the clinic's number is not registered with the carriers; the operator must act",
    SendReason.MAILBOX_BUSY: "the patient's mail server asked us to try again later",
    SendReason.MAILBOX_FULL: "the patient's mailbox is full",
    SendReason.MAIL_REFUSED: "the patient's mail server refused it",
    SendReason.REFUSED: "the carrier or mail server refused it",
    SendReason.MISSED: "it could not be sent while it was still useful",
    SendReason.GAVE_UP: "it was tried several times without success",
    SendReason.PROCEDURE_ENDED: "the procedure was cancelled",
    SendReason.NO_WORDS: "its words could not be put together from the protocol; the operator must act",
}


@dataclass(frozen=True, slots=True)
class ProviderOutcome:
    """What one answer means; `after` is how long to wait where it is worth trying again, `tries` how often in all."""

    verdict: Verdict
    reason: SendReason
    after: timedelta = timedelta(0)
    tries: int = 1


def _stop(reason: SendReason) -> ProviderOutcome:
    return ProviderOutcome(Verdict.STOP_SENDER, reason)


def _retry(reason: SendReason, after: timedelta, tries: int) -> ProviderOutcome:
    return ProviderOutcome(Verdict.RETRY, reason, after, tries)


_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
_DEAD_NUMBER = ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS)
_LANDLINE = ProviderOutcome(Verdict.DEAD, SendReason.LANDLINE)
_OPTED_OUT = ProviderOutcome(Verdict.OPTED_OUT, SendReason.OPTED_OUT)
_TOO_FAST = ProviderOutcome(Verdict.BACK_OFF, SendReason.TOO_FAST)
_CAPPED = ProviderOutcome(Verdict.CAPPED, SendReason.DAILY_CAP)
_DOWN = ProviderOutcome(Verdict.BACK_OFF, SendReason.PROVIDER_DOWN)
_CONTENT = ProviderOutcome(Verdict.REFUSED, SendReason.CONTENT)
_REFUSED = ProviderOutcome(Verdict.REFUSED, SendReason.REFUSED)
_IN_DOUBT = ProviderOutcome(Verdict.UNKNOWN, SendReason.IN_DOUBT)

# Meanings from Twilio's published error pages; where those leave open what to do, the more careful way is taken.
_TWILIO: dict[str, ProviderOutcome] = {
    "20003": _stop(SendReason.ACCOUNT),
    "20404": _stop(SendReason.ACCOUNT),
    "20429": _TOO_FAST,
    "20500": _IN_DOUBT,
    "20503": _IN_DOUBT,
    "21211": _DEAD_NUMBER,
    "21212": _stop(SendReason.SENDER_SETUP),
    "21210": _stop(SendReason.SENDER_SETUP),
    "21408": ProviderOutcome(Verdict.REFUSED, SendReason.REGION),
    "21602": _CONTENT,
    "21603": _stop(SendReason.SENDER_SETUP),
    "21606": _stop(SendReason.SENDER_SETUP),
    "21609": _stop(SendReason.SENDER_SETUP),
    "21608": ProviderOutcome(Verdict.REFUSED, SendReason.REGION),
    "21610": _OPTED_OUT,
    "21611": _TOO_FAST,
    "21612": _LANDLINE,
    "21614": _LANDLINE,
    "21617": _CONTENT,
    "21619": _CONTENT,
    "21635": _LANDLINE,
    "21701": _stop(SendReason.SENDER_SETUP),
    "21703": _stop(SendReason.SENDER_SETUP),
    "21704": _stop(SendReason.SENDER_SETUP),
    "30001": _retry(SendReason.CARRIER_TROUBLE, timedelta(minutes=5), 3),
    "30002": _stop(SendReason.ACCOUNT),
    "30003": _retry(SendReason.PHONE_OFF, _HOUR, 3),
    "30004": ProviderOutcome(Verdict.DEAD, SendReason.BLOCKED),
    "30005": _retry(SendReason.PHONE_UNKNOWN, _DAY, 2),
    "30006": _LANDLINE,
    "30007": ProviderOutcome(Verdict.REFUSED, SendReason.FILTERED),
    "30008": _retry(SendReason.CARRIER_TROUBLE, _QUARTER, 2),
    "30017": _retry(SendReason.CARRIER_TROUBLE, _QUARTER, 3),
    "30022": _TOO_FAST,
    "30023": _CAPPED,
    "30024": _stop(SendReason.SENDER_SETUP),
    "30027": _CAPPED,
    "30032": _stop(SendReason.NOT_REGISTERED),
    "30034": _stop(SendReason.NOT_REGISTERED),
    "30035": _stop(SendReason.SENDER_SETUP),
    "30036": ProviderOutcome(Verdict.REFUSED, SendReason.TOO_OLD),
    "30410": _retry(SendReason.CARRIER_TROUBLE, _QUARTER, 3),
    "30450": _retry(SendReason.CARRIER_TROUBLE, timedelta(minutes=30), 2),
    "30453": _retry(SendReason.CARRIER_TROUBLE, timedelta(minutes=30), 2),
    "30610": _retry(SendReason.CARRIER_TROUBLE, _HOUR, 3),
    "30640": _REFUSED,
    "35118": _stop(SendReason.SENDER_SETUP),
}

# SMTP replies (RFC 5321, 4.2.3) and enhanced codes (RFC 3463) as "smtp:550" or "smtp:5.1.1".
_SMTP: dict[str, ProviderOutcome] = {
    "421": _DOWN,
    "450": _retry(SendReason.MAILBOX_BUSY, _QUARTER, 5),
    "451": _retry(SendReason.MAILBOX_BUSY, _QUARTER, 5),
    "452": _retry(SendReason.MAILBOX_FULL, _HOUR, 3),
    "454": _DOWN,
    "530": _stop(SendReason.ACCOUNT),
    "534": _stop(SendReason.ACCOUNT),
    "535": _stop(SendReason.ACCOUNT),
    "550": ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS),
    "551": ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS),
    "552": _retry(SendReason.MAILBOX_FULL, _HOUR, 2),
    "553": ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS),
    "554": ProviderOutcome(Verdict.REFUSED, SendReason.MAIL_REFUSED),
    "5.1.1": ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS),
    "5.1.2": ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS),
    "5.1.8": _stop(SendReason.SENDER_SETUP),
    "5.2.1": ProviderOutcome(Verdict.DEAD, SendReason.BAD_ADDRESS),
    "5.2.2": _retry(SendReason.MAILBOX_FULL, _HOUR, 2),
    "5.7.0": ProviderOutcome(Verdict.REFUSED, SendReason.MAIL_REFUSED),
    "5.7.1": ProviderOutcome(Verdict.REFUSED, SendReason.MAIL_REFUSED),
    "sender": _stop(SendReason.SENDER_SETUP),
}
# The enhanced codes that say more than the reply code in front of them.
ENHANCED = frozenset(code for code in _SMTP if "." in code)


def outcome_of(code: str | int | None, http_status: int | None = None) -> ProviderOutcome:
    """What an answer means, by the provider's code ("21610", "smtp:550"), else by its HTTP status.

    A code nobody knows is decided by the status: too many asks us to wait, 401 and 403 are a wrong set-up, a 5xx
    leaves open whether the message was taken, and anything else is a refusal of this message alone. Texts in the
    provider's answers are not looked at: they change.
    """
    word = "" if code is None else str(code).strip()
    if word.startswith("smtp:"):
        return _smtp(word.removeprefix("smtp:"))
    if word in _TWILIO:
        return _TWILIO[word]
    if http_status == 429:
        return _TOO_FAST
    if http_status in (401, 403):
        return _stop(SendReason.ACCOUNT)
    if http_status is not None and http_status >= 500:
        return _IN_DOUBT
    if http_status == 408:
        return _IN_DOUBT
    return _REFUSED


def _smtp(code: str) -> ProviderOutcome:
    if code in _SMTP:
        return _SMTP[code]
    if code.startswith("4"):
        return _retry(SendReason.MAILBOX_BUSY, _QUARTER, 5)
    return ProviderOutcome(Verdict.REFUSED, SendReason.MAIL_REFUSED)
