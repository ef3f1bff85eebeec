"""Where the marks of the dashboard's charts stand: plain geometry, drawn by the page as SVG."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from followup.domain.acuity import Acuity
from followup.domain.dashboard import HourOfDay, Timing

WIDTH = 100.0
# A care day spans seconds to days: equal steps of this scale are equal factors of time.
_TICKS = (
    (timedelta(minutes=1), "1 min"),
    (timedelta(minutes=10), "10 min"),
    (timedelta(hours=1), "1 h"),
    (timedelta(hours=8), "8 h"),
    (timedelta(days=2), "2 d"),
)
_LEAST, _MOST = timedelta(seconds=15), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of a chart of times: from the median to the ninetieth percentile, and the worst; x in 0-100."""

    timing: Timing
    median: float
    p90: float
    worst: float


@dataclass(frozen=True, slots=True)
class Column:
    """One hour of the chart of the day: x, and heights in 0-100."""

    hour: HourOfDay
    x: float
    height: float


def ladders(timings: Sequence[Timing]) -> Mapping[Acuity, Sequence[Rung]]:
    """The rungs of each acuity, on one logarithmic scale from seconds to a week."""
    found: dict[Acuity, list[Rung]] = {}
    for timing in timings:
        true = timing.true
        if true.median is not None and true.p90 is not None and true.worst is not None:
            rung = Rung(timing, place(true.median), place(true.p90), place(true.worst))
            found.setdefault(timing.acuity, []).append(rung)
    return found


def place(duration: timedelta) -> float:
    """Where a duration stands on the scale, from 0 to 100."""
    kept = min(max(duration, _LEAST), _MOST)
    return WIDTH * math.log(kept / _LEAST) / math.log(_MOST / _LEAST)


def ticks() -> Sequence[tuple[float, str]]:
    """The marks of the scale: place and name."""
    return [(place(duration), name) for duration, name in _TICKS]


def load(hours: Sequence[HourOfDay]) -> Sequence[Column]:
    """A column for each hour of the day; the tallest reaches the top."""
    most = max((hour.replies for hour in hours), default=0) or 1
    step = WIDTH / 24
    return [Column(hour, hour.hour * step, hour.replies / most * 100) for hour in hours]
