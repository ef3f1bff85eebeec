"""How readings and nurses agree: counts and shares with their intervals, by language and by acuity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from followup.domain.acuity import Acuity
from followup.domain.triage.evaluate import interval

LEVELS = (Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE, Acuity.NONE)
LANGUAGES = ("en", "es", "other")


@dataclass(frozen=True, slots=True)
class Group:
    """Replies of one language and one reading: `read` in all, `unqueued` of them opened no case, `seen` by a nurse.

    A reply counts as seen once its case was resolved, its reading corrected or its place on the review list settled.
    """

    language: str
    acuity: Acuity
    read: int
    unqueued: int
    seen: int


@dataclass(frozen=True, slots=True)
class Change:
    """A reply whose reading a nurse changed for good: how it was read and how it stands."""

    language: str
    read: Acuity
    stands: Acuity
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Sampled:
    """The audited sample of one language: chosen, looked at by a nurse, or seen in a case that was opened meanwhile."""

    language: str
    chosen: int
    looked_at: int
    seen_elsewhere: int


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total` with the exact 95 % (Clopper-Pearson) interval."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Its lower and upper bound."""
        return interval(self.hits, self.total)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: the replies of a language, an acuity, or all of them."""

    name: str
    read: int
    unqueued: int
    seen: int
    raised: int
    lowered: int

    @property
    def agreed(self) -> Share:
        """Of the replies that a nurse has seen, those that she left as they were read."""
        return Share(max(self.seen - self.raised - self.lowered, 0), self.seen)


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What the sample says of one language, or of all: of those looked at, how many should have reached a nurse."""

    name: str
    unqueued: int
    chosen: int
    looked_at: int
    seen_elsewhere: int
    missed: int
    missed_grave: int

    @property
    def waiting(self) -> int:
        """Chosen, and nobody has looked yet."""
        return self.chosen - self.looked_at - self.seen_elsewhere

    @property
    def misses(self) -> Share:
        """Routine or higher among those looked at."""
        return Share(self.missed, self.looked_at)

    @property
    def grave(self) -> Share:
        """Urgent or higher among those looked at."""
        return Share(self.missed_grave, self.looked_at)


@dataclass(frozen=True, slots=True)
class TriageReport:
    """The whole report; `moved` counts the changes by (read, stands)."""

    total: Line
    by_language: tuple[Line, ...]
    by_acuity: tuple[Line, ...]
    sample: SampleLine
    sample_by_language: tuple[SampleLine, ...]
    moved: Mapping[tuple[Acuity, Acuity], int]


def language_of(code: str | None) -> str:
    """The language a reply is counted under."""
    return "es" if code in ("es", "mixed") else "en" if code in ("en", None, "") else "other"


def triage_report(groups: Iterable[Group], changes: Iterable[Change], samples: Iterable[Sampled]) -> TriageReport:
    """Counts put together. Everything that is not one of the four levels (opt-outs and keywords) counts as none."""
    rows, moved_rows, sampled = list(groups), list(changes), list(samples)
    moved: dict[tuple[Acuity, Acuity], int] = {}
    for change in moved_rows:
        pair = (_level(change.read), _level(change.stands))
        moved[pair] = moved.get(pair, 0) + 1
    languages = [name for name in LANGUAGES if any(row.language == name for row in rows)]
    return TriageReport(
        total=_line("all", rows, moved_rows),
        by_language=tuple(
            _line(name, [row for row in rows if row.language == name], [c for c in moved_rows if c.language == name])
            for name in languages
        ),
        by_acuity=tuple(
            _line(
                level.value,
                [row for row in rows if _level(row.acuity) is level],
                [change for change in moved_rows if _level(change.read) is level],
            )
            for level in LEVELS
        ),
        sample=_sample("all", rows, moved_rows, sampled),
        sample_by_language=tuple(
            _sample(
                name,
                [row for row in rows if row.language == name],
                [change for change in moved_rows if change.language == name],
                [one for one in sampled if one.language == name],
            )
            for name in languages
        ),
        moved=moved,
    )


def _level(acuity: Acuity) -> Acuity:
    return acuity if acuity in LEVELS else Acuity.NONE


def _line(name: str, rows: list[Group], changes: list[Change]) -> Line:
    return Line(
        name=name,
        read=sum(row.read for row in rows),
        unqueued=sum(row.unqueued for row in rows),
        seen=sum(row.seen for row in rows),
        raised=sum(change.stands.rank > change.read.rank for change in changes),
        lowered=sum(change.stands.rank < change.read.rank for change in changes),
    )


def _sample(name: str, rows: list[Group], changes: list[Change], sampled: list[Sampled]) -> SampleLine:
    found = [change for change in changes if change.sampled]
    return SampleLine(
        name=name,
        unqueued=sum(row.unqueued for row in rows),
        chosen=sum(one.chosen for one in sampled),
        looked_at=sum(one.looked_at for one in sampled),
        seen_elsewhere=sum(one.seen_elsewhere for one in sampled),
        missed=sum(change.stands.rank > 0 for change in found),
        missed_grave=sum(change.stands.rank >= Acuity.URGENT.rank for change in found),
    )
