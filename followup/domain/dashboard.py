"""How a clinic does, in figures: how long cases waited, what became of messages, and when replies come in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from followup.domain.acuity import Acuity
from followup.domain.delivery import Status
from followup.domain.escalation import respond_by
from followup.domain.hours import local
from followup.domain.working_week import WorkingWeek

LEVELS = (Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE)
# The guide has an emergency answered now; this is what "now" may take before a manager should ask why. It is the time
# that an acknowledged emergency has before it pages again.
EMERGENCY_WITHIN = timedelta(minutes=10)


class Passage(StrEnum):
    """What a case waits for, in the order in which it is done."""

    READ = "read"  # a person opened it
    CLAIM = "claim"  # somebody made it theirs
    CONTACT = "contact"  # the patient was answered or reached
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """When one case was opened and when each passage was first reached; None while it was not."""

    acuity: Acuity
    opened_at: datetime
    reached: dict[Passage, datetime]


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations of `count` cases: the middle one, the ninth of ten, and the longest; None of nothing."""

    count: int
    median: timedelta | None = None
    p90: timedelta | None = None
    worst: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long cases of one acuity took to one passage, in true time and in the clinic's working hours."""

    acuity: Acuity
    passage: Passage
    true: Spread
    working: Spread
    waiting: int  # cases that have not come so far


@dataclass(frozen=True, slots=True)
class Target:
    """Of the cases of one acuity, how many had contact in time, how many late or not at all, how many may still."""

    acuity: Acuity
    in_time: int
    late: int
    open: int

    @property
    def share(self) -> float | None:
        """From 0 to 1, of those that are decided; None where none is."""
        decided = self.in_time + self.late
        return self.in_time / decided if decided else None


@dataclass(frozen=True, slots=True)
class Fate:
    """Messages of one step and channel that were due: how many stand in `status`, and how many were answered."""

    step: str
    channel: str
    status: str
    asks: bool
    count: int
    answered: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What became of one step's messages on one channel. `sent` includes what was delivered."""

    step: str
    channel: str
    due: int
    sent: int
    delivered: int
    not_delivered: int
    skipped: int
    asked: int
    answered: int

    @property
    def silent(self) -> int:
        """Questions that went out and have no answer."""
        return self.asked - self.answered


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """One hour of the clinic's day: replies that came in it, and on how many of the days it was staffed throughout."""

    hour: int
    replies: int
    staffed: float


@dataclass(frozen=True, slots=True)
class PageFate:
    """One page to staff for a case: over which channel, where it stands, and how long until somebody answered it."""

    channel: str
    status: str
    answered_after: timedelta | None


@dataclass(frozen=True, slots=True)
class Paging:
    """Pages over one channel: how many, how many did not get through, and how quickly the rest were answered."""

    channel: str
    pages: int
    not_delivered: int
    answers: Spread


def paging(pages: Iterable[PageFate]) -> tuple[Paging, ...]:
    """A line for each channel, in the order of its name."""
    groups: dict[str, list[PageFate]] = {}
    for page in pages:
        groups.setdefault(page.channel, []).append(page)
    return tuple(
        Paging(
            channel,
            len(group),
            sum(page.status in _NOT_DELIVERED and page.answered_after is None for page in group),
            spread(page.answered_after for page in group if page.answered_after is not None),
        )
        for channel, group in sorted(groups.items())
    )


def spread(durations: Iterable[timedelta]) -> Spread:
    """Median, ninetieth percentile (nearest rank) and worst of some durations."""
    found = sorted(durations)
    if not found:
        return Spread(0)
    return Spread(len(found), _rank(found, 0.5), _rank(found, 0.9), found[-1])


def _rank(ordered: Sequence[timedelta], share: float) -> timedelta:
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def timings(cases: Sequence[CaseTimes], week: WorkingWeek) -> tuple[Timing, ...]:
    """A line for each acuity and passage of which there is any case."""
    lines: list[Timing] = []
    for acuity in LEVELS:
        of_acuity = [case for case in cases if case.acuity is acuity]
        for passage in Passage if of_acuity else ():
            ways = [(case.opened_at, case.reached[passage]) for case in of_acuity if passage in case.reached]
            lines.append(
                Timing(
                    acuity, passage, _of(ways, lambda since, until: until - since), _of(ways, week.open_between),
                    len(of_acuity) - len(ways),
                )
            )  # fmt: skip
    return tuple(lines)


def _of(ways: Iterable[tuple[datetime, datetime]], measure: Callable[[datetime, datetime], timedelta]) -> Spread:
    return spread(measure(since, max(since, until)) for since, until in ways)


def targets(cases: Sequence[CaseTimes], week: WorkingWeek, now: datetime) -> tuple[Target, ...]:
    """Contact in time, by acuity: until `respond_by` of the words that opened the case; an emergency within minutes."""
    lines: list[Target] = []
    for acuity in LEVELS:
        counts = {True: 0, False: 0, None: 0}
        for case in cases:
            if case.acuity is acuity:
                counts[_in_time(case, week, now)] += 1
        if any(counts.values()):
            lines.append(Target(acuity, counts[True], counts[False], counts[None]))
    return tuple(lines)


def _in_time(case: CaseTimes, week: WorkingWeek, now: datetime) -> bool | None:
    by = respond_by(case.acuity, case.opened_at, week)
    if case.acuity is Acuity.EMERGENCY:
        by += EMERGENCY_WITHIN
    done = case.reached.get(Passage.CONTACT) or case.reached.get(Passage.RESOLVE)
    if done is None:
        return False if now > by else None
    return done <= by


def reaches(fates: Iterable[Fate]) -> tuple[Reach, ...]:
    """What became of each step's messages, in the order in which the steps come in `fates`."""
    groups: dict[tuple[str, str], list[Fate]] = {}
    for fate in fates:
        groups.setdefault((fate.step, fate.channel), []).append(fate)
    return tuple(_reach(step, channel, group) for (step, channel), group in groups.items())


_GONE = frozenset({Status.SENT, Status.DELIVERED})
_NOT_DELIVERED = frozenset({Status.UNDELIVERED, Status.FAILED})
_NEVER_SENT = frozenset({Status.SKIPPED, Status.CANCELLED})


def _reach(step: str, channel: str, fates: Sequence[Fate]) -> Reach:
    def count(statuses: frozenset[Status]) -> int:
        return sum(fate.count for fate in fates if fate.status in statuses)

    asked = [fate for fate in fates if fate.asks and fate.status in _GONE]
    return Reach(
        step=step,
        channel=channel,
        due=sum(fate.count for fate in fates),
        sent=count(_GONE),
        delivered=count(frozenset({Status.DELIVERED})),
        not_delivered=count(_NOT_DELIVERED),
        skipped=count(_NEVER_SENT),
        asked=sum(fate.count for fate in asked),
        answered=sum(fate.answered for fate in asked),
    )


def by_hour(
    received: Iterable[datetime], week: WorkingWeek, since: datetime, before: datetime
) -> tuple[HourOfDay, ...]:
    """Replies by the hour of the clinic's clock, beside the share of the days on which somebody works in that hour."""
    replies, open_hours, all_hours = [0] * 24, [0] * 24, [0] * 24
    for at in received:
        replies[local(at, week.zone).hour] += 1
    instant = since
    while instant < before:
        hour = local(instant, week.zone).hour
        all_hours[hour] += 1
        open_hours[hour] += week.is_open(instant)
        instant += timedelta(hours=1)
    return tuple(
        HourOfDay(hour, replies[hour], open_hours[hour] / all_hours[hour] if all_hours[hour] else 0.0)
        for hour in range(24)
    )
