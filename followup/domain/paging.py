"""Pages: their keys and how they ended, what a text from staff means, and how a drill went."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from followup.domain.delivery import Status
from followup.domain.ladder import PageChannel

# A page that has not left by then counts as lost, whatever the reason: the next rung is paged.
NOT_OUT_AFTER = timedelta(seconds=30)
# How long an unanswered page may be answered by text, and its link is good for.
ANSWERS_WITHIN = timedelta(hours=24)
DRILL_LASTS = timedelta(minutes=15)
FALLBACK_RUNG = -1  # nobody could be paged on the ladder: every administrator was, by email


class ContactKind(StrEnum):
    """What staff can be paged on."""

    MOBILE = "mobile"  # texts and calls
    EMAIL = "email"


class AnsweredBy(StrEnum):
    """How a page was acknowledged."""

    SMS = "sms"
    CALL = "call"
    EMAIL = "email"  # by the link in it
    APP = "app"  # the case was acknowledged on the screen

    @property
    def label(self) -> str:
        """The words staff see."""
        return {"sms": "by text", "call": "on the phone", "email": "by its link", "app": "on the screen"}[self.value]


class StaffWords(StrEnum):
    """What a text from staff to the number that pages means."""

    TAKE = "take"
    DECLINE = "decline"
    STOP = "stop"
    START = "start"
    OTHER = "other"


_WORDS: dict[StaffWords, frozenset[str]] = {
    StaffWords.TAKE: frozenset(
        {"1", "ok", "okay", "k", "yes", "y", "ack", "mine", "si", "sí", "on it", "taking it", "got it", "i got it",
         "i have it", "lo tomo", "yo voy"}
    ),
    StaffWords.DECLINE: frozenset({"2", "no", "n", "pass", "busy", "cant", "can't", "i can't", "paso", "no puedo"}),
    StaffWords.STOP: frozenset(
        {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "opt out", "cancel", "alto"}
    ),
    StaffWords.START: frozenset({"start", "unstop"}),
}  # fmt: skip


def staff_words(text: str) -> StaffWords:
    """What a text from staff means; words that say more than an answer are OTHER, and never take a case."""
    plain = text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    said = " ".join(re.sub(r"[^\w' ]+", " ", plain).split())
    return next((meaning for meaning, words in _WORDS.items() if said in words), StaffWords.OTHER)


def page_key(*, subject: UUID, climb: int, channel: PageChannel, to: UUID) -> str:
    """What makes the same page twice impossible: one for each climb of a case (or a drill), whom, and channel."""
    return f"{subject}:{climb}:{channel}:{to}"


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page as it stands, for a list, a timeline or a drill. `to` names the person or webhook."""

    id: UUID
    rung: int
    climb: int
    staff_id: UUID | None
    to: str
    channel: PageChannel
    status: Status
    reason: str | None
    created_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_how: AnsweredBy | None
    declined_at: datetime | None

    @property
    def lost(self) -> bool:
        """True when it reached nobody."""
        return self.status in LOST


LOST = frozenset({Status.FAILED, Status.UNDELIVERED, Status.SKIPPED, Status.CANCELLED})


class DrillResult(StrEnum):
    """How a drill went."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """One drill: its pages, and for each rung of the ladder the ids of those that can answer for it (maybe none)."""

    id: UUID
    started_at: datetime
    started_by: str  # the name
    rungs: tuple[tuple[UUID, ...], ...]
    pages: tuple[PageFacts, ...]

    @property
    def unanswered(self) -> tuple[int, ...]:
        """The rungs, from 0, on which nobody has answered (a webhook: has taken it)."""
        answered = {page.id for page in self.pages if _answered(page)}
        return tuple(number for number, ids in enumerate(self.rungs) if not answered & set(ids))

    def result(self, now: datetime) -> DrillResult:
        """Passed once every rung was answered; failed when time is up before, or where there is no ladder."""
        if self.rungs and not self.unanswered:
            return DrillResult.PASSED
        return DrillResult.RUNNING if now < self.started_at + DRILL_LASTS and self.rungs else DrillResult.FAILED


def _answered(page: PageFacts) -> bool:
    taken = page.channel is PageChannel.WEBHOOK and page.status is Status.DELIVERED
    return page.acknowledged_at is not None or taken
