"""Replies that the provider holds and we do not: fetched from its list and received like any other."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from followup.domain.errors import NotFound
from followup.gateways.sms import ListedText, SmsGateway
from followup.services.context import Services
from followup.services.replies.inbound import take_text
from followup.services.replies.receive import InboundText
from followup.store import clinics, replies

MOST = 10_000
log = structlog.get_logger(__name__)


def fill_gaps(services: Services, since: datetime) -> int:
    """Receive every text that the provider took in since a moment (real time) and never delivered to us.

    Returns how many were missing. Raises a GatewayError when the list cannot be had. A reply that comes twice, by this
    way and by a late webhook, is kept once: the provider's id decides.
    """
    if services.sms is None:
        return 0
    inbound = sorted(
        (text for to in _listed_by(services) for text in _list(services.sms, to, since) if text.direction == "inbound"),
        key=lambda text: text.created_at,
    )
    return sum(_receive(services, text) for text in inbound)


def _listed_by(services: Services) -> list[str | None]:
    """The numbers whose lists are asked for: one list of all would be full of what was sent.

    A messaging service does not say its numbers, so where there is one, the list of all (None) is the only one.
    """
    with services.db.read() as tx:
        found = clinics.senders_for_texts(tx)
    if any(sender.kind != "sms" for sender in found):
        return [None]
    return [*sorted({sender.address for sender in found})]


def _list(door: SmsGateway, to: str | None, since: datetime) -> Sequence[ListedText]:
    listed = door.list_texts(to=to, since=since, limit=MOST)
    if len(listed) >= MOST:
        log.error("gap_list_too_long", listed=len(listed))
    return listed


def _receive(services: Services, text: ListedText) -> bool:
    with services.db.read() as tx:
        if replies.by_provider_id(tx, "sms", text.provider_id) is not None:
            return False
    # Where its photos are the list does not say; that there were some makes a person look.
    media = tuple(("", "application/octet-stream") for _ in range(text.attachments))
    try:
        new = take_text(
            services,
            InboundText(provider_id=text.provider_id, sender=text.sender, to=text.to, body=text.body, media=media),
        )
    except NotFound:
        log.warning("gap_without_clinic", provider_id=text.provider_id)
        return False
    if new:
        log.info("gap_filled", provider_id=text.provider_id)
    return new
