"""By when a case must be answered and when people are paged for it: emergency and urgent run on true time."""

from datetime import datetime, time, timedelta

from followup.domain.acuity import Acuity
from followup.domain.hours import local, local_day, wall
from followup.domain.working_week import NIGHT_ENDS, WorkingWeek

URGENT_WITHIN = timedelta(hours=1)
DAY_BEGINS = time(7)
DAY_ENDS = time(21)
# A reply that comes shortly before closing belongs to the next working day: nobody can be held to five minutes.
ROUTINE_AT_LEAST = timedelta(hours=2)
# Acknowledging an emergency buys its owner this long; only contact with the patient stops the clock.
CLAIM_BUYS = timedelta(minutes=10)
URGENT_CLAIM_BUYS = timedelta(minutes=30)


def respond_by(acuity: Acuity, waiting_since: datetime, week: WorkingWeek) -> datetime:
    """The UTC instant by which words that came in at `waiting_since` must have been answered (triage guide, scale).

    Emergency: now. Urgent: within an hour from 7:00 to 21:00 of the clinic's day, every day of the year; by 8:00 after
    a night. Routine and the rest: by the end of the working day, or of the next one when less than two hours remain.
    """
    if acuity is Acuity.EMERGENCY:
        return waiting_since
    if acuity is Acuity.URGENT:
        return _urgent_by(waiting_since, week.zone)
    return week.day_end(waiting_since, ROUTINE_AT_LEAST)


def _urgent_by(since: datetime, zone: str) -> datetime:
    clock = local(since, zone).time().replace(fold=0)
    if DAY_BEGINS <= clock < DAY_ENDS:
        return since + URGENT_WITHIN
    today = local_day(since, zone)
    morning = today if clock < DAY_BEGINS else today + timedelta(days=1)
    return wall(morning, NIGHT_ENDS, zone)


def first_page_at(acuity: Acuity, due: datetime, now: datetime) -> datetime | None:
    """When the ladder is climbed for words that nobody has answered: an emergency now, urgent ones once past `due`."""
    if acuity is Acuity.EMERGENCY:
        return now
    return max(due, now) if acuity is Acuity.URGENT else None


def next_page_after_claim(acuity: Acuity, due: datetime, now: datetime) -> datetime | None:
    """When somebody is paged again for a case that was taken just now and whose patient nobody has reached."""
    if acuity is Acuity.EMERGENCY:
        return now + CLAIM_BUYS
    return max(due, now + URGENT_CLAIM_BUYS) if acuity is Acuity.URGENT else None
