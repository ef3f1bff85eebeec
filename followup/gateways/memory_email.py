"""A mail server in memory, for tests: it remembers what it took and misbehaves where it is told to."""

import threading
from collections import deque
from dataclasses import dataclass, field

from followup.domain.errors import GatewayError
from followup.gateways.email import OutboundMail


@dataclass(slots=True)
class MemoryEmail:
    """Takes every mail, unless `before` (not taken) or `after` (taken, then the line dropped) holds an error."""

    sent: list[OutboundMail] = field(default_factory=list)
    before: deque[GatewayError] = field(default_factory=deque)
    after: deque[GatewayError] = field(default_factory=deque)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def send(self, mail: OutboundMail) -> None:
        """Take one mail, or raise what was set up."""
        with self._guard:
            if self.before:
                raise self.before.popleft()
            self.sent.append(mail)
            if self.after:
                raise self.after.popleft()

    def check(self) -> str:
        """It always answers."""
        return "a mail server in memory"
