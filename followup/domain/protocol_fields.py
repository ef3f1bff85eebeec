"""Reading single values out of a protocol's YAML, with every fault noted instead of raised."""

import re
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from typing import Any

from rapidfuzz import process

from followup.domain.errors import Fault
from followup.domain.protocol import After, Moment, OnDay

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DURATION = re.compile(r"(\d{1,4})\s*(h|m)")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LAST_DAY = 365


class Fields:
    """One mapping of the YAML, where it stands, and the list into which its faults go."""

    def __init__(self, data: Any, where: str, faults: list[Fault], known: Iterable[str]) -> None:
        self.where = where
        self.faults = faults
        self.data: dict[str, Any] = {}
        if not isinstance(data, Mapping):
            self.fault("", f"is {_shown(data)}, where names with values are expected")
            return
        names = list(known)
        for key, value in data.items():
            if key in names:
                self.data[str(key)] = value
                continue
            near = process.extractOne(str(key), names, score_cutoff=70)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(names)}"
            self.fault(str(key), f"is not a name we know; {hint}")

    def at(self, key: str) -> str:
        """Where the value of `key` stands, as a fault names it."""
        return f"{self.where}.{key}" if key else self.where

    def fault(self, key: str, message: str) -> None:
        """Note what is wrong with the value of `key`."""
        self.faults.append(Fault(self.at(key), message))

    def text(self, key: str, default: str | None = None) -> str:
        """A non-empty line of text; a missing one is a fault unless there is a default."""
        value = self.data.get(key, default)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is None:
            self.fault(key, "is missing")
        elif isinstance(value, str):
            self.fault(key, "is empty")
        else:
            self.fault(key, f"is {_shown(value)}, not text; put it in quotes")
        return ""

    def slug(self, key: str) -> str:
        """A name made of small letters, digits and hyphens."""
        value = self.text(key)
        if value and not SLUG.fullmatch(value):
            self.fault(key, f"{value!r} is not a short name; use small letters, digits and hyphens, such as rest-today")
        return value

    def sequence(self, key: str, *, needed: bool = False) -> list[Any]:
        """A list; a single value is not one."""
        value = self.data.get(key)
        if value is None:
            if needed:
                self.fault(key, "is missing; give a list with at least one entry")
            return []
        if not isinstance(value, list):
            self.fault(key, f"is {_shown(value)}, where a list is expected")
            return []
        if needed and not value:
            self.fault(key, "is empty; give at least one entry")
        return value

    def choice(self, key: str, allowed: Iterable[str], default: str) -> str:
        """One of the words in `allowed`."""
        value = self.data.get(key, default)
        words = list(allowed)
        if value in words:
            return str(value)
        self.fault(key, f"is {_shown(value)}; choose {' or '.join(words)}")
        return default

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.data.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(key, f"is {_shown(value)}; give a whole number from {low} to {high}")
        return default

    def flag(self, key: str) -> bool:
        """True or false; missing is false."""
        value = self.data.get(key, False)
        if isinstance(value, bool):
            return value
        self.fault(key, f"is {_shown(value)}; write true or false")
        return False

    def duration(self, key: str, default: timedelta | None = None) -> timedelta | None:
        """Hours or minutes, such as "48h" or "90m"; None with a fault where it is neither."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            self.fault(key, f"is {_shown(value)}; write hours or minutes, such as 48h or 90m")
            return default
        amount = int(match[1])
        return timedelta(hours=amount) if match[2] == "h" else timedelta(minutes=amount)

    def moment(self, key: str) -> Moment | None:
        """{after: 2h}, {day: 2, at: "10:00"} or {end_of_day: 0}; None with a fault where it is none of them."""
        value = self.data.get(key)
        if value is None:
            self.fault(key, 'is missing; give {after: 2h}, {day: 1, at: "10:00"} or {end_of_day: 0}')
            return None
        before = len(self.faults)
        inner = Fields(value, self.at(key), self.faults, ("after", "day", "at", "end_of_day"))
        if len(self.faults) > before:
            return None
        given = set(inner.data)
        if given == {"after"}:
            delay = inner.duration("after")
            return None if delay is None else After(delay)
        if given == {"end_of_day"}:
            day = inner.number("end_of_day", 0, 0, _LAST_DAY)
            return None if len(self.faults) > before else OnDay(day + 1, time(0))
        if given == {"day", "at"}:
            day = inner.number("day", 0, 0, _LAST_DAY)
            clock = _CLOCK.fullmatch(inner.data["at"]) if isinstance(inner.data["at"], str) else None
            if clock is None:
                inner.fault("at", f'is {_shown(inner.data["at"])}; write a time in quotes, such as "10:00"')
            if clock is None or len(self.faults) > before:
                return None
            return OnDay(day, time(int(clock[1]), int(clock[2])))
        self.fault(key, 'needs exactly one of {after: 2h}, {day: 1, at: "10:00"} or {end_of_day: 0}')
        return None


def _shown(value: Any) -> str:
    """A value as a fault shows it, cut to a length that can be read."""
    words = "nothing" if value is None else repr(value)
    return words if len(words) <= 60 else words[:57] + "..."
