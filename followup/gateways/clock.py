"""The present moment: the system's, or one that the demo and the tests move."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the care time: plans, quiet hours, escalation and ages run on it."""

    def now(self) -> datetime:
        """The present care time, aware, in UTC."""
        ...


class SystemClock:
    """Care time is real time."""

    def now(self) -> datetime:
        """The present real time."""
        return datetime.now(UTC)


class MovableClock:
    """Stands still until it is moved, in one process."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Where the clock was last put."""
        return self._at

    def move(self, by: timedelta) -> datetime:
        """Move the clock forward and say where it stands."""
        self._at += by
        return self._at

    def put(self, at: datetime) -> None:
        """Put the clock to a moment."""
        self._at = at
