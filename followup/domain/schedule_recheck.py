"""The last look at a communication before it leaves: send it, hold it, or skip it with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from followup.domain.caps import first_room, fits
from followup.domain.delivery import Channel
from followup.domain.hours import next_opening
from followup.domain.patient import PatientFacts
from followup.domain.schedule import ClinicRules, PlanReason


class Action(StrEnum):
    """What to do with a communication that is due."""

    SEND = "send"
    HOLD = "hold"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now; `until` (UTC) is set for a hold, `reason` for a hold and a skip."""

    action: Action
    until: datetime | None = None
    reason: PlanReason | None = None


SEND = Decision(Action.SEND)


def recheck(
    channel: Channel,
    expires_at: datetime,
    patient: PatientFacts,
    clinic: ClinicRules,
    *,
    now: datetime,
    texted: Collection[datetime] = (),
) -> Decision:
    """What to do at `now` with an unasked communication that is due.

    `texted` are the instants of the patient's unasked texts that have left or are leaving, of every plan; not those
    merely planned, which get their own last look. Two due texts of one patient must therefore be looked at one after
    the other, with the first in `texted` for the second.
    """
    closed = patient.unreachable(channel)
    if closed is not None:
        return Decision(Action.SKIP, reason=PlanReason(closed.value))
    if now >= expires_at:
        return Decision(Action.SKIP, reason=PlanReason.HELD_PAST_USE)
    opening = next_opening(now, patient.zone, clinic.hours)
    if channel is Channel.SMS and not fits(opening, patient.zone, clinic.caps, texted):
        room = first_room(opening, patient.zone, clinic.hours, clinic.caps, texted, until=expires_at)
        if room is None:
            return Decision(Action.SKIP, reason=PlanReason.CAPPED_PAST_USE)
        return Decision(Action.HOLD, room, PlanReason.TEXT_CAP)
    if opening > now:
        if opening >= expires_at:
            return Decision(Action.SKIP, reason=PlanReason.HELD_PAST_USE)
        return Decision(Action.HOLD, opening, PlanReason.QUIET_HOURS)
    return SEND
