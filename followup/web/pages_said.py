"""What the timeline of a case says of pages: who was paged, what was lost and why, who answered."""

from typing import Any

from followup.domain.ladder import PageChannel
from followup.domain.paging import FALLBACK_RUNG, AnsweredBy
from followup.domain.provider_outcomes import SendReason

# Why a page reached nobody, where the words for messages to patients do not fit.
_LOST = {
    "no_answer": "nobody picked up",
    "no_key": "the call was answered and no key was pressed",
    "busy": "the line was busy",
    "call_failed": "the call did not go through",
    "not_out": "it did not leave within half a minute",
    "no_number": "there is no number to call from",
    "no_webhook": "the webhook is gone or switched off",
    "opted_out": "they texted STOP",
    "certificate": "its certificate does not fit",
    "address": "its address is not one we post to",
}


def paged(detail: dict[str, Any]) -> str:
    """Who was paged from which rung, and what the rungs passed over lack."""
    to = ", ".join(str(one) for one in detail.get("to", ()))
    lacking = "; ".join(str(one) for one in detail.get("lacking", ()))
    rung = detail.get("rung")
    if not to:
        words = "could page nobody"
    elif rung == FALLBACK_RUNG:
        words = f"paged the administrators: {to}"
    else:
        words = f"paged {to} (rung {int(rung) + 1})" if isinstance(rung, int) else f"paged {to}"
    return f"{words}; passed over: {lacking}" if lacking else words


def page_lost(detail: dict[str, Any]) -> str:
    """A page that reached nobody, and why."""
    channel = detail.get("channel")
    how = PageChannel(channel).label.lower() if channel in set(PageChannel) else "page"
    return f"could not reach {detail.get('to') or 'anybody'} by {how}: {_why(str(detail.get('reason', '')))}"


def _why(reason: str) -> str:
    if reason in _LOST:
        return _LOST[reason]
    return SendReason(reason).words if reason in set(SendReason) else f"refused ({reason})"


def page_answered(detail: dict[str, Any]) -> str:
    """How somebody answered a page."""
    how = detail.get("how")
    if how == "declined":
        return "passed the page on"
    return f"answered the page {AnsweredBy(how).label}" if how in set(AnsweredBy) else "answered the page"
