"""The door to the mailbox that patients reply to, as the service sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One mail as it lay in the mailbox: `raw` is the message, whole."""

    uid: str
    raw: bytes


class MailboxGateway(Protocol):
    """Reads mail that has not been read yet."""

    def unread(self, limit: int = 100) -> Iterator[InboundMail]:
        """Mails that were not marked read, oldest first. Nothing is marked by reading."""
        ...

    def mark_read(self, uid: str) -> None:
        """Mark a mail read, once it is stored here."""
        ...

    def check(self) -> str:
        """Say which mailbox answers. Raises a GatewayError that says what is wrong."""
        ...
