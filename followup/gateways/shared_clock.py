"""The demo's care clock: real time plus an offset that all processes share, and that only moves forward."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_REMEMBERED = 0.05  # seconds for which the offset is not read again


class SharedClock:
    """Tells care time in every process of a demo alike.

    `load` reads the shared offset in seconds; `advance` adds to it at its one place and returns the new one. Where the
    offset cannot be read, the last known one holds.
    """

    def __init__(self, load: Callable[[], float], advance: Callable[[float], float]) -> None:
        self._load, self._advance = load, advance
        self._guard = threading.Lock()
        self._offset = 0.0
        self._read_at = float("-inf")

    def now(self) -> datetime:
        """The present care time."""
        with self._guard:
            if time.monotonic() - self._read_at >= _REMEMBERED:
                self._offset = self._load()
                self._read_at = time.monotonic()
            return datetime.now(UTC) + timedelta(seconds=self._offset)

    def move(self, by: timedelta) -> datetime:
        """Move the clock forward for every process and say where it stands. Raises ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError("the care clock only moves forward")
        offset = self._advance(by.total_seconds())
        with self._guard:
            self._offset, self._read_at = offset, time.monotonic()
        return self.now()
