"""The door to the telephone, as the service sees it: a call that says something and waits for a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """One call to make. What is said and what a key does is asked of us under the page's own address."""

    page_id: UUID
    sender: str
    to: str
    ring_seconds: int


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A call as the provider's own list shows it; `status` in its words."""

    provider_id: str
    sender: str
    to: str
    status: str
    created_at: datetime


class CallGateway(Protocol):
    """Makes calls through a carrier and looks them up there. Everything blocks."""

    def call(self, call: OutboundCall) -> str:
        """Have somebody called; the provider's id of the call.

        Raises TransientGatewayError (with `accepted_unknown` when it may ring all the same) or PermanentGatewayError.
        """
        ...

    def list_calls(self, *, to: str, since: datetime) -> Sequence[ListedCall]:
        """Calls to a number that were made since then, newest first. Raises a GatewayError."""
        ...

    def status_of(self, provider_id: str) -> str:
        """How a call stands, in the provider's words. Raises a GatewayError."""
        ...
