"""Calls and signed posts are made: each by one process, with no transaction open, and looked up when in doubt."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from followup.domain.delivery import Status
from followup.domain.errors import FollowupError, PermanentGatewayError, TransientGatewayError
from followup.domain.ladder import PageChannel
from followup.gateways.calls import OutboundCall
from followup.gateways.webhook import SignedPost
from followup.services.context import Services
from followup.services.delivery.hold import held_since_in
from followup.services.escalation.lost import announce, lost_in
from followup.services.escalation.reach import call_number_of
from followup.services.escalation.words import case_url
from followup.store import cases, clinics, ladders, pages, senders
from followup.store.database import Tx
from followup.store.models import Page

log = structlog.get_logger(__name__)
RING = 30  # seconds that a telephone rings
# How long making a call or post may take before somebody else looks what became of it.
_LEASE = timedelta(seconds=25)
_AGAIN = (timedelta(seconds=5), timedelta(seconds=20))  # between tries of what may pass
_AT_ONCE = 50
_SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class _Order:
    """One page that this process has claimed, with all that it needs outside a transaction."""

    page_id: UUID
    attempt: int
    call: OutboundCall | None = None
    post: SignedPost | None = None


def send_pages(services: Services) -> int:
    """Make every call and post that is due; returns how many were tried. Any number of processes may do so.

    1. Each page is claimed by one conditional update, under a lease. 2. It is made while no transaction is open. 3. How
    that went is settled by a conditional update. A process that dies between 1 and 3 leaves a page in doubt, which
    `look_up_pages` asks the carrier about; nothing is made twice.
    """
    with services.db.read() as tx:
        due = pages.due(tx, services.now(), limit=_AT_ONCE)
    if not due:
        return 0
    orders = [order for page_id in due if (order := _claim(services, page_id)) is not None]
    if orders:
        with ThreadPoolExecutor(min(_SIDE_BY_SIDE, len(orders)), thread_name_prefix="pages") as pool:
            for order in orders:
                pool.submit(_make, services, order)
    return len(orders)


def _claim(services: Services, page_id: UUID) -> _Order | None:
    now, real_now = services.now(), services.real_now()
    with services.db.write() as tx:
        page = pages.hold(tx, page_id)
        held = held_since_in(tx)
        if page is None or page.status != Status.PLANNED or (held is not None and page.created_at < held):
            return None
        order, lack = _order(tx, services, page)
        if order is None:
            pages.settle(
                tx, page.id, from_=[Status.PLANNED],
                values={"status": Status.FAILED.value, "reason": lack, "settled_at": now},
            )  # fmt: skip
            lost_in(tx, page, lack, now)
        elif not pages.claim(tx, page.id, lease_until=real_now + _LEASE, started_at=real_now):
            return None
    if order is None:
        announce(services, page)
    return order


def _order(tx: Tx, services: Services, page: Page) -> tuple[_Order | None, str]:
    attempt = page.attempts + 1
    if page.channel == PageChannel.CALL:
        own = [
            one
            for purpose in (senders.PAGES, senders.PATIENTS)
            for one in clinics.senders_of(tx, page.clinic_id, purpose)
            if one.stopped_at is None
        ]
        number = call_number_of(own)
        if services.calls is None or number is None or page.to_address is None:
            return None, "no_number"
        return _Order(page.id, attempt, call=OutboundCall(page.id, number, page.to_address, RING)), ""
    hook = ladders.webhook(tx, page.clinic_id, page.webhook_id) if page.webhook_id is not None else None
    if services.webhook is None or hook is None or hook.retired_at is not None:
        return None, "no_webhook"
    body = json.dumps(_body(tx, services, page), separators=(",", ":"), sort_keys=True).encode()
    return _Order(page.id, attempt, post=SignedPost(hook.url, hook.secret, str(page.id), body)), ""


def _body(tx: Tx, services: Services, page: Page) -> dict[str, Any]:
    """What another system is told: no name, no initials, no words; whoever signs in finds them."""
    clinic = clinics.by_id(tx, page.clinic_id)
    case = cases.by_id(tx, page.clinic_id, page.case_id) if page.case_id is not None else None
    return {
        "type": "page" if case is not None else "drill",
        "id": str(page.id),
        "clinic": clinic.slug if clinic is not None else "",
        "rung": page.rung + 1,
        "at": page.created_at.isoformat(),
        "case": {
            "id": str(case.id),
            "acuity": case.acuity,
            "respond_by": case.respond_by.isoformat(),
            "url": case_url(services, case.id),
        }
        if case is not None
        else None,
    }


def _make(services: Services, order: _Order) -> None:
    try:
        if order.call is not None:
            assert services.calls is not None
            sid = services.calls.call(order.call)
            _settle(
                services, order.page_id, lambda now: {"status": Status.SENT.value, "provider_id": sid, "sent_at": now}
            )
        elif order.post is not None:
            assert services.webhook is not None
            services.webhook.post(order.post)
            _settle(
                services,
                order.page_id,
                lambda now: {"status": Status.DELIVERED.value, "sent_at": now, "settled_at": now},
            )
    except TransientGatewayError as error:
        if error.accepted_unknown and order.call is not None:
            _in_doubt(services, order)
        else:
            _again_or_lost(services, order, error)
    except PermanentGatewayError as error:
        _fail(services, order.page_id, error.reason_code or "refused")
    except Exception as error:  # whatever it was, the page must not stay lying: it is looked up
        log.error("page_failed", page=str(order.page_id), error=type(error).__name__)
        _in_doubt(services, order)


def _settle(services: Services, page_id: UUID, values: Callable[[datetime], dict[str, Any]]) -> None:
    now = services.now()
    with services.db.write() as tx:
        pages.settle(
            tx, page_id, from_=[Status.SENDING, Status.UNKNOWN], values={**values(now), "lease_until": None}
        )  # fmt: skip
        page = pages.by_id(tx, page_id)
    if page is not None:
        announce(services, page)


def _in_doubt(services: Services, order: _Order) -> None:
    with services.db.write() as tx:
        pages.settle(
            tx, order.page_id, from_=[Status.SENDING],
            values={"status": Status.UNKNOWN.value, "lease_until": services.real_now() + _AGAIN[0]},
        )  # fmt: skip


def _again_or_lost(services: Services, order: _Order, error: FollowupError) -> None:
    log.warning("page_not_made", page=str(order.page_id), attempt=order.attempt, error=error.code)
    if order.attempt > len(_AGAIN):
        _fail(services, order.page_id, "provider_down")
        return
    with services.db.write() as tx:
        pages.settle(
            tx, order.page_id, from_=[Status.SENDING],
            values={
                "status": Status.PLANNED.value,
                "lease_until": None,
                "due_at": services.now() + _AGAIN[order.attempt - 1],
            },
        )  # fmt: skip


def _fail(services: Services, page_id: UUID, reason: str) -> None:
    settle_lost(services, page_id, Status.FAILED, reason)


def settle_lost(services: Services, page_id: UUID, status: Status, reason: str) -> bool:
    """Settle a call or post that reached nobody, once, and climb; False when it was settled or answered before."""
    now = services.now()
    with services.db.write() as tx:
        page = pages.hold(tx, page_id)
        if page is None or page.acknowledged_at is not None:
            return False
        was = page.reason
        if not pages.settle(
            tx,
            page_id,
            from_=[Status.PLANNED, Status.SENDING, Status.UNKNOWN, Status.SENT],
            values={"status": status.value, "reason": reason, "settled_at": now, "lease_until": None},
        ):
            return False
        tx.refresh(page)
        if was is None and page.declined_at is None:
            lost_in(tx, page, reason, now)
    announce(services, page)
    return True
