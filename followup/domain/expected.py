"""What a nurse may expect of one patient for a while, and which replies are about nothing else.

Deliberately narrow: a reply that is kept from the queue must say that thing, and nothing that is not known to be
harmless. Whatever is unsure goes to the queue, as it did before.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from followup.domain.acuity import Acuity
from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local_day, wall
from followup.domain.triage.assessment import Assessment

LONGEST = timedelta(days=7)


class Topic(StrEnum):
    """A thing at the site that may be expected."""

    BRUISING = "bruising"
    SWELLING = "swelling"
    SORENESS = "soreness"


_CLASS = {Topic.BRUISING: "bruise", Topic.SWELLING: "swell", Topic.SORENESS: "pain"}
# What may stand beside it: that it is unchanged, mild, better, where and when, thanks.
_HARMLESS = frozenset(("same", "mild", "better", "site", "time", "thanks", "rest"))
_RULES = ("site-soreness", "unchanged", "mild")
_ENGLISH = "a an the my is are it its this that there some i have has got on at in of and to as was we you your"
_SPANISH = "el la los las mi mis un una es en de y lo tengo tiene hay esta está al del se me que"
_FILLING = frozenset((*_ENGLISH.split(), *_SPANISH.split(), ".", ","))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a reply as the reader respells it, with what it is about (domain/triage/classes)."""

    text: str
    classes: tuple[str, ...]


def about(topics: Collection[Topic], assessment: Assessment, words: Sequence[Word]) -> Topic | None:
    """The topic that a routine reply is about and nothing else; None where a person should read it.

    Never an emergency or urgent reading, self-harm, a wrong number, an opt-out, words that were not understood, a
    question, a number, something new, worse or negated, or any word that is not known: each of these stands in the way.
    """
    if assessment.acuity is not Acuity.ROUTINE or not assessment.understood or assessment.answer == "worse":
        return None
    if assessment.self_harm or assessment.wrong_number or assessment.opt_out or assessment.proxy:
        return None
    if not assessment.evidence or not all(item.rule.startswith(_RULES) for item in assessment.evidence):
        return None
    allowed = _HARMLESS | {_CLASS[topic] for topic in topics}
    for word in words:
        if not word.classes and word.text.lower() not in _FILLING:
            return None
        if not allowed.issuperset(word.classes):
            return None
    named = {name for word in words for name in word.classes}
    return next((topic for topic in topics if _CLASS[topic] in named), None)


def expected_until(text: str, ends: datetime, zone: str, now: datetime) -> datetime:
    """The UTC instant until which something is expected: through the day that `text` (ISO 8601) names.

    At most seven days, and never beyond the end of the plan `ends`. Raises InvalidInput.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(Fault("until", "Choose until which day it is expected.")) from None
    if now >= ends:
        raise InvalidInput(Fault("until", "This plan is over; what comes now is for a person to read."))
    if day < local_day(now, zone):
        raise InvalidInput(Fault("until", "Choose today or a later day."))
    until = wall(day + timedelta(days=1), time(0), zone)
    last = min(local_day(now + LONGEST, zone), local_day(ends - timedelta(seconds=1), zone))
    if day > last:
        raise InvalidInput(
            Fault("until", f"Choose {last.day} {last:%B} at the latest: seven days, and not beyond the plan's end.")
        )
    return min(until, ends)
