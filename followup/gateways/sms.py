"""The door to the carrier, as the service sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class SenderKind(StrEnum):
    """What a text is sent from."""

    SMS = "sms"
    MESSAGING_SERVICE = "messaging_service"


@dataclass(frozen=True, slots=True)
class OutboundText:
    """One text to hand over. `attempt_id` comes back in the status callback."""

    attempt_id: UUID
    sender_kind: SenderKind
    sender: str
    to: str
    body: str
    validity_seconds: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it. `segments` is None while the provider does not know."""

    provider_id: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class ListedText:
    """A message as the provider's own list shows it."""

    provider_id: str
    direction: str  # outbound | inbound
    sender: str
    to: str
    body: str
    status: str
    created_at: datetime
    error_code: str | None = None
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a text."""

    content_type: str
    content: bytes


class SmsGateway(Protocol):
    """Hands texts to a carrier and looks things up there."""

    async def send(self, message: OutboundText) -> Accepted:
        """Hand one text over.

        Raises TransientGatewayError (with `accepted_unknown` when it may have been accepted all the same) or
        PermanentGatewayError (with the provider's code and a reason that a nurse understands).
        """
        ...

    def list_texts(
        self, *, to: str | None = None, sender: str | None = None, since: datetime, limit: int = 1000
    ) -> Sequence[ListedText]:
        """The provider's list, newest first, from a moment on."""
        ...

    def fetch_media(self, url: str, *, max_bytes: int) -> Media:
        """Download a file that came with a text. Raises PermanentGatewayError when it is too large or gone."""
        ...

    def delete_media(self, url: str) -> None:
        """Remove a file at the provider once it is stored here."""
        ...

    def signed(self, url: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
        """True when a post to `url` with these form fields (blank ones included) was signed by the provider."""
        ...

    async def close(self) -> None:
        """Close the lines of the running loop."""
        ...

    def check(self) -> str:
        """Say which account answers. Raises a GatewayError that says what is wrong with the credentials."""
        ...
