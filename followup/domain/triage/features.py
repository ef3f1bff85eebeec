"""What the second reader looks at: words, their neighbours, letter groups, the rules' signs and the situation."""

import itertools
from zlib import crc32

from followup.domain.triage.assessment import ReplyContext
from followup.domain.triage.classes import Classes
from followup.domain.triage.normalise import Plain
from followup.domain.triage.rules import CHEST_SITES, DAY_TWO, PERSISTENCE_HOURS, Weighed

_MOST_WORDS = 120  # of a very long reply its beginning is enough: the rules read all of it
_STEM = 5
_DANGER = frozenset(
    [
        "breath",
        "chest",
        "heart",
        "throat",
        "face",
        "eye",
        "head",
        "groin",
        "toilet",
        "consciousness",
        "speech",
        "mind",
        "blood",
        "soak",
        "cough",
        "death",
        "pill",
        "life",
        "swell",
        "bruise",
        "red",
        "pus",
        "heat",
        "cold",
        "numb",
        "weak",
        "paraly",
        "dizzy",
        "vomit",
        "sugar",
        "taste",
        "pain",
        "severe",
        "press",
        "worse",
        "bigger",
        "worry",
        "hospital",
    ]
)


def features(plain: Plain, weighed: Weighed, context: ReplyContext, classes: Classes) -> tuple[list[int], ...]:
    """Hashed features in four groups: words and neighbours, letter groups, signs and situation, classes."""
    words = [token.word for token in plain.tokens if token.word != ","][:_MOST_WORDS]
    stems = [word if word[0].isdigit() else word[:_STEM] for word in words]
    lexical = [f"w {word}" for word in words]
    lexical += [f"s {stem}" for stem in stems]
    lexical += [f"2 {one} {two}" for one, two in itertools.pairwise(words)]
    lexical += [f"t {one} {two}" for one, two in itertools.pairwise(stems)]
    lexical += [f"3 {one} {two} {three}" for one, two, three in zip(stems, stems[1:], stems[2:], strict=False)]
    lexical += [f"_ {one} {two}" for one, two in zip(stems, stems[2:], strict=False)]
    lexical += [f"__ {one} {two}" for one, two in zip(stems, stems[3:], strict=False)]
    letters = []
    for word in words:
        padded = f"<{word}>"
        for size in (3, 4, 5):
            letters += [padded[place : place + size] for place in range(len(padded) - size + 1)]
    situation, order = _situation(words, weighed, context), _order(words, classes)
    return _hashed(lexical), _hashed(letters), _hashed(situation), _hashed(order)


def _situation(words: list[str], weighed: Weighed, context: ReplyContext) -> list[str]:
    signs = sorted(weighed.signs)
    hours = context.hours_since_procedure
    late = "late" if hours is not None and hours >= PERSISTENCE_HOURS else "early"
    day_two = "day-two" if context.last_message == DAY_TWO else "other-step"
    size = "1" if len(words) < 2 else "3" if len(words) < 4 else "8" if len(words) < 9 else "long"
    found = [f"sign {sign}" for sign in signs]
    found += [f"pair {one} {two}" for place, one in enumerate(signs) for two in signs[place + 1 :]]
    found += [
        f"level {weighed.acuity}",
        f"level {weighed.acuity} {late} {day_two}",
        f"cover {int(weighed.cover * 5)} {weighed.acuity}",
        f"size {size} {weighed.acuity}",
        f"answer {weighed.answer} {late} {day_two}",
        f"asked {context.last_message} {size}",
        f"site {context.body_site in CHEST_SITES or context.body_site is None}",
        f"ends {words[-1] if words else ''}",
        f"begins {words[0] if words else ''}",
    ]
    if len(words) <= 3:
        found.append(f"whole {' '.join(words)} {day_two}")
    levels = {mark.acuity for mark in weighed.marks}
    found += [f"has {level}" for level in levels]
    return found


def _order(words: list[str], classes: Classes) -> list[str]:
    """Which classes stand in the reply, which follow which, and which stand in one sentence."""
    order: list[str] = []
    sentence: list[str] = []
    found: list[str] = []
    for word in [*words, "."]:
        if word in (".", "?"):
            kinds = sorted(set(sentence))
            found += [f"in {one} {two}" for place, one in enumerate(kinds) for two in kinds[place + 1 :]]
            order.extend(sentence)
            order.append("stop")
            sentence = []
            continue
        for name in classes.of(word)[:2]:
            sentence.append(name)
    danger = sum(name in _DANGER for name in order)
    unknown = sum(1 for word in words if word not in (".", "?") and not classes.of(word))
    size = "1" if len(words) < 3 else "6" if len(words) < 7 else "15" if len(words) < 16 else "long"
    asks = "?" if "?" in words else "neg" if "neg" in order else "plain"
    found += [f"danger {min(danger, 4)}", f"danger {min(danger, 4)} {size}", f"danger {min(danger, 4)} {asks}"]
    found += [f"unknown {min(unknown, 6)} {size}"]
    found += [f"class {name}" for name in order]
    found += [f"then {one} {two}" for one, two in itertools.pairwise(order)]
    found += [f"then {one} {two} {three}" for one, two, three in zip(order, order[1:], order[2:], strict=False)]
    found += [f"skip {one} {two}" for one, two in zip(order, order[2:], strict=False)]
    return found


def _hashed(names: list[str]) -> list[int]:
    return [crc32(name.encode()) for name in dict.fromkeys(names)]
