"""A telephone in memory, for tests: it remembers whom it called and misbehaves where it is told to."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from followup.domain.errors import GatewayError
from followup.gateways.calls import ListedCall, OutboundCall
from followup.gateways.memory_sms import real_time


@dataclass(slots=True)
class MemoryCalls:
    """Calls everybody, unless `before` (nothing rings) or `after` (it rings, the answer is lost) holds an error."""

    clock: Callable[[], datetime] = real_time
    made: list[tuple[OutboundCall, ListedCall]] = field(default_factory=list)
    before: deque[GatewayError] = field(default_factory=deque)
    after: deque[GatewayError] = field(default_factory=deque)
    list_error: GatewayError | None = None
    statuses: dict[str, str] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def call(self, call: OutboundCall) -> str:
        """Call somebody, or raise what was set up."""
        with self._guard:
            if self.before:
                raise self.before.popleft()
            sid = f"CA{len(self.made):032x}"
            self.made.append((call, ListedCall(sid, call.sender, call.to, "queued", self.clock())))
            if self.after:
                raise self.after.popleft()
        return sid

    def list_calls(self, *, to: str, since: datetime) -> Sequence[ListedCall]:
        """Whom it called."""
        if self.list_error is not None:
            raise self.list_error
        return [listed for _, listed in reversed(self.made) if listed.to == to and listed.created_at >= since]

    def status_of(self, provider_id: str) -> str:
        """What the test says of a call; it rings where it says nothing."""
        return self.statuses.get(provider_id, "ringing")
