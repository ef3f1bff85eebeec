"""Knows what changed and when, so that pages and tests wait instead of asking again and again."""

import asyncio
from collections.abc import Callable, Iterable


class Changes:
    """A version that grows with every change, and the version at which each topic last changed.

    Lives in the simulator's event loop. A topic is a plain string such as `phone:+13125550101`.
    """

    def __init__(self) -> None:
        self.version = 0
        self._topics: dict[str, int] = {}
        self._waiting: list[asyncio.Future[None]] = []

    def note(self, topics: Iterable[str]) -> None:
        """Record that these topics changed now, and wake whoever waits."""
        self.version += 1
        for topic in topics:
            self._topics[topic] = self.version
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    def since(self, version: int) -> list[str]:
        """The topics that changed after `version`."""
        return [topic for topic, changed in self._topics.items() if changed > version]

    @property
    def waiting(self) -> int:
        """How many wait for a change now."""
        return sum(not future.done() for future in self._waiting)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition()` holds; it is asked again after every change."""
        while not condition():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
