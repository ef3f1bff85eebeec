"""A carrier in memory, for tests: it remembers what it accepted and misbehaves where it is told to."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from followup.domain.errors import PermanentGatewayError, TransientGatewayError
from followup.gateways.sms import Accepted, ListedText, Media, OutboundText


def real_time() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(slots=True)
class MemorySms:
    """Accepts everything, unless `before` or `after` holds an error for the next text to that number.

    `before` errors are raised without accepting, `after` errors once it has been accepted (the answer was lost). `*`
    stands for any number. Safe to use from several threads and loops.
    """

    clock: Callable[[], datetime] = real_time
    latency: float = 0.0
    accepted: list[tuple[OutboundText, ListedText]] = field(default_factory=list)
    arrived: list[ListedText] = field(default_factory=list)
    before: dict[str, deque[BaseException]] = field(default_factory=dict)
    after: dict[str, deque[BaseException]] = field(default_factory=dict)
    list_error: TransientGatewayError | PermanentGatewayError | None = None
    list_lag: int = 0  # so many of the newest texts do not show in the list
    calls: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    async def send(self, message: OutboundText) -> Accepted:
        """Take one text, or raise what was set up for its number."""
        if self.latency:
            await asyncio.sleep(self.latency)
        with self._guard:
            self.calls += 1
            self._raise(self.before, message.to)
            provider_id = f"SM{len(self.accepted):032x}"
            self.accepted.append(
                (
                    message,
                    ListedText(
                        provider_id, "outbound", message.sender, message.to, message.body, "queued", self.clock()
                    ),
                )
            )
            self._raise(self.after, message.to)
        return Accepted(provider_id)

    def _raise(self, errors: dict[str, deque[BaseException]], to: str) -> None:
        for key in (to, "*"):
            if errors.get(key):
                raise errors[key].popleft()

    def refuse(self, to: str, code: str, times: int = 1) -> None:
        """Refuse the next texts to a number (`*`: any) with a provider's code."""
        error = PermanentGatewayError("refused", code)
        self.before.setdefault(to, deque()).extend([error] * times)

    def slow_down(self, times: int = 1, retry_after: float | None = None) -> None:
        """Answer the next texts with "too many requests"."""
        error = TransientGatewayError("too many requests", retry_after, reason_code="20429")
        self.before.setdefault("*", deque()).extend([error] * times)

    def lose_answer(self, to: str = "*", times: int = 1) -> None:
        """Accept the next texts to a number and lose the answer."""
        error = TransientGatewayError("connection lost", accepted_unknown=True)
        self.after.setdefault(to, deque()).extend([error] * times)

    def lose_request(self, to: str = "*", times: int = 1) -> None:
        """Lose the next texts to a number before they are accepted, without saying so."""
        error = TransientGatewayError("connection lost", accepted_unknown=True)
        self.before.setdefault(to, deque()).extend([error] * times)

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """What was accepted: (number, words), in order."""
        return [(message.to, message.body) for message, _ in self.accepted]

    def receive(self, sender: str, to: str, body: str) -> ListedText:
        """A person texts a number; nobody is told, so only the list shows it."""
        provider_id = f"SMin{len(self.arrived):030x}"
        text = ListedText(provider_id, "inbound", sender, to, body, "received", self.clock())
        self.arrived.append(text)
        return text

    def list_texts(
        self, *, to: str | None = None, sender: str | None = None, since: datetime, limit: int = 1000
    ) -> Sequence[ListedText]:
        """What was accepted, newest first."""
        if self.list_error is not None:
            raise self.list_error
        with self._guard:
            shown = [text for _, text in self.accepted[: len(self.accepted) - self.list_lag]] + self.arrived
            return [
                text
                for text in reversed(shown)
                if to in (None, text.to) and sender in (None, text.sender) and text.created_at >= since
            ][:limit]

    def fetch_media(self, url: str, *, max_bytes: int) -> Media:
        """There are no files here."""
        raise PermanentGatewayError("the file is gone", "20404")

    def delete_media(self, url: str) -> None:
        """There is nothing to remove."""

    def signed(self, url: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
        """Every post counts as signed that says so."""
        return signature == "signed"

    async def close(self) -> None:
        """There are no lines."""

    def check(self) -> str:
        """It always answers."""
        return "a carrier in memory"
