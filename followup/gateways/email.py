"""The door to the mail server that sends, as the service sees it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutboundMail:
    """One mail to hand over. `unsubscribe_url` makes the RFC 8058 headers; automatic mail says so (RFC 3834)."""

    message_id: str
    sender_name: str
    sender: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str | None = None
    unsubscribe_url: str | None = None
    in_reply_to: str | None = None
    automatic: bool = True


class EmailGateway(Protocol):
    """Hands mails to a mail server."""

    def send(self, mail: OutboundMail) -> None:
        """Hand one mail over.

        Raises TransientGatewayError (with `accepted_unknown` when the line dropped after the words were given) or
        PermanentGatewayError with a reason that a nurse understands.
        """
        ...

    def check(self) -> str:
        """Say which server answers. Raises a GatewayError that says what is wrong."""
        ...
