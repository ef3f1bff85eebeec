"""What the patient's check-in page asks, and how its answers become the words of one reply."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from followup.domain.acuity import Acuity
from followup.domain.errors import Fault, InvalidInput
from followup.domain.protocol import Answer, PageKind, PageQuestion
from followup.domain.triage.assessment import Assessment, Evidence, ReplyContext

LONGEST_WORDS = 2000
# What was answered and not sent for so long is given to the nurse as it stands.
LEFT_LYING = timedelta(minutes=30)
# The line that a ticked "stop" box adds; it is no question of a protocol.
STOP = "stop"

_MEANS = {Answer.BETTER: Acuity.NONE, Answer.SAME: Acuity.ROUTINE, Answer.WORSE: Acuity.URGENT}


class PhotoRefused(StrEnum):
    """Why a photo is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NO_PHOTO = "no_photo"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answer, which stands at `[start, end)` of the reply's text; `value` is what was chosen."""

    slug: str
    kind: str
    asked: str
    value: str
    said: str
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        """The form in which it is stored with the reply."""
        return {key: getattr(self, key) for key in ("slug", "kind", "asked", "value", "said", "start", "end")}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Answered":
        """What `as_json` made."""
        return cls(
            str(stored["slug"]), str(stored["kind"]), str(stored["asked"]), str(stored["value"]), str(stored["said"]),
            int(stored["start"]), int(stored["end"]),
        )  # fmt: skip


def by_text(settings: Mapping[str, Any]) -> bool:
    """True where the clinic wants the link in texts, too. Raises InvalidInput for a setting that is neither."""
    wanted = settings.get("check_in_by_text", False)
    if not isinstance(wanted, bool):
        raise InvalidInput(Fault("check_in_by_text", f"{wanted!r} is neither true nor false"))
    return wanted


def checked(question: PageQuestion, given: str) -> str:
    """An answer in the form it is kept in: a choice's meaning, a number from 0 to 10, or the words as they are.

    Words may be empty. Raises InvalidInput with the field "answer" for anything else.
    """
    text = given.replace("\r\n", "\n").replace("\x00", "")
    if question.kind is PageKind.WORDS:
        if len(text) > LONGEST_WORDS:
            raise InvalidInput(Fault("answer", "too_long"))
        return text if text.strip() else ""
    allowed = (
        [choice.answer.value for choice in question.choices]
        if question.kind is PageKind.CHOICE
        else [str(number) for number in range(11)]
    )
    if text.strip() not in allowed:
        raise InvalidInput(Fault("answer", "missing"))
    return text.strip()


def in_words(question: PageQuestion, value: str, language: str) -> str:
    """An answer as the reading and the nurse get it: "worse", "pain 7/10", or the patient's own words."""
    if question.kind is PageKind.CHOICE:
        return next(choice.words[language][0] for choice in question.choices if choice.answer.value == value)
    return f"{question.about[language]} {value}/10" if question.kind is PageKind.SCALE else value


def compose(
    questions: Sequence[PageQuestion], values: Mapping[str, str], language: str, stop: str = ""
) -> tuple[str, tuple[Answered, ...]]:
    """The text of one reply, an answer a line, and where each answer stands in it; what was left empty is left out.

    `stop` is the label of the box that the patient ticked, or empty.
    """
    lines = [
        (each.slug, each.kind.value, each.asked[language], value, in_words(each, value, language))
        for each in questions
        if (value := values.get(each.slug))
    ]
    if stop:
        lines.append((STOP, STOP, "", STOP, stop))
    answered: list[Answered] = []
    position = 0
    for slug, kind, asked, value, said in lines:
        answered.append(Answered(slug, kind, asked, value, said, position, position + len(said)))
        position += len(said) + 1
    return "\n".join(each.said for each in answered), tuple(answered)


def pressing(answered: Sequence[Answered], evidence: Sequence[Mapping[str, Any]]) -> Answered | None:
    """The answer that the reading rests on most; the first where it rests on none."""
    first = next((int(item["start"]) for item in evidence), 0)
    return next((each for each in answered if each.start <= first < each.end), answered[0] if answered else None)


def assess_answers(
    assess: Callable[[ReplyContext], Assessment], context: ReplyContext, answered: Sequence[Answered]
) -> Assessment:
    """The reading of a check-in: each answer is read by itself, and the highest holds (triage guide, rule 6).

    A choice and a pain score mean what the guide says they mean (rules 4 and 7), whatever word or language the clinic
    offers for them; the reading of their words can only raise that. Earlier words of the same burst keep their height,
    and a photo makes it at least routine (rule 17). The evidence of the highest answer stands first.
    """
    parts = [(each, _one(assess, context, each)) for each in answered]
    if not parts:
        return assess(context)
    _, top = max(parts, key=lambda part: (part[1].acuity.rank, part[1].acuity is Acuity.OPT_OUT))
    words = next((read for each, read in parts if each.kind == PageKind.WORDS), None)
    merged = replace(
        top,
        opt_out=any(read.opt_out for _, read in parts),
        evidence=tuple(
            Evidence(each.start + item.start, each.start + item.end, item.text, item.rule)
            for each, read in sorted(parts, key=lambda part: -part[1].acuity.rank)
            if read.acuity.rank or not top.acuity.rank
            for item in read.evidence
        ),
        language=words.language if words else context.lang or top.language,
        self_harm=any(read.self_harm for _, read in parts),
        wrong_number=any(read.wrong_number for _, read in parts),
        answer=next((each.value for each in answered if each.kind == PageKind.CHOICE), None),
        understood=all(read.understood for _, read in parts),
        automatic=False,
        proxy=any(read.proxy for _, read in parts),
        reasons=tuple(dict.fromkeys(reason for _, read in parts for reason in read.reasons)),
    )
    for earlier in context.earlier:
        before = assess(replace(context, text=earlier, earlier=(), attachments=0))
        if before.acuity.rank > merged.acuity.rank:
            merged = replace(merged, acuity=before.acuity, reasons=(*merged.reasons, f"burst: {before.acuity}"))
    if context.attachments and not merged.acuity.queued:
        merged = replace(merged, acuity=Acuity.ROUTINE)
    return merged


def _one(assess: Callable[[ReplyContext], Assessment], context: ReplyContext, part: Answered) -> Assessment:
    if part.kind == STOP:
        whole = Evidence(0, len(part.said), part.said, "stop-box")
        return Assessment(Acuity.OPT_OUT, opt_out=True, evidence=(whole,), language=context.lang or "en")
    read = assess(replace(context, text=part.said, earlier=(), attachments=0))
    if part.kind == PageKind.WORDS:
        return read
    least = _MEANS[Answer(part.value)] if part.kind == PageKind.CHOICE else _of_score(int(part.value))
    flagged = any(item.rule.startswith("clinic-") for item in read.evidence)
    acuity = read.acuity if flagged and read.acuity.rank > least.rank else least
    rule = f"answer-{part.value}" if part.kind == PageKind.CHOICE else "pain-score"
    whole = Evidence(0, len(part.said), part.said, rule)
    evidence = read.evidence if flagged else (whole,) if least.rank else ()
    return replace(
        read, acuity=acuity, opt_out=False, wrong_number=False, self_harm=False, understood=True, evidence=evidence,
        reasons=(),
    )  # fmt: skip


def _of_score(score: int) -> Acuity:
    """Triage guide, rule 7."""
    return Acuity.URGENT if score >= 8 else Acuity.ROUTINE if score >= 4 else Acuity.NONE
