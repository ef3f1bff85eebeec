"""Protocols, patients and instants that the tests of planning share."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.patient import PatientFacts
from followup.domain.protocol import After, Delivery, OnDay, Protocol, Step
from followup.domain.schedule import ClinicRules, PlannedCommunication, plan

CHICAGO = "America/Chicago"
HOUR = timedelta(hours=1)
RULES = ClinicRules()

REST = Step("rest-today", After(HOUR), OnDay(1, time(0)), deliver=Delivery.ALL)
ACTIVITY = Step("activity-48h", OnDay(1, time(10)), After(48 * HOUR), deliver=Delivery.ALL, priority=1)
CHECK = Step("day-two-check", After(48 * HOUR), OnDay(5, time(0)), priority=2)


def protocol(*steps: Step) -> Protocol:
    return Protocol("trial", {"en": "Trial"}, "1", ("en", "es"), steps or (REST, ACTIVITY, CHECK))


def text_step(slug: str, due: After | OnDay, until: After | OnDay, priority: int = 0) -> Step:
    return Step(slug, due, until, (Channel.SMS,), priority=priority)


def consent(channel: Channel, given: bool = True) -> Consent:
    return Consent(channel, given, datetime(2026, 1, 1, tzinfo=UTC), "staff:1", "form", privacy_warning=True)


def patient(zone: str = CHICAGO, *channels: Channel, **other: object) -> PatientFacts:
    """Someone with a phone and a mail address, who agreed to `channels` (both where none is named)."""
    agreed = {channel: consent(channel) for channel in channels or (Channel.SMS, Channel.EMAIL)}
    facts: dict[str, object] = {"phone": "+13125550100", "email": "ana@example.com", "consents": agreed, **other}
    return PatientFacts(zone, **facts)  # type: ignore[arg-type]


def at(text: str, zone: str = CHICAGO) -> datetime:
    """The UTC instant at which the clock of `zone` shows `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def planned(
    performed: str, *steps: Step, now: str | None = None, zone: str = CHICAGO, **other: object
) -> dict[tuple[str, str], PlannedCommunication]:
    """The plan of a procedure performed and (unless `now` says otherwise) entered at that local time, by its keys."""
    who = other.pop("patient", None) or patient(zone)
    entered = at(now or performed, zone)
    rows = plan(protocol(*steps), at(performed, zone), who, RULES, now=entered, **other)  # type: ignore[arg-type]
    return {(row.step, row.channel.value): row for row in rows}


def shown(row: PlannedCommunication, zone: str = CHICAGO) -> str:
    """When it goes, on the clock of `zone`."""
    return row.due_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
