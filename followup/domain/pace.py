"""How fast a sender may go: segments a second, and segments a day as the carriers count their day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# US carriers reset a registered sender's daily count at midnight in Los Angeles.
_CARRIER_ZONE = ZoneInfo("America/Los_Angeles")
# What unasked messages leave of a day for answers, pages and emergencies.
_FOR_ANSWERS = 0.1
# How far ahead of its pace a sender may be claimed for: a little more than the time between two ticks.
AHEAD = timedelta(seconds=2)


def allowance(pace_at: datetime | None, per_second: int, real_now: datetime) -> int:
    """How many segments may be claimed now; `pace_at` is the moment up to which the pace is spent."""
    spent_until = max(pace_at or real_now, real_now)
    return max(0, int((real_now + AHEAD - spent_until).total_seconds() * per_second + 1e-6))


def charged(pace_at: datetime | None, per_second: int, segments: int, real_now: datetime) -> datetime:
    """The moment up to which the pace is spent once `segments` more have gone. Never before now: no saving up."""
    return max(pace_at or real_now, real_now) + timedelta(seconds=segments / max(per_second, 1))


def carrier_day(real_now: datetime) -> str:
    """The carriers' calendar day, as an ISO date."""
    return real_now.astimezone(_CARRIER_ZONE).date().isoformat()


def left_for_unasked(day: str | None, used: int, cap: int, real_now: datetime) -> int:
    """How many segments of the carriers' day are left for unasked messages; they leave a tenth for what answers.

    `used` segments went on `day`. What answers a patient is always tried: the carrier has the last word on it.
    """
    spent = used if day == carrier_day(real_now) else 0
    return max(0, cap - int(cap * _FOR_ANSWERS) - spent)


def back_off(pauses: int, asked: float | None) -> timedelta:
    """How long a sender waits after its n-th refusal in a row: what the provider asked, else 2, 4, 8 ... 60 seconds."""
    return timedelta(seconds=max(0.5, asked) if asked is not None else min(2.0 ** (min(pauses, 6) + 1), 60.0))
