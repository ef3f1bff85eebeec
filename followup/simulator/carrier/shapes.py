"""Knows how the carrier writes its resources down: the published JSON shapes."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from followup.simulator.carrier.refusals import OUTCOMES
from followup.simulator.carrier.texts import Media, Text

API_VERSION = "2010-04-01"
ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"  # the path of every resource, for routes
_PRICE_A_SEGMENT = -0.0079


def account_path(account_sid: str) -> str:
    """Where everything of an account lies."""
    return f"/{API_VERSION}/Accounts/{account_sid}"


def rfc2822(moment: datetime | None) -> str | None:
    """`Mon, 24 Aug 2026 05:01:45 +0000`, or None."""
    return None if moment is None else _to_the_second(moment.replace(microsecond=0))


@lru_cache(maxsize=256)  # a busy second is written thousands of times
def _to_the_second(moment: datetime) -> str:
    return format_datetime(moment)


def text_json(text: Text, account_sid: str, media_count: int) -> dict[str, Any]:
    """A Message resource."""
    uri = f"{account_path(account_sid)}/Messages/{text.sid}"
    left = text.sent is not None
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": text.body,
        "date_created": rfc2822(text.created),
        "date_sent": rfc2822(text.sent),
        "date_updated": rfc2822(text.updated or text.created),
        "direction": text.direction.value,
        "error_code": text.error_code,
        "error_message": None if text.error_code is None else OUTCOMES.get(text.error_code, "Unknown error"),
        "from": text.from_ or None,
        "messaging_service_sid": text.service_sid or None,
        "num_media": str(media_count),
        # Through a Messaging Service the sender is chosen later, and so is the count.
        "num_segments": "0" if text.status == "accepted" else str(text.segments),
        "price": f"{_PRICE_A_SEGMENT * text.segments:.5f}" if left and not text.inbound else None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{uri}/Media.json", "feedback": f"{uri}/Feedback.json"},
        "to": text.to,
        "uri": f"{uri}.json",
    }


def media_json(medium: Media, text: Text, account_sid: str) -> dict[str, Any]:
    """A Media resource."""
    return {
        "account_sid": account_sid,
        "content_type": medium.content_type,
        "date_created": rfc2822(medium.created),
        "date_updated": rfc2822(medium.created),
        "parent_sid": text.sid,
        "sid": medium.sid,
        "uri": f"{account_path(account_sid)}/Messages/{text.sid}/Media/{medium.sid}.json",
    }


def page_json(
    name: str,
    items: Sequence[dict[str, Any]],
    path: str,
    query: Sequence[tuple[str, str]],
    page: int,
    page_size: int,
    next_token: str | None,
) -> dict[str, Any]:
    """One page of a list; `next_token` is what the next page's address carries, None on the last page.

    `query` is the caller's own filters, without the paging parameters.
    """
    kept = [*query, ("PageSize", str(page_size))]

    def address(number: int, token: str | None = None) -> str:
        return f"{path}?{urlencode([*kept, ('Page', str(number)), *([('PageToken', token)] if token else [])])}"

    start = page * page_size
    return {
        "first_page_uri": address(0),
        "next_page_uri": None if next_token is None else address(page + 1, next_token),
        "previous_page_uri": address(page - 1) if page else None,
        "uri": address(page),
        "page": page,
        "page_size": page_size,
        "start": start,
        "end": start + max(len(items) - 1, 0),
        name: list(items),
    }
