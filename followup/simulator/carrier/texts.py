"""Knows every text the carrier has carried: by SID, by phone, and in the order it was taken."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way a text went, in the carrier's words."""

    INBOUND = "inbound"
    API = "outbound-api"
    REPLY = "outbound-reply"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or other file on a text. `url` is set where the sender gave an address instead of the bytes."""

    sid: str
    content_type: str
    created: datetime
    content: bytes = b""
    url: str = ""


@dataclass(slots=True)
class Text:
    """One text. `sent` is None until it left; `shown` is the time on the phone, the other dates are the carrier's."""

    sid: str
    direction: Direction
    from_: str
    to: str
    body: str
    status: str
    created: datetime
    shown: datetime
    segments: int
    taken_at: float  # monotonic seconds
    service_sid: str = ""
    status_callback: str = ""
    sent: datetime | None = None
    updated: datetime | None = None
    error_code: int | None = None
    media: list[Media] = field(default_factory=list)
    held_receipts: list[list[tuple[str, str]]] = field(default_factory=list)  # to be posted after the next one
    logged: bool = True  # False: the carrier's own confirmation, which its log never shows

    @property
    def inbound(self) -> bool:
        """True for a text that a person's phone sent."""
        return self.direction is Direction.INBOUND

    @property
    def phone(self) -> str:
        """The person's number."""
        return self.from_ if self.inbound else self.to


@dataclass(frozen=True, slots=True)
class Accepted:
    """An API send that the carrier took, whatever the caller was told. `at` is monotonic seconds."""

    sid: str
    from_: str
    to: str
    body: str
    status_callback: str
    at: float


class TextRecord:
    """Every text, oldest first; with `keep`, only the newest that many.

    A text stands in each list in the order it was taken and leaves each from the left, so forgetting costs nothing.
    """

    def __init__(self, keep: int | None = None) -> None:
        self.keep = keep
        self.accepted: deque[Accepted] = deque(maxlen=keep)
        self._all: deque[Text] = deque()
        self._by_sid: dict[str, Text] = {}
        self._threads: dict[str, deque[Text]] = {}
        self._received: dict[str, deque[Text]] = {}  # inbound, by the clinic's number
        self._media: dict[str, tuple[Text, Media]] = {}

    def add(self, text: Text) -> None:
        """Remember a text, and forget the oldest where there are too many."""
        self._all.append(text)
        self._by_sid[text.sid] = text
        self._threads.setdefault(text.phone, deque()).append(text)
        if text.inbound:
            self._received.setdefault(text.to, deque()).append(text)
        for medium in text.media:
            self._media[medium.sid] = (text, medium)
        if self.keep is not None and len(self._all) > self.keep:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        text = self._all.popleft()
        self.remove(text)
        lists = [(self._threads, text.phone)]
        if text.inbound:
            lists.append((self._received, text.to))
        for texts, number in lists:
            texts[number].popleft()
            if not texts[number]:
                del texts[number]

    def remove(self, text: Text) -> None:
        """Take a text out of the carrier's log; the person's phone still has it."""
        self._by_sid.pop(text.sid, None)
        for medium in text.media:
            self._media.pop(medium.sid, None)

    def remove_media(self, medium: Media) -> None:
        """Delete one file of a text from the carrier; the person's phone still has it."""
        self._media.pop(medium.sid, None)

    def get(self, sid: str) -> Text | None:
        """The logged text with this SID."""
        text = self._by_sid.get(sid)
        return text if text is not None and text.logged else None

    def media(self, sid: str) -> tuple[Text, Media] | None:
        """A file by its own SID, with the text it came with."""
        return self._media.get(sid)

    def media_of(self, text: Text) -> list[Media]:
        """The files of a text that have not been deleted."""
        return [medium for medium in text.media if medium.sid in self._media]

    def thread(self, phone: str) -> list[Text]:
        """All that a person's phone shows, oldest first, the carrier's own confirmations included."""
        return list(self._threads.get(phone, ()))

    def phones(self) -> list[str]:
        """Every phone that has a thread, the one with the newest text first."""
        return sorted(self._threads, key=lambda phone: self._threads[phone][-1].taken_at, reverse=True)

    def newest_first(self, to: str | None = None, from_: str | None = None) -> Iterator[Text]:
        """Logged texts, newest first, narrowed by exact numbers."""
        source: deque[Text]
        if to is not None:
            source = self._received.get(to) or self._threads.get(to, deque())
        elif from_ is not None and from_ in self._threads:
            source = self._threads[from_]
        else:
            source = self._all
        for text in reversed(source):
            if text.logged and text.sid in self._by_sid and to in (None, text.to) and from_ in (None, text.from_):
                yield text

    def __iter__(self) -> Iterator[Text]:
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)
