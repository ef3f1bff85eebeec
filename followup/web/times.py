"""Moments and stretches of time in the words that pages show, on the clinic's clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def local(at: datetime, zone: str) -> datetime:
    """A moment on the clinic's clock."""
    return at.astimezone(ZoneInfo(zone))


def clock(at: datetime, zone: str, now: datetime | None = None) -> str:
    """ "14:05" today, "Mon 14:05" this week, "2 Mar, 14:05" otherwise."""
    here = local(at, zone)
    if now is not None:
        days = (here.date() - local(now, zone).date()).days
        if days == 0:
            return f"{here:%H:%M}"
        if -6 <= days <= 6:
            return f"{here:%a %H:%M}"
        if abs(days) < 300:
            return f"{here.day} {here:%b, %H:%M}"
    return f"{here.day} {here:%b %Y, %H:%M}"


def day(at: datetime | date | str, zone: str = "UTC") -> str:
    """A date people read: "2 March 2026"."""
    if isinstance(at, str):
        at = date.fromisoformat(at)
    here = local(at, zone) if isinstance(at, datetime) else at
    return f"{here.day} {here:%B %Y}"


def born(birth_date: str, now: datetime) -> str:
    """A birth date with the age, or nothing."""
    if not birth_date:
        return ""
    then = date.fromisoformat(birth_date)
    age = now.year - then.year - ((now.month, now.day) < (then.month, then.day))
    return f"{then.day} {then:%b %Y} ({age})"


def span(length: timedelta) -> str:
    """ "4 min", "1 h 05", "2 d 3 h"."""
    minutes = int(abs(length.total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def iso_day(at: datetime, zone: str) -> str:
    """A day on the clinic's calendar as a date field takes it."""
    return local(at, zone).date().isoformat()


def day_name(at: datetime, zone: str, now: datetime) -> str:
    """ "today", "Fri 6 Mar"."""
    here = local(at, zone)
    return "today" if here.date() == local(now, zone).date() else f"{here:%a} {here.day} {here:%b}"


def length_of(length: timedelta) -> str:
    """ "45 s", "4 min": how quick somebody was."""
    return f"{length.total_seconds():.0f} s" if length < timedelta(minutes=2) else span(length)
