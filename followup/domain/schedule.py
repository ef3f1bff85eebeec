"""When each step of a protocol goes to a patient, or why it does not: a pure plan, its changes, and the last look."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from followup.domain.caps import Caps, first_room
from followup.domain.consent import Unreachable
from followup.domain.delivery import Channel
from followup.domain.hours import SendingHours, next_opening
from followup.domain.patient import PatientFacts
from followup.domain.protocol import Delivery, Protocol, Step


class PlanStatus(StrEnum):
    """What the plan says of one communication."""

    PLANNED = "planned"
    SKIPPED = "skipped"


class PlanReason(StrEnum):
    """Why a communication is not on its plain time, not on its first channel, or not sent; `words` for a nurse."""

    LATE_ENTRY = "late_entry"  # planned: entered after its time, so it goes as soon as it may
    QUIET_HOURS = "quiet_hours"  # planned: moved to the next opening
    PAUSE_OVER = "pause_over"  # planned: moved to where a pause ends
    TEXT_CAP = "text_cap"  # planned: moved to where the caps have room
    EMAIL_INSTEAD = "email_instead"  # planned: over a later channel of the step
    ENTERED_LATE = "entered_late"  # skipped
    HELD_PAST_USE = "held_past_use"  # skipped
    CAPPED_PAST_USE = "capped_past_use"  # skipped
    PAUSED = "paused"  # skipped: of no use any more where the pause ends
    STOPPED = "stopped"  # skipped: staff stopped the plan
    DECEASED = "deceased"
    WITHDRAWN = "withdrawn"
    OPTED_OUT = "opted_out"
    CONSENT_MISSING = "consent_missing"
    CONSENT_REFUSED = "consent_refused"
    NO_ADDRESS = "no_address"
    UNDELIVERABLE = "undeliverable"

    @property
    def words(self) -> str:
        """The reason in words a nurse understands."""
        return _WORDS.get(self) or Unreachable(self.value).words

    @property
    def unreachable(self) -> bool:
        """True when the patient cannot be reached there, so that a nurse may have to call."""
        return self in _CLOSED


_CLOSED = frozenset(PlanReason(why.value) for why in Unreachable)
_WORDS = {
    PlanReason.LATE_ENTRY: "the procedure was entered after this was due, so it goes as soon as it may",
    PlanReason.QUIET_HOURS: "held until the patient's sending hours open",
    PlanReason.PAUSE_OVER: "moved to the end of the pause",
    PlanReason.PAUSED: "skipped: the plan is paused for as long as this would have been useful",
    PlanReason.STOPPED: "skipped: the plan was stopped",
    PlanReason.TEXT_CAP: "moved, because a patient gets at most one unasked text a day and three in seven days",
    PlanReason.EMAIL_INSTEAD: "by email, because a text cannot go",
    PlanReason.ENTERED_LATE: "skipped: the procedure was entered after this stopped being useful",
    PlanReason.HELD_PAST_USE: "skipped: held for quiet hours until it stopped being useful",
    PlanReason.CAPPED_PAST_USE: "skipped: no room under the cap on texts while it was useful",
}


@dataclass(frozen=True, slots=True)
class ClinicRules:
    """What a clinic sets for all its plans: the sending hours (on the patient's clock) and the caps."""

    hours: SendingHours = field(default_factory=SendingHours)
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True, slots=True)
class Hold:
    """What staff decided about a plan as a whole: nothing goes before `until` (UTC), or nothing goes any more."""

    until: datetime | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class PlannedCommunication:
    """One step over one channel: when it goes and when it stops being useful (UTC), or why it is skipped.

    `reason` is None for a communication on its plain time. A skipped one keeps the times it would have had.
    """

    step: str
    channel: Channel
    due_at: datetime
    expires_at: datetime
    status: PlanStatus
    reason: PlanReason | None = None

    @property
    def key(self) -> tuple[str, Channel]:
        """What is unique of it within a procedure."""
        return self.step, self.channel


class Settled(StrEnum):
    """What became of a communication that can no longer be planned."""

    SENT = "sent"  # sent, being sent, or perhaps sent
    FAILED = "failed"  # given up on this channel


def plan(
    protocol: Protocol,
    performed_at: datetime,
    patient: PatientFacts,
    clinic: ClinicRules,
    *,
    now: datetime,
    already: Collection[datetime] = (),
    settled: Mapping[tuple[str, Channel], Settled] | None = None,
    hold: Hold | None = None,
) -> tuple[PlannedCommunication, ...]:
    """What each step of `protocol` does for a procedure performed at `performed_at`, seen from `now` (both aware).

    Pure: the same arguments give the same plan, at any time and on any machine.

    `already` are the instants (UTC) of the patient's other unasked texts, sent or planned, of every plan, including
    those that this procedure has sent; `settled` are this procedure's communications that can no longer be planned;
    `hold` is a pause or a stop: a step waits for the end of a pause while it is useful, and is skipped otherwise.

    Every step ends in exactly one outcome: one planned or skipped communication for a step that goes over the first
    channel that reaches, one for each channel of a step that goes over all, none for what is settled. A step that goes
    over the first channel falls to the next one where the first is closed, failed, or has no room under the caps.

    Rules: nothing leaves in quiet hours; nothing leaves at or after its useful-until; texts keep the order of the
    steps; at most `caps.per_day` texts on a day of the patient and `caps.per_week` in any 168 hours, all plans
    together (the limits of 47 CFR 64.1200(a)(9)(iv), taken as guard-rails). Email keeps quiet hours, for a phone
    rings for it too, but is not capped: the rule is about texts, and a mail waits until it is looked at.
    """
    done = settled or {}
    placed: dict[int, PlannedCommunication] = {}
    rows: dict[tuple[int, int], PlannedCommunication] = {}
    ordered = sorted(enumerate(protocol.steps), key=lambda item: (-item[1].priority, item[0]))
    for position, step in ordered:
        if step.deliver is Delivery.FIRST and any(
            done.get((step.slug, channel)) is Settled.SENT for channel in step.channels
        ):
            continue
        after = max((row.due_at for index, row in placed.items() if index < position), default=None)
        before = min((row.due_at for index, row in placed.items() if index > position), default=None)
        taken = [*already, *(row.due_at for row in placed.values())]
        outcomes: list[tuple[int, PlannedCommunication]] = []
        for rank, channel in enumerate(step.channels):
            settled_as = done.get((step.slug, channel))
            if settled_as is not None and step.deliver is Delivery.ALL:
                continue
            closed = PlanReason.UNDELIVERABLE if settled_as is Settled.FAILED else _closed(patient, channel)
            row = _place(step, channel, performed_at, patient.zone, clinic, now, taken, closed, after, before, hold)
            outcomes.append((rank, row))
            if row.status is PlanStatus.PLANNED and step.deliver is Delivery.FIRST:
                break
        if step.deliver is Delivery.FIRST:
            outcomes = [_first_outcome(outcomes)]
        for rank, row in outcomes:
            rows[position, rank] = row
            if row.status is PlanStatus.PLANNED and row.channel is Channel.SMS:
                placed[position] = row
    return tuple(rows[key] for key in sorted(rows))


def _closed(patient: PatientFacts, channel: Channel) -> PlanReason | None:
    why = patient.unreachable(channel)
    return None if why is None else PlanReason(why.value)


def _first_outcome(outcomes: list[tuple[int, PlannedCommunication]]) -> tuple[int, PlannedCommunication]:
    """The one outcome of a step that goes over its first open channel: the planned one, else the best refusal.

    A refusal of an open channel (too late, no room) tells more than that another was closed, and needs no call.
    """
    for rank, row in outcomes:
        if row.status is PlanStatus.PLANNED:
            return rank, row if rank == 0 else replace(row, reason=PlanReason.EMAIL_INSTEAD)
    return next((outcome for outcome in outcomes if outcome[1].reason not in _CLOSED), outcomes[0])


def _place(
    step: Step,
    channel: Channel,
    performed_at: datetime,
    zone: str,
    clinic: ClinicRules,
    now: datetime,
    taken: Iterable[datetime],
    closed: PlanReason | None,
    after: datetime | None,
    before: datetime | None,
    hold: Hold | None,
) -> PlannedCommunication:
    """One step over one channel; `after` and `before` are its neighbours' texts, between which a text must stay."""
    nominal = step.due.instant(performed_at, zone)
    expires = step.useful_until.instant(performed_at, zone)

    def row(at: datetime, status: PlanStatus, reason: PlanReason | None) -> PlannedCommunication:
        return PlannedCommunication(step.slug, channel, at, expires, status, reason)

    if now >= expires and closed not in (PlanReason.DECEASED, PlanReason.WITHDRAWN):
        return row(nominal, PlanStatus.SKIPPED, PlanReason.ENTERED_LATE)
    if closed is not None:
        return row(nominal, PlanStatus.SKIPPED, closed)
    if hold is not None and hold.stopped:
        return row(nominal, PlanStatus.SKIPPED, PlanReason.STOPPED)
    start = max(nominal, now)
    reason = PlanReason.LATE_ENTRY if now > nominal else None
    if hold is not None and hold.until is not None and hold.until > start:
        start, reason = hold.until, PlanReason.PAUSE_OVER
        if start >= expires:
            return row(nominal, PlanStatus.SKIPPED, PlanReason.PAUSED)
    opening = next_opening(start, zone, clinic.hours)
    if opening >= expires:
        return row(nominal, PlanStatus.SKIPPED, PlanReason.HELD_PAST_USE)
    if opening > start and reason is not PlanReason.PAUSE_OVER:
        reason = PlanReason.QUIET_HOURS
    if channel is not Channel.SMS:
        return row(opening, PlanStatus.PLANNED, reason)
    floor = opening if after is None else max(opening, after)
    room = first_room(floor, zone, clinic.hours, clinic.caps, taken, until=expires)
    if room is None or (before is not None and room > before):
        return row(nominal, PlanStatus.SKIPPED, PlanReason.CAPPED_PAST_USE)
    return row(room, PlanStatus.PLANNED, PlanReason.TEXT_CAP if room > opening else reason)


def unreached(
    rows: Iterable[PlannedCommunication], settled: Mapping[tuple[str, Channel], Settled] | None = None
) -> tuple[str, ...]:
    """The steps for which no channel is left, in the plan's order: a nurse should call instead.

    A step counts when nothing of it is planned or sent and a closed channel (no consent, no address, stopped,
    undeliverable) is why; not when it only came too late, and not for a patient who has died or withdrawn.
    """
    alive: dict[str, bool] = {}
    told = {step for (step, _), state in (settled or {}).items() if state is Settled.SENT}
    for row in rows:
        lost = row.reason in _CLOSED and row.reason not in (PlanReason.DECEASED, PlanReason.WITHDRAWN)
        lost = lost and row.status is PlanStatus.SKIPPED and row.step not in told
        alive[row.step] = alive.get(row.step, False) or not lost
    return tuple(step for step, fine in alive.items() if not fine)
