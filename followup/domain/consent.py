"""Over which channel a patient may be reached, and why not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from followup.domain.delivery import Channel


class Unreachable(StrEnum):
    """Why a channel is closed for a patient; `words` says it to a nurse."""

    DECEASED = "deceased"
    WITHDRAWN = "withdrawn"
    OPTED_OUT = "opted_out"
    CONSENT_MISSING = "consent_missing"
    CONSENT_REFUSED = "consent_refused"
    NO_ADDRESS = "no_address"
    UNDELIVERABLE = "undeliverable"

    @property
    def words(self) -> str:
        """The reason in words a nurse understands."""
        return _WORDS[self]


_WORDS = {
    Unreachable.DECEASED: "the patient has died",
    Unreachable.WITHDRAWN: "the patient has left the follow-up",
    Unreachable.OPTED_OUT: "the patient asked us to stop",
    Unreachable.CONSENT_MISSING: "no consent is on record",
    Unreachable.CONSENT_REFUSED: "the patient said no",
    Unreachable.NO_ADDRESS: "no number or address is on record",
    Unreachable.UNDELIVERABLE: "earlier messages could not be delivered there",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """What a patient said about one channel: yes or no, when, to whom, how, and whether the privacy risk was named.

    `how` is a word such as "form", "phone", "desk", "api" or "import". `privacy_warning` is True when the patient
    was told that texts and mail are not private and still prefers them (HHS, Omnibus Rule 2013, on unencrypted mail).
    """

    channel: Channel
    given: bool
    at: datetime
    by: str
    how: str
    privacy_warning: bool = False


def reachable(
    channel: Channel,
    consent: Consent | None,
    opted_out: bool,
    has_address: bool,
    undeliverable: bool = False,
) -> Unreachable | None:
    """None when this channel may be used, else why not; the reason the patient gave comes before a technical one.

    Missing consent means no. An opt-out beats any consent: only START, or staff recording new consent (which clears
    the opt-out in the same step), lifts it (47 CFR 64.1200(a)(10)). Raises ValueError on another channel's consent.
    """
    if consent is not None and consent.channel is not channel:
        raise ValueError(f"a consent to {consent.channel} says nothing about {channel}")
    if opted_out:
        return Unreachable.OPTED_OUT
    if consent is None:
        return Unreachable.CONSENT_MISSING
    if not consent.given:
        return Unreachable.CONSENT_REFUSED
    if not has_address:
        return Unreachable.NO_ADDRESS
    if undeliverable:
        return Unreachable.UNDELIVERABLE
    return None
