"""The door to other systems that are told of pages, as the service sees it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignedPost:
    """One post: `body` is the JSON that is sent byte for byte, `event_id` the same for every try of it."""

    url: str
    secret: str
    event_id: str
    body: bytes


class WebhookGateway(Protocol):
    """Posts to addresses that a clinic has chosen, and never to this machine or network unless that is allowed."""

    def refusal(self, url: str) -> str:
        """Why nothing is ever posted to this address, for whoever enters it; empty where it may be."""
        ...

    def post(self, post: SignedPost) -> None:
        """Hand one post over.

        Raises TransientGatewayError (worth another try) or PermanentGatewayError with a reason that staff understand.
        """
        ...
