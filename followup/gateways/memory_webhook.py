"""Webhooks in memory, for tests: it remembers what was posted and misbehaves where it is told to."""

from collections import deque
from dataclasses import dataclass, field

from followup.domain.errors import GatewayError
from followup.gateways.webhook import SignedPost


@dataclass(slots=True)
class MemoryWebhook:
    """Takes every post, unless `before` holds an error."""

    posted: list[SignedPost] = field(default_factory=list)
    before: deque[GatewayError] = field(default_factory=deque)

    def refusal(self, url: str) -> str:
        """Encrypted addresses alone."""
        return "" if url.startswith("https://") else "must begin with https://"

    def post(self, post: SignedPost) -> None:
        """Take one post, or raise what was set up."""
        if self.before:
            raise self.before.popleft()
        self.posted.append(post)
