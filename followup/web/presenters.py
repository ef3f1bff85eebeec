"""The words and shapes that pages show for what services return: one place for wording."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, Disposition
from followup.domain.contact import ContactHow, ContactOutcome
from followup.domain.correction import LEVELS
from followup.domain.delivery import Kind, Status
from followup.domain.expected import LONGEST, Topic
from followup.domain.texts import day_words
from followup.services.case_view import CasePage, Happened
from followup.services.escalation.coverage import gap_words
from followup.services.messages_view import Message
from followup.services.plan_changes import PlanChanged
from followup.services.plans import reason_words
from followup.services.queue_view import Person, QueueRow
from followup.web.pages_said import page_answered, page_lost, paged
from followup.web.ruler import ruler
from followup.web.times import born, clock, day, day_name, iso_day, length_of, local, span

ACUITY = {
    Acuity.EMERGENCY: "Emergency",
    Acuity.URGENT: "Urgent",
    Acuity.ROUTINE: "Routine",
    Acuity.NONE: "No action",
    Acuity.OPT_OUT: "Opt-out",
    Acuity.OPT_IN: "Opt-in",
    Acuity.HELP: "Help",
}
BEWARE = {
    "not_told": "Not told: call now",
    "call_instead": "Texts stopped: call",
    "opted_out": "Opted out",
    "shared_number": "Shared number",
    "photo": "Photo",
    "proxy": "Someone else wrote",
    "undelivered": "Undelivered",
    "language": "Wrote in another language",
    "interpreter": "Interpreter",
    "not_understood": "Not understood",
    "self_harm": "Self-harm",
    "wrong_number": "Wrong number?",
    "after_hours": "After hours",
    "silent": "No answer to a check",
    "answered_since": "Answered since: fine",
    "nobody_paged": "Nobody could be paged",
}
GRAVE = frozenset({"not_told", "nobody_paged", "call_instead", "opted_out", "undelivered", "self_harm", "wrong_number"})
REASON = {
    "reply": "Replied",
    "call_instead": "The patient asked for no more texts while the plan runs. Call instead.",
    "unreachable": "No channel is left for the plan. Call instead.",
    "silent": "The check was not answered.",
    "answered_since": "The patient has answered since, and nothing in it needs a call.",
    "not_told": "The emergency answer could not be delivered. Call now.",
    "corrected": "A nurse corrected how a reply was read.",
    "outside_reader": "The outside reader found a reply more pressing.",
    "unreadable": "The service could not read this reply. Read it yourself.",
}
KIND = {
    CaseKind.REPLY: "Reply",
    CaseKind.UNKNOWN_SENDER: "Unknown sender",
    CaseKind.CALL_INSTEAD: "Call instead",
    CaseKind.UNREACHABLE: "Unreachable",
    CaseKind.SILENT: "No answer",
}
CHANNEL = {"sms": "text", "email": "email", "phone": "phone", "checkin": "check-in page"}
LANGUAGE = {"en": "English", "es": "Spanish"}
STATUS = {
    Status.PLANNED: "Planned",
    Status.QUEUED: "Leaving now",
    Status.SENDING: "Sending",
    Status.UNKNOWN: "Not sure yet whether it was sent; being checked with the provider",
    Status.SENT: "Sent",
    Status.DELIVERED: "Delivered",
    Status.UNDELIVERED: "Not delivered",
    Status.FAILED: "Could not be sent",
    Status.SKIPPED: "Not sent",
    Status.CANCELLED: "Cancelled",
}
MESSAGE = {
    Kind.EMERGENCY: "Emergency answer",
    Kind.OPT_OUT_CONFIRMATION: "Stop confirmed",
    Kind.OPT_IN_CONFIRMATION: "Start confirmed",
    Kind.HELP: "Help text",
    Kind.AFTER_HOURS: "After-hours text",
    Kind.ANSWER: "Answer",
    Kind.PAGE: "Page",
    Kind.STAFF_NOTICE: "Notice to staff",
}
SAID = {
    "acknowledged": "This case is yours.",
    "answered": "Your answer is on its way.",
    "contacted": "The contact was recorded.",
    "noted": "The note was added.",
    "handed": "The case was handed over.",
    "escalated": "The case was escalated.",
    "resolved": "The case was resolved.",
    "reopened": "The case is back in the queue.",
    "none": "There is nothing left to take.",
    "saved": "Saved.",
    "live": "The clinic is live: what is due leaves from now on.",
    "drilling": "The drill has begun: everybody on the ladder is being paged.",
    "tested": "A test page is on its way to you.",
    "recorded": "What the patient said was recorded.",
    "corrected": "The correction was kept.",
    "right": "Kept as rightly left alone.",
    "cancelled": "The procedure was cancelled; nothing more will be sent for it.",
    "plan": "The plan was changed.",
    "expected": "It is marked as expected.",
    "expect_ended": "It is not expected any more.",
    "replanned": "The times were changed.",
    "password": "Your password was changed.",
    "signed_out": "You are signed out.",
}


def age(row: QueueRow, now: datetime) -> str:
    """How long the first words that nobody answered have waited."""
    return span(now - row.waiting_since) if row.waiting_since else ""


def left(row: QueueRow, now: datetime) -> str:
    """How long is left, or how late it is."""
    if row.waiting_since is None:
        return "answered"
    gap = row.due_at - now
    if row.acuity is Acuity.EMERGENCY and not row.taken:
        return "now"
    return f"{span(gap)} left" if gap > timedelta(0) else f"{span(gap)} late"


def phone(number: str | None) -> str:
    """A US number as people write it."""
    if number and number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number or ""


def slug_words(slug: str) -> str:
    """ "day-two-check" as "Day two check"."""
    words = slug.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def ordinal(number: int) -> str:
    """ "2nd", "3rd", "11th"."""
    end = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{end}"


def initials(name: str) -> str:
    """Up to two initials."""
    return "".join(part[0] for part in name.split()[:2]).upper()


def who_line(person: Person, now: datetime) -> str:
    """The second identifier: birth date, else MRN."""
    return f"born {born(person.birth_date, now)}" if person.birth_date else ""


def message_name(message: Message) -> str:
    """What a message was for."""
    if message.kind is not Kind.STEP:
        return MESSAGE[message.kind]
    beside = {"again": ", asked again", "check": ", extra"}.get(message.extra, "")
    return slug_words(message.step) + beside


def reason_of(message: Message) -> str:
    """Why a message stands where it stands, in words a nurse understands."""
    words = reason_words(message.reason) or ""
    return words[:1].lower() + words[1:] if not words[:2].isupper() else words


def reason(text: str) -> str:
    """A reason as a sentence: known words are spelled out, sentences stay."""
    known = REASON.get(text)
    return known or (text[:1].upper() + text[1:] if text else "")


def happened(event: Happened) -> str:
    """What somebody did, as the rest of a sentence that begins with who."""
    detail: dict[str, Any] = event.detail
    make: Callable[[], str] | None = {
        "opened": lambda: f"opened the case: {reason(str(detail.get('reason', '')))}",
        "joined": lambda: f"added to the case: {reason(str(detail.get('reason', '')))}",
        "raised": lambda: f"raised the case from {detail.get('from')} to {detail.get('to')}",
        "acknowledged": lambda: "acknowledged the case",
        "contact": lambda: _contact(detail),
        "note": lambda: "wrote a note",
        "handed_over": lambda: f"handed the case to {detail.get('to_name')}",
        "escalated": lambda: f"escalated the case to {detail.get('to')}",
        "resolved": lambda: f"resolved the case: {_label(Disposition, detail.get('disposition'))}",
        "reopened": lambda: "reopened the case",
        "corrected": lambda: _corrected(detail),
        "expected": lambda: f"marked {detail.get('topic')} as expected until {day(str(detail.get('day')))}",
        "paged": lambda: paged(detail),
        "page_lost": lambda: page_lost(detail),
        "page_answered": lambda: page_answered(detail),
        "page_said": lambda: "answered the page by text",
        "expected_ended": lambda: f"ended that {detail.get('topic')} is expected",
        "plan_changed": lambda: _plan(detail),
    }.get(event.kind)
    return make() if make else slug_words(event.kind)


def _plan(detail: dict[str, Any]) -> str:
    through = f" until {day(detail['day'])}" if detail.get("day") else ""
    return {
        "paused": f"paused the messages{through}",
        "resumed": "let the messages go on",
        "stopped": "stopped the messages",
        "extra_check": "asked for an extra check tomorrow",
    }.get(str(detail.get("kind")), "changed the plan")


def plan_changed(change: PlanChanged, zone: str, now: datetime) -> str:
    """What somebody did to a plan, as the rest of a sentence that begins with who."""
    if change.kind == "paused" and change.until:
        return f"paused it until {day_name(change.until, zone, now)}"
    if change.kind == "extra_check" and change.until:
        return f"asked for an extra check {clock(change.until, zone, now)}"
    return {"resumed": "let it go on", "stopped": "stopped it"}.get(change.kind, slug_words(change.kind))


def expect_by(case: CasePage, now: datetime) -> datetime:
    """The last moment until which something may be expected."""
    ends = case.recovery.ends_at if case.recovery else None
    return min(now + LONGEST, ends - timedelta(seconds=1)) if ends else now


def _corrected(detail: dict[str, Any]) -> str:
    words = f"corrected the reading of a reply from {_level(detail.get('from'))} to {_level(detail.get('to'))}"
    if "case_to" not in detail:
        return words
    return f"{words}, and the case from {_level(detail['case_from'])} to {_level(detail['case_to'])}"


def _level(acuity: object) -> str:
    return ACUITY[Acuity(str(acuity))].lower() if acuity in set(Acuity) else str(acuity)


def _contact(detail: dict[str, Any]) -> str:
    return f"{_label(ContactHow, detail.get('how'))}: {_label(ContactOutcome, detail.get('outcome')).lower()}"


def _label(kind: Any, value: Any) -> str:
    try:
        return str(kind(value).label)
    except ValueError:
        return str(value)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "day": day,
    "born": born,
    "span": span,
    "phone": phone,
    "slug_words": slug_words,
    "initials": initials,
    "ordinal": ordinal,
    "local": local,
    "iso_day": iso_day,
    "day_name": day_name,
    "length_of": length_of,
}
GLOBALS: dict[str, Any] = {
    "ACUITY": ACUITY,
    "BEWARE": BEWARE,
    "GRAVE": GRAVE,
    "KIND": KIND,
    "CHANNEL": CHANNEL,
    "LANGUAGE": LANGUAGE,
    "STATUS": STATUS,
    "DISPOSITIONS": list(Disposition),
    "CONTACT_HOW": list(ContactHow),
    "CONTACT_OUTCOME": list(ContactOutcome),
    "row_age": age,
    "row_left": left,
    "who_line": who_line,
    "message_name": message_name,
    "reason_words": reason,
    "reason_of": reason_of,
    "TOPICS": list(Topic),
    "expect_by": expect_by,
    "ruler": ruler,
    "plan_changed": plan_changed,
    "happened": happened,
    "timedelta": timedelta,
    "LEVELS": LEVELS,
    "PAGE_CHANNEL": {"sms": "text", "call": "phone call", "email": "email", "webhook": "webhook"},
    "gap_words": gap_words,
    "day_words": day_words,
    "reason_text": lambda code: (reason_words(code) or code).lower(),
}
