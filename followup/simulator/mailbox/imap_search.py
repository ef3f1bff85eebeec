"""Decides which mails of the inbox a SEARCH means (RFC 3501, section 6.4.4: the keys that clients use)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from followup.simulator.mailbox.imap_words import BadCommand, Word
from followup.simulator.mailbox.mails import Mail

Test = Callable[[int, Mail], bool]  # position from 1, mail
_FLAGS = {
    "SEEN": "\\Seen",
    "DELETED": "\\Deleted",
    "FLAGGED": "\\Flagged",
    "ANSWERED": "\\Answered",
    "DRAFT": "\\Draft",
}
_HEADERS = {"FROM", "TO", "CC", "BCC", "SUBJECT"}


def search(mails: Sequence[Mail], words: list[Word]) -> list[tuple[int, Mail]]:
    """Positions and mails that fit every key. Raises BadCommand for a key that is not known."""
    words = list(words)
    if words and isinstance(words[0], str) and words[0].upper() == "CHARSET":
        words = words[2:]
    test = _every(words, len(mails), mails[-1].number if mails else 0)
    return [(position, mail) for position, mail in enumerate(mails, 1) if test(position, mail)]


def numbers(text: str, largest: int) -> Callable[[int], bool]:
    """Whether a number is in a set such as `1,3:5,9:*`. Raises BadCommand where it is none."""
    ranges: list[tuple[int, int]] = []
    for part in text.split(","):
        ends = [largest if end == "*" else int(end) if end.isdigit() else -1 for end in part.split(":")]
        if len(ends) > 2 or -1 in ends:
            raise BadCommand(f"{text} is no set of numbers")
        ranges.append((min(ends), max(ends)))
    return lambda number: any(low <= number <= high for low, high in ranges)


def _every(words: list[Word], size: int, last_uid: int) -> Test:
    tests: list[Test] = []
    while words:
        tests.append(_one(words, size, last_uid))
    return lambda position, mail: all(test(position, mail) for test in tests)


def _one(words: list[Word], size: int, last_uid: int) -> Test:
    """Take one key with its arguments off the front."""
    word = words.pop(0)
    if isinstance(word, list):
        return _every(list(word), size, last_uid)
    key = word.upper()
    if key == "ALL":
        return lambda _, mail: True
    if key in ("NEW", "RECENT"):
        return lambda _, mail: "\\Seen" not in mail.flags
    if key in _FLAGS:
        return lambda _, mail: _FLAGS[key] in mail.flags
    if key.removeprefix("UN") in _FLAGS:
        return lambda _, mail: _FLAGS[key.removeprefix("UN")] not in mail.flags
    if key == "NOT":
        denied = _one(words, size, last_uid)
        return lambda position, mail: not denied(position, mail)
    if key == "OR":
        left, right = _one(words, size, last_uid), _one(words, size, last_uid)
        return lambda position, mail: left(position, mail) or right(position, mail)
    if key == "UID":
        wanted = numbers(_argument(words), last_uid)
        return lambda _, mail: wanted(mail.number)
    if key in ("KEYWORD", "UNKEYWORD"):
        flag, present = _argument(words), key == "KEYWORD"
        return lambda _, mail: (flag in mail.flags) is present
    if key in _HEADERS or key == "HEADER":
        name = _argument(words) if key == "HEADER" else key
        part = _argument(words).lower()
        return lambda _, mail: name.lower() in map(str.lower, mail.parsed.keys()) and part in mail.header(name).lower()
    if key in ("TEXT", "BODY"):
        part = _argument(words).lower()
        return lambda _, mail: part in mail.raw.decode("utf-8", "replace").lower()
    if key in ("SINCE", "BEFORE", "ON", "SENTSINCE", "SENTBEFORE", "SENTON"):
        return _dated(key.removeprefix("SENT"), _argument(words))
    if key in ("LARGER", "SMALLER"):
        limit = int(_argument(words))
        return lambda _, mail: len(mail.raw) > limit if key == "LARGER" else len(mail.raw) < limit
    if key[:1].isdigit() or key.startswith("*"):
        placed = numbers(key, size)
        return lambda position, _: placed(position)
    raise BadCommand(f"search key {key} is not known")


def _dated(key: str, text: str) -> Test:
    try:
        day = datetime.strptime(text, "%d-%b-%Y").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadCommand(f"{text} is no date such as 7-Mar-2026") from None
    if key == "SINCE":
        return lambda _, mail: mail.received.date() >= day
    if key == "BEFORE":
        return lambda _, mail: mail.received.date() < day
    return lambda _, mail: mail.received.date() == day


def _argument(words: list[Word]) -> str:
    if not words or not isinstance(words[0], str):
        raise BadCommand("a search key lacks its argument")
    return str(words.pop(0))
