"""What the rules alone make of one reply: its level, the words that show it, and the signs a second reader may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from followup.domain.acuity import Acuity
from followup.domain.triage.assessment import NURSE, ReplyContext
from followup.domain.triage.lexicon import Hit
from followup.domain.triage.normalise import Plain
from followup.domain.triage.numbers import Reading, readings
from followup.domain.triage.turns import AFFIRMED, IMAGINED, OTHER, PAST, Turns, turns_of

CHEST_SITES = frozenset(("neck", "shoulder", "upper-back", "chest", "chest-wall"))
"""Sites after which pain on breathing may be a collapsed lung; a site that is not known counts as one."""

PERSISTENCE_HOURS = 48.0
NUMBING_HOURS = 6.0
ANAESTHETIC_HOURS = 24.0
DAY_TWO = "day-two-check"
FIGURE_OF_DEATH = "self-harm-in-jest"
"""The mark on words of self-harm inside a figure of speech: never below urgent."""

NUMB_SITES = ("jaw", "neck")
_GROUPS = {
    "taste": ("metal", "copper", "penn", "coin", "tinny", "taste", "sabor", "nickel", "battery", "foil"),
    "ears": ("ear", "ring", "buzz", "tinnitus", "hum", "zumb", "oido", "pit"),
    "lips": ("lip", "tongue", "mouth", "labio", "lengua", "boca", "gums"),
    "twitch": ("twitch", "jerk", "spasm", "brinc", "tic", "salt", "temblor", "jump"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """The words `[first, last]` that a rule stands on, and the level it gives them."""

    rule: str
    acuity: Acuity
    first: int
    last: int


@dataclass(slots=True)
class Weighed:
    """The rules' reading of one reply."""

    acuity: Acuity = Acuity.ROUTINE
    marks: list[Mark] = field(default_factory=list)
    signs: set[str] = field(default_factory=set)
    opt_out: bool = False
    self_harm: bool = False
    wrong_number: bool = False
    automatic: bool = False
    proxy: bool = False
    question: bool = False
    answer: str | None = None
    pain: int | None = None
    benign: bool = False
    strong: bool = False  # the level stands on its own: nothing the second reader says can lower it
    cover: float = 0.0


def weigh(plain: Plain, hits: Sequence[Hit], context: ReplyContext) -> Weighed:
    """The level of the whole reply by rules alone, the highest of its parts."""
    hits = _unmasked(hits)
    turns = turns_of(plain, hits)
    result = Weighed()
    kinds: dict[str, list[Hit]] = {}
    states: dict[int, str] = {}
    for hit in hits:
        state = turns.state(hit) if hit.rule.kind in _STATED else AFFIRMED
        states[id(hit)] = state
        result.signs.add(f"{hit.rule.name}:{state}" if state != AFFIRMED else hit.rule.name)
        kinds.setdefault(hit.rule.kind, []).append(hit)
    numbers = readings(plain, context.last_message == DAY_TWO)
    for number in numbers:
        result.signs.add(f"{number.rule}:{number.acuity}")

    live = {kind: [hit for hit in found if states[id(hit)] == AFFIRMED] for kind, found in kinds.items()}
    _flags(result, live, kinds, states, context, turns)
    _numbers(result, numbers)
    _directions(result, live, kinds, states, context, numbers)
    _office(result, live, context)
    result.cover = _cover(plain, hits, numbers)
    result.strong = result.self_harm or not any(kinds.get(kind) for kind in _QUALIFIERS)
    return result


_QUALIFIERS = (
    "mask", "negator", "postneg", "if", "past", "gone", "other", "good", "better", "question", "automatic", "wrong",
    "foreign",
)  # fmt: skip
"""Turns of phrase after which a red flag may mean something else; without any of them it stands as it is."""

_STATED = frozenset(
    ("flag", "pleuritic", "face", "numb", "last", "worse", "severe", "symptom", "expected", "better", "good", "same",
     "ack"),
)  # fmt: skip


def _unmasked(hits: Sequence[Hit]) -> list[Hit]:
    jests = [hit for hit in hits if hit.rule.kind == "jest"]
    if jests:
        # A figure of speech takes the red flags it is made of, never a word of self-harm: see _flags.
        hits = [hit for hit in hits if hit.rule.kind != "flag" or not _touches(hit, jests)]
    masks = [hit for hit in hits if hit.rule.kind == "mask"]
    if not masks:
        return list(hits)
    return [
        hit
        for hit in hits
        if hit.rule.kind in ("mask", "selfharm", "optout", "better", "good", "ack")
        or not any(mask.first <= hit.first and hit.last <= mask.last for mask in masks)
    ]


def _touches(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(one.first <= hit.last and hit.first <= one.last for one in others)


def _flags(
    result: Weighed, live: Mapping[str, Sequence[Hit]], kinds: Mapping[str, Sequence[Hit]],
    states: Mapping[int, str], context: ReplyContext, turns: Turns,
) -> None:  # fmt: skip
    """Red flags that stand, at their level for this site and hour; others leave a routine or nothing."""
    site, hours = context.body_site, context.hours_since_procedure
    for hit in live.get("selfharm", ()):
        if _touches(hit, kinds.get("jest", ())):
            # `I could die laughing`: said in jest or not, a person calls today.
            result.marks.append(Mark(FIGURE_OF_DEATH, Acuity.URGENT, hit.first, hit.last))
            continue
        result.self_harm = True
        _mark(result, hit, Acuity.EMERGENCY)
    for kind in ("flag", "pleuritic", "face", "numb", "last"):
        for hit in kinds.get(kind, ()):
            state = states[id(hit)]
            level = hit.rule.acuity
            if state == OTHER and level is Acuity.EMERGENCY:
                state = AFFIRMED
            if state == AFFIRMED:
                _mark(result, hit, _level_here(kind, hit, site, hours))
            elif state == IMAGINED and "question" in live:
                _mark(result, hit, Acuity.ROUTINE, "-imagined")
            elif state == PAST and level.rank > 1 and "question" in live:
                _mark(result, hit, Acuity.ROUTINE, "-before")
    toxic = {
        group
        for hit in live.get("last", ())
        for group, stems in _GROUPS.items()
        for stem in stems
        if any(turns.plain.tokens[place].word.startswith(stem) for place in range(hit.first, hit.last + 1))
    }
    if len(toxic) >= 2 and (hours is None or hours <= ANAESTHETIC_HOURS):
        for hit in live["last"]:
            _mark(result, hit, Acuity.EMERGENCY, "-two-signs")


def _level_here(kind: str, hit: Hit, site: str | None, hours: float | None) -> Acuity:
    if kind == "pleuritic" and site is not None and site not in CHEST_SITES:
        return Acuity.URGENT
    return hit.rule.acuity


def _numbers(result: Weighed, numbers: Sequence[Reading]) -> None:
    for number in numbers:
        if number.rule.startswith("pain-"):
            result.pain = int(number.value)
        if number.acuity.rank > 0:
            result.marks.append(Mark(number.rule, number.acuity, number.first, number.last))


def _directions(
    result: Weighed, live: Mapping[str, Sequence[Hit]], kinds: Mapping[str, Sequence[Hit]],
    states: Mapping[int, str], context: ReplyContext, numbers: Sequence[Reading],
) -> None:  # fmt: skip
    """Better, same and worse; what is expected at the site, and for how long."""
    hours = context.hours_since_procedure
    late = context.last_message == DAY_TWO or (hours is not None and hours >= PERSISTENCE_HOURS)
    for hit in live.get("worse", ()):
        _mark(result, hit, Acuity.URGENT)
        result.answer = "worse"
    same = live.get("same", ())
    better = live.get("better", ())
    if same and result.answer is None and not better:
        result.answer = "same"
    if better and result.answer is None:
        result.answer = "better"
    for hit in same:
        if late:
            _mark(result, hit, Acuity.ROUTINE)
    expected = live.get("expected", ())
    if expected and hours is not None and hours >= PERSISTENCE_HOURS and not better:
        for hit in expected:
            _mark(result, hit, Acuity.ROUTINE, "-after-two-days")
    elif expected and not late:
        result.benign = True  # what is expected at the site in the first two days
        for hit in expected:
            _mark(result, hit, Acuity.NONE, "-expected")
    for hit in live.get("symptom", ()):
        _mark(result, hit, Acuity.ROUTINE)


def _office(result: Weighed, live: Mapping[str, Sequence[Hit]], context: ReplyContext) -> None:
    """Questions, wrong numbers, opt-outs, who writes."""
    for hit in live.get("question", ()):
        result.question = True
        _mark(result, hit, Acuity.ROUTINE)
    for hit in live.get("wrong", ()):
        result.wrong_number = True
        _mark(result, hit, Acuity.ROUTINE)
    kept = live.get("keepon", ())
    for hit in live.get("optout", ()):
        if any(one.first <= hit.last and hit.first <= one.last + 3 for one in kept):
            continue
        result.opt_out = True
        _mark(result, hit, Acuity.OPT_OUT)
    result.automatic = bool(live.get("automatic"))
    result.proxy = bool(live.get("proxy"))
    for kind in ("good", "ack", "better"):
        for hit in live.get(kind, ()):
            result.benign = True
            _mark(result, hit, Acuity.NONE)
    result.acuity = max((mark.acuity for mark in result.marks), key=lambda one: one.rank, default=Acuity.ROUTINE)
    if context.last_message == NURSE and result.acuity.rank == 0:
        result.acuity = Acuity.ROUTINE


def _mark(result: Weighed, hit: Hit, level: Acuity, suffix: str = "") -> None:
    result.marks.append(Mark(hit.rule.name + suffix, level, hit.first, hit.last))


_FILLING = frozenset(
    [
        ".",
        ",",
        "?",
        "i",
        "you",
        "so",
        "much",
        "very",
        "the",
        "a",
        "an",
        "to",
        "for",
        "and",
        "my",
        "is",
        "am",
        "was",
        "it",
        "that",
        "this",
        "in",
        "of",
        "on",
        "at",
        "me",
        "all",
        "y",
        "a",
        "la",
        "el",
        "de",
        "que",
        "mi",
        "muy",
        "lo",
        "los",
        "las",
        "por",
        "un",
        "una",
        "en",
        "es",
        "con",
        "yo",
        "us",
        "your",
        "we",
        "be",
        "are",
    ]
)
"""Clause breaks and words that say nothing of themselves: they need no rule to be understood."""


def _cover(plain: Plain, hits: Sequence[Hit], numbers: Sequence[Reading]) -> float:
    """The share of words that some rule has accounted for."""
    covered: set[int] = set()
    for hit in hits:
        covered.update(range(hit.first, hit.last + 1))
    for number in numbers:
        covered.update(range(number.first, number.last + 1))
    words = [place for place, token in enumerate(plain.tokens) if token.word not in _FILLING]
    return sum(place in covered for place in words) / len(words) if words else 0.0
