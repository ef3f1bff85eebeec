"""What a clinic's protocol is: the steps after a procedure, what each asks, and what it adds to the reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from followup.domain.delivery import Channel
from followup.domain.hours import local_day, wall
from followup.domain.triage.assessment import RedFlag

SILENT_AFTER = timedelta(hours=24)
"""When a check that nobody answered puts the patient on the call list, where the protocol says nothing else."""


class Delivery(StrEnum):
    """Over how many of a step's channels it goes."""

    FIRST = "first"  # the first that reaches the patient
    ALL = "all"  # each that reaches the patient


class Answer(StrEnum):
    """What an answer to a check means."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class After:
    """So long after the procedure, in true hours (a change of the clock makes them neither more nor fewer)."""

    delay: timedelta

    def instant(self, performed_at: datetime, zone: str) -> datetime:
        """The UTC instant this means for a procedure at `performed_at`."""
        return performed_at + self.delay


@dataclass(frozen=True, slots=True)
class OnDay:
    """The patient's `at` o'clock, `day` calendar days after the day of the procedure (0 is that day)."""

    day: int
    at: time

    def instant(self, performed_at: datetime, zone: str) -> datetime:
        """The UTC instant this means for a procedure at `performed_at` and a patient in `zone`."""
        return wall(local_day(performed_at, zone) + timedelta(days=self.day), self.at, zone)


Moment = After | OnDay


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: what it means and the accepted words by language, the one we print first."""

    answer: Answer
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a step asks, with its choices in the order the text names them."""

    about: str
    choices: tuple[Choice, ...]

    def words(self, language: str) -> tuple[str, ...]:
        """The printed answer words of `language`, in their order."""
        return tuple(choice.words[language][0] for choice in self.choices)


class PageKind(StrEnum):
    """How the check-in page asks."""

    CHOICE = "choice"  # one of the step's own answers
    SCALE = "scale"  # a number from 0 to 10
    WORDS = "words"  # the patient's own words, which may be left empty


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """One page of the check-in: what it asks, by language.

    `choices` are those of the step (kind choice). `about` names what a scale measures, as a word that stands before
    the number ("pain"), and `ends` says what 0 and 10 mean.
    """

    slug: str
    kind: PageKind
    asked: Mapping[str, str]
    choices: tuple[Choice, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a protocol: when, until when it still helps, over what, and what it asks.

    `priority`: where the caps have no room for every text, the higher number goes first. For a step that asks:
    `silent_after` is how long after the question a patient who has not answered is put on the call list, `ask_again`
    after how long the question is repeated once, within the caps, where the protocol wants that. `check_in` are the
    pages that its link opens, in their order; without any it carries no link.
    """

    slug: str
    due: Moment
    useful_until: Moment
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL)
    deliver: Delivery = Delivery.FIRST
    asks: Question | None = None
    priority: int = 0
    silent_after: timedelta = SILENT_AFTER
    ask_again: timedelta | None = None
    check_in: tuple[PageQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A procedure code, or a run of codes `code`..`last`, in one coding system."""

    system: str
    code: str
    last: str | None = None

    def covers(self, system: str, code: str) -> bool:
        """True when (system, code) is this code or lies in this run; codes of one length compare as text."""
        if _system(system) != _system(self.system):
            return False
        wanted = code.strip().upper()
        if self.last is None:
            return wanted == self.code
        return len(wanted) == len(self.code) and self.code <= wanted <= self.last


_CPT = {"cpt", "c4", "cpt-4", "cpt4", "http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12"}
_SNOMED = {"sct", "snomed", "snomed-ct", "http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"}


def _system(name: str) -> str:
    """One name for a coding system that FHIR, HL7 v2 and people write differently."""
    key = name.strip().casefold().rstrip("/")
    return "cpt" if key in _CPT else "sct" if key in _SNOMED else key


@dataclass(frozen=True, slots=True)
class BodySite:
    """A place the procedure may be done at; `over_lung` marks those where a new pain on breathing is an emergency."""

    slug: str
    names: Mapping[str, str]
    over_lung: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """A clinic's plan of care messages after one kind of procedure; `version` names exactly these words and times."""

    slug: str
    names: Mapping[str, str]
    version: str
    languages: tuple[str, ...]
    steps: tuple[Step, ...]
    codes: tuple[Code, ...] = ()
    body_sites: tuple[BodySite, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    activity_limit: timedelta = field(default=timedelta(hours=48))

    @property
    def name(self) -> str:
        """The English name, for staff."""
        return self.names.get("en", self.slug)

    def step(self, slug: str) -> Step | None:
        """The step of that name, or None."""
        return next((step for step in self.steps if step.slug == slug), None)

    def covers(self, system: str, code: str) -> bool:
        """True when a procedure of this code follows this protocol."""
        return any(run.covers(system, code) for run in self.codes)

    def body_site(self, text: str) -> BodySite | None:
        """The site of that slug or name (any language, any case), or None."""
        key = " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
        for site in self.body_sites:
            if key in {site.slug.replace("-", " "), *(name.casefold() for name in site.names.values())}:
                return site
        return None
