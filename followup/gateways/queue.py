"""The door to the broker: waking workers by task name, and telling open screens that something changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


class QueueGateway(Protocol):
    """Wakes workers and screens. Nothing depends on it: a wake that is lost is made good by the next tick or poll."""

    def wake(self, task: str, *args: str) -> bool:
        """Ask a worker to run a task by name, now. False when the broker could not be reached (never raises)."""
        ...

    def announce(self, clinic_id: UUID, what: str) -> bool:
        """Tell the clinic's open screens that something changed: a word ("queue", "case:<id>"), never patient data."""
        ...

    def listen(self, clinic_id: UUID) -> AsyncIterator[str]:
        """What is announced for a clinic from now on. Raises TransientGatewayError when the broker is gone."""
        ...

    def check(self) -> str:
        """Say which broker answers. Raises a GatewayError that says what is wrong."""
        ...


@dataclass(slots=True)
class RecordingQueue:
    """Remembers what was asked of it and wakes nobody: for tests and for commands that run without a broker."""

    woken: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    announced: list[tuple[UUID, str]] = field(default_factory=list)

    def wake(self, task: str, *args: str) -> bool:
        """Remember the wake."""
        self.woken.append((task, args))
        return True

    def announce(self, clinic_id: UUID, what: str) -> bool:
        """Remember the announcement."""
        self.announced.append((clinic_id, what))
        return True

    async def listen(self, clinic_id: UUID) -> AsyncIterator[str]:
        """What has been announced so far, once."""
        for clinic, what in list(self.announced):
            if clinic == clinic_id:
                yield what

    def check(self) -> str:
        """There is no broker."""
        return "no broker (recording)"
