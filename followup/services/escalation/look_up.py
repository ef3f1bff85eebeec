"""Calls and posts in doubt: asked of the carrier before anything is made again; calls of which no end was told."""

from datetime import timedelta

import structlog

from followup.domain.delivery import Status
from followup.domain.errors import GatewayError
from followup.domain.ladder import PageChannel
from followup.services.context import Services
from followup.services.escalation.call import ended
from followup.services.escalation.lost import announce
from followup.store import pages
from followup.store.models import Page

log = structlog.get_logger(__name__)
_LOOKING = timedelta(seconds=10)
_SKEW = timedelta(minutes=2)  # between the carrier's clock and ours
# A call that the carrier does not show so long after it was ordered was not made.
_SHOWS_WITHIN = timedelta(seconds=20)
# The carrier tells the end of a call; where that was lost, it is asked.
_RINGS_AT_MOST = timedelta(seconds=75)
_ASK_AGAIN = timedelta(minutes=10)
_AT_ONCE = 20


def look_up_pages(services: Services) -> int:
    """Settle what is in doubt; returns how many were looked at. Any number of processes may do so."""
    real_now = services.real_now()
    with services.db.read() as tx:
        if not pages.any_open(tx):
            return 0
    with services.db.write() as tx:
        pages.doubt_expired(tx, real_now)
        doubts = [
            page for page in pages.doubtful(tx, real_now, limit=_AT_ONCE)
            if pages.take_doubt(tx, page, real_now + _LOOKING)
        ]  # fmt: skip
        silent = pages.unsettled_calls(tx, real_now - _RINGS_AT_MOST, limit=_AT_ONCE)
    for page in doubts:
        if page.channel == PageChannel.CALL:
            _look(services, page)
        else:
            _again(services, page)  # its receiver tells a repeated post by its event's name
    for page in silent:
        _ask(services, page)
    return len(doubts) + len(silent)


def _look(services: Services, page: Page) -> None:
    """The carrier's list has the call: it was made. It lacks it long enough: it was not, and is made again."""
    assert page.started_at is not None
    if services.calls is None or page.to_address is None:
        return
    try:
        listed = services.calls.list_calls(to=page.to_address, since=page.started_at - _SKEW)
    except GatewayError as error:
        log.warning("calls_not_listed", page=str(page.id), error=error.code)
        return
    with services.db.write() as tx:
        known = pages.known_provider_ids(tx, [one.provider_id for one in listed])
        ours = sorted((one for one in listed if one.provider_id not in known), key=lambda one: one.created_at)
        if ours:
            values = {"status": Status.SENT.value, "provider_id": ours[0].provider_id, "sent_at": services.now()}
            pages.settle(tx, page.id, from_=[Status.UNKNOWN], values={**values, "lease_until": None})
    if ours:
        announce(services, page)
    elif services.real_now() >= page.started_at + _SHOWS_WITHIN:
        _again(services, page)


def _again(services: Services, page: Page) -> None:
    with services.db.write() as tx:
        pages.settle(
            tx, page.id, from_=[Status.UNKNOWN], values={"status": Status.PLANNED.value, "lease_until": None}
        )  # fmt: skip


def _ask(services: Services, page: Page) -> None:
    """How a call ended whose end was never told."""
    if services.calls is None or page.provider_id is None:
        return
    try:
        status = services.calls.status_of(page.provider_id)
    except GatewayError as error:
        log.warning("call_not_found", page=str(page.id), error=error.code)
        status = "" if page.started_at and services.real_now() < page.started_at + _ASK_AGAIN else "failed"
    if status:
        ended(services, page.id, status, page.provider_id)
