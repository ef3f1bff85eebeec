"""Answers a question about the carrier's log: filters by number and date, newest first, in pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from followup.simulator.carrier.refusals import Refusal
from followup.simulator.carrier.texts import Text

_DEFAULT_PAGE, _MAX_PAGE = 50, 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of texts and how to ask for the next (None: this is the last)."""

    texts: list[Text]
    number: int
    size: int
    next_token: str | None


def page_of(texts: Iterator[Text], page: str, page_size: str, token: str) -> Page:
    """Cut one page. A token continues behind the text it names, so new arrivals do not shift what follows.

    Raises Refusal for a page or size that is no number.
    """
    try:
        number, size = int(page or 0), int(page_size or _DEFAULT_PAGE)
    except ValueError:
        raise Refusal(20001, "Page and PageSize must be whole numbers") from None
    if number < 0 or size < 1:
        raise Refusal(20001, "Page must be at least 0 and PageSize at least 1")
    size = min(size, _MAX_PAGE)
    if token:
        behind = token.removeprefix("PA")
        for text in texts:
            if text.sid == behind:
                break
    elif number:
        next(islice(texts, number * size - 1, None), None)
    cut = list(islice(texts, size + 1))
    return Page(cut[:size], number, size, f"PA{cut[size - 1].sid}" if len(cut) > size else None)


def sent_within(texts: Iterator[Text], on: str, not_before: str, not_after: str) -> Iterator[Text]:
    """Keep the texts sent on a day (a moment given there stands for its day), or from or up to a day or moment, GMT.

    Texts that have not left fail every such filter.

    Raises Refusal for a date that is none.
    """
    first, last = _bounds(on[: len("2026-01-31")]) if on else (None, None)
    if not_before:
        first = _bounds(not_before)[0]
    if not_after:
        last = _bounds(not_after)[1]
    if first is None and last is None:
        return texts
    return (
        text
        for text in texts
        if text.sent is not None and (first is None or text.sent >= first) and (last is None or text.sent <= last)
    )


def _bounds(value: str) -> tuple[datetime, datetime]:
    """First and last moment that a date (a whole day) or a moment stands for."""
    try:
        if len(value) == len("2026-01-31"):
            start = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
            return start, start + timedelta(days=1, microseconds=-1)
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Refusal(20001, f"{value} is not a date such as 2026-01-31 or 2026-01-31T08:00:00Z") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    # The log keeps whole seconds: a moment stands for its second.
    return moment.replace(microsecond=0), moment.replace(microsecond=999_999)
