"""What is known of a reply before it is read, and what the reading says."""

from dataclasses import dataclass

from followup.domain.acuity import Acuity

NURSE = "nurse"
"""`ReplyContext.last_message` when the last text was a nurse's own."""
SECOND_READER = "second-reader"
"""The rule of evidence that no rule found: the whole reply, which the second reader raised."""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A protocol's own red flag: words that may only raise a reply, never lower it."""

    words: str
    acuity: Acuity
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """One reply and what surrounds it. Hours are since the procedure; `earlier` is oldest first."""

    text: str
    protocol: str | None = None
    body_site: str | None = None
    hours_since_procedure: float | None = None
    last_message: str | None = None
    channel: str = "sms"
    lang: str | None = None
    attachments: int = 0
    earlier: tuple[str, ...] = ()
    clinic_words: tuple[str, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a rule fired: `text == original[start:end]`."""

    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The reading of one reply, with everything needed to explain and repeat it."""

    acuity: Acuity
    opt_out: bool = False
    evidence: tuple[Evidence, ...] = ()
    version: str = ""
    language: str = "en"
    self_harm: bool = False
    wrong_number: bool = False
    answer: str | None = None
    pain: int | None = None  # the score that was given last, 0 to 10
    understood: bool = True
    automatic: bool = False
    proxy: bool = False
    reasons: tuple[str, ...] = ()
