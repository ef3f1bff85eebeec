"""Photos that came with a text: fetched from the provider, kept sealed, and then removed there."""

from datetime import timedelta
from uuid import UUID

import structlog

from followup.domain.errors import PermanentGatewayError, TransientGatewayError
from followup.services.context import Services
from followup.store import replies

LARGEST = 5 * 1024 * 1024  # what the carrier takes
TRIES = 12
_SHOWN = ("image/", "audio/", "video/", "application/pdf", "text/")
log = structlog.get_logger(__name__)


def fetch_waiting(services: Services, limit: int = 20) -> int:
    """Fetch files that are waiting; returns how many were stored. Downloads happen outside any transaction."""
    if services.sms is None:
        return 0
    with services.db.read() as tx:
        waiting = replies.attachments_waiting(tx, services.real_now(), limit)
    return sum(_fetch(services, attachment_id) for attachment_id in waiting)


def _fetch(services: Services, attachment_id: UUID) -> bool:
    assert services.sms is not None
    with services.db.read() as tx:
        row = replies.attachment(tx, attachment_id)
        if row is None or row.status != "waiting" or not row.source_url:
            return False
        url, case_clinic = row.source_url, row.clinic_id
    try:
        media = services.sms.fetch_media(url, max_bytes=LARGEST)
    except TransientGatewayError as error:
        _settle(services, attachment_id, failed=str(error), again=True)
        return False
    except PermanentGatewayError as error:
        _settle(services, attachment_id, failed=error.reason, again=False)
        return False
    with services.db.write() as tx:
        row = replies.attachment(tx, attachment_id)
        if row is None or row.status != "waiting":
            return False
        row.content_type = media.content_type[:64]
        row.size = len(media.content)
        if media.content_type.startswith(_SHOWN):
            row.content = media.content
            row.status = "stored"
        else:
            row.status = "refused"
            row.reason = f"a file of kind {media.content_type[:64]} is not shown here"
    try:
        services.sms.delete_media(url)
    except (TransientGatewayError, PermanentGatewayError):
        log.warning("media_left_at_provider", attachment_id=str(attachment_id))
    services.queue.announce(case_clinic, "queue")
    return True


def _settle(services: Services, attachment_id: UUID, *, failed: str, again: bool) -> None:
    with services.db.write() as tx:
        row = replies.attachment(tx, attachment_id)
        if row is None or row.status != "waiting":
            return
        row.tries += 1
        row.reason = failed
        if again and row.tries < TRIES:
            row.next_try_at = services.real_now() + timedelta(seconds=min(2**row.tries * 5, 3600))
        else:
            row.status = "failed"
            log.warning("media_failed", attachment_id=str(attachment_id))
