"""How the questions of a check-in page are read from protocol.yaml, with every fault noted."""

from collections.abc import Mapping

from followup.domain.patient import LANGUAGES
from followup.domain.protocol import PageKind, PageQuestion, Question
from followup.domain.protocol_fields import Fields

_KNOWN = ("slug", "kind", "ask", "about", "ends")
# Addresses of the page itself, and what is stored beside the questions.
_TAKEN = frozenset({"photos", "send", "done", "stop"})
_MOST = 10


def page_questions(step: Fields, asks: Question | None) -> tuple[PageQuestion, ...]:
    """The pages of a step's `check_in`, in their order; none where it has none."""
    entries = step.sequence("check_in")
    if entries and step.data.get("asks") is None:
        step.fault("check_in", "stands at a step that asks nothing; give the step `asks`, or take it out")
    if len(entries) > _MOST:
        step.fault("check_in", f"has {len(entries)} questions; nobody answers more than {_MOST}")
    found: list[PageQuestion] = []
    for number, entry in enumerate(entries, start=1):
        slug = entry.get("slug") if isinstance(entry, Mapping) else None
        fields = Fields(entry, f"{step.at('check_in')}.{slug or number}", step.faults, _KNOWN)
        if not fields.data:
            continue
        before = len(step.faults)
        question = _question(fields, asks)
        if question.slug in _TAKEN:
            fields.fault("slug", f"{question.slug!r} is a page of its own; give the question another name")
        if any(question.slug == other.slug for other in found):
            fields.fault("slug", f"{question.slug!r} is there twice; give each question a name of its own")
        if question.kind is PageKind.CHOICE and any(other.kind is PageKind.CHOICE for other in found):
            fields.fault("kind", "is a second choice; a step has one set of answers, so it can be asked once")
        if len(step.faults) == before:
            found.append(question)
    return tuple(found)


def _question(fields: Fields, asks: Question | None) -> PageQuestion:
    kind = PageKind(fields.choice("kind", list(PageKind), PageKind.WORDS))
    scale = kind is PageKind.SCALE
    for key in ("about", "ends"):
        if key in fields.data and not scale:
            fields.fault(key, f"is only for a scale, and this is a {kind}")
    if kind is PageKind.CHOICE and asks is None:
        fields.fault("kind", "is a choice, but the step has no answers to choose from")
    return PageQuestion(
        slug=fields.slug("slug"),
        kind=kind,
        asked=_lines(fields, "ask"),
        choices=asks.choices if kind is PageKind.CHOICE and asks is not None else (),
        about=_lines(fields, "about") if scale else {},
        ends=_ends(fields) if scale else {},
    )


def _lines(fields: Fields, key: str) -> dict[str, str]:
    inner = Fields(fields.data.get(key), fields.at(key), fields.faults, LANGUAGES)
    return {language: inner.text(language) for language in LANGUAGES} if inner.data else {}


def _ends(fields: Fields) -> dict[str, tuple[str, str]]:
    inner = Fields(fields.data.get("ends"), fields.at("ends"), fields.faults, LANGUAGES)
    ends: dict[str, tuple[str, str]] = {}
    for language in LANGUAGES if inner.data else ():
        given = inner.sequence(language)
        if len(given) == 2 and all(isinstance(word, str) and word.strip() for word in given):
            ends[language] = (given[0].strip(), given[1].strip())
        else:
            inner.fault(language, 'is not two phrases, for 0 and for 10, such as ["no pain", "the worst pain"]')
    return ends
