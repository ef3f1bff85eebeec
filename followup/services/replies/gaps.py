"""Replies that the provider holds and we do not: fetched from its list and received like any other."""

from datetime import datetime

import structlog

from followup.domain.errors import NotFound
from followup.gateways.sms import ListedText
from followup.services.context import Services
from followup.services.replies.receive import InboundText, receive_text
from followup.store import replies

MOST = 10_000
log = structlog.get_logger(__name__)


def fill_gaps(services: Services, since: datetime) -> int:
    """Receive every text that the provider took in since a moment (real time) and never delivered to us.

    Returns how many were missing. Raises a GatewayError when the list cannot be had. A reply that comes twice, by this
    way and by a late webhook, is kept once: the provider's id decides.
    """
    if services.sms is None:
        return 0
    listed = services.sms.list_texts(since=since, limit=MOST)
    inbound = sorted((text for text in listed if text.direction == "inbound"), key=lambda text: text.created_at)
    return sum(_receive(services, text) for text in inbound)


def _receive(services: Services, text: ListedText) -> bool:
    with services.db.read() as tx:
        if replies.by_provider_id(tx, "sms", text.provider_id) is not None:
            return False
    # Where its photos are the list does not say; that there were some makes a person look.
    media = tuple(("", "application/octet-stream") for _ in range(text.attachments))
    try:
        done = receive_text(
            services,
            InboundText(provider_id=text.provider_id, sender=text.sender, to=text.to, body=text.body, media=media),
        )
    except NotFound:
        log.warning("gap_without_clinic", provider_id=text.provider_id)
        return False
    log.info("gap_filled", reply_id=str(done.reply_id), new=done.new)
    return done.new
