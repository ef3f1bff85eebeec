"""How a reply is read: the parts in their order, and what happens when one of them fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from followup.domain.acuity import Acuity
from followup.domain.triage.assessment import NURSE, SECOND_READER, Assessment, Evidence, ReplyContext
from followup.domain.triage.classes import Classes
from followup.domain.triage.clinic_flags import clinic_marks
from followup.domain.triage.decide import Decision, Thresholds, decide
from followup.domain.triage.features import features
from followup.domain.triage.keywords import keyword_of
from followup.domain.triage.language import language_of, script_of
from followup.domain.triage.lexicon import Lexicon
from followup.domain.triage.meaning import MOST_LETTERS, Embed, Meaning, blended, both
from followup.domain.triage.model import Model
from followup.domain.triage.normalise import Plain, joined, legible, tokens_of
from followup.domain.triage.quoting import Own, own_words, patient_words
from followup.domain.triage.rules import Mark, Weighed, weigh
from followup.domain.triage.spelling import Spelling

_MOST_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads replies by the data it was given; it holds no state between replies."""

    lexicon: Lexicon
    spelling: Spelling
    emoji: Mapping[str, str]
    languages: Mapping[str, str]
    classes: Classes
    model: Model | None
    version: str
    meaning: Meaning | None = None
    embed: Embed | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    share: float = 0.6  # the second reader's part in what it and the third reader say together

    def assess(self, context: ReplyContext) -> Assessment:
        """The acuity of one reply with its evidence; never raises: a failed reading is `routine` for a person.

        Earlier replies of the same burst are read too: together with them the reply is never lower than one of them.
        """
        try:
            own = self._one(context)
        except Exception:
            # Whatever breaks, a person reads the reply: that is the one promise that holds without any other part.
            whole = Evidence(0, len(context.text), context.text, "reader-failed")
            own = Assessment(
                Acuity.ROUTINE, evidence=(whole,), version=self.version, understood=False, reasons=("reader failed",)
            )
        return own if not context.earlier else self._with_burst(own, context)

    def _with_burst(self, own: Assessment, context: ReplyContext) -> Assessment:
        """Raised to the height of the burst: of each earlier reply, and of all of them read as one."""
        best = own
        alone = [replace(context, text=text, earlier=(), attachments=0) for text in context.earlier]
        together = replace(context, text="\n".join((*context.earlier, context.text)), earlier=())
        for other in [self.assess(one) for one in (*alone, together)]:
            if other.acuity.rank > best.acuity.rank:
                best = replace(own, acuity=other.acuity, reasons=(*own.reasons, f"burst: {other.acuity}"))
        opt_out = own.opt_out or any(self.assess(one).opt_out for one in alone)
        return replace(best, opt_out=opt_out)

    def plain(self, context: ReplyContext) -> tuple[Plain, Own, str]:
        """The reply's own words in the lexicon's spelling, what was quoted, and its language."""
        own = own_words(context.text)
        tokens = tokens_of(context.text, self.emoji, own.spans)
        language = language_of([token.word for token in tokens], self.languages, script_of(context.text))
        return joined(self.spelling.respell(tokens, language == "es")), own, language

    def weigh(self, context: ReplyContext) -> tuple[Plain, Own, str, Weighed]:
        """The rules' reading of a reply, with what it was read from."""
        plain, own, language = self.plain(context)
        weighed = weigh(plain, self.lexicon.find(plain), context)
        weighed.marks.extend(clinic_marks(context, plain, self))
        return plain, own, language, weighed

    def _one(self, context: ReplyContext) -> Assessment:
        keyword = keyword_of(context.text)
        if keyword is not None and context.attachments == 0:
            return self._keyword(context, keyword)
        plain, own, language, weighed = self.weigh(context)
        second = self.opinion(plain, own, weighed, context) if plain.tokens else None
        if own.reaction is not None:
            decision = _reaction(own.reaction)
        elif not plain.tokens:
            decision = Decision(Acuity.ROUTINE, False, False, ("nothing to read",))
        else:
            decision = decide(weighed, second, self.thresholds)
        acuity = _floored(decision.acuity, weighed, context)
        return Assessment(
            acuity=acuity,
            opt_out=decision.opt_out or acuity is Acuity.OPT_OUT,
            evidence=_evidence(context.text, plain, weighed, acuity),
            version=self.version,
            language=language,
            self_harm=weighed.self_harm,
            wrong_number=weighed.wrong_number,
            answer=weighed.answer,
            pain=weighed.pain,
            understood=decision.understood,
            automatic=weighed.automatic and acuity is Acuity.NONE,
            proxy=weighed.proxy,
            reasons=decision.reasons,
        )

    def opinion(
        self, plain: Plain, own: Own, weighed: Weighed, context: ReplyContext
    ) -> tuple[list[float], float] | None:
        """What the learned readers think of the level and of an opt-out; None when there is none or it fails."""
        if self.model is None:
            return None
        try:
            levels, stop = self.model.chances(features(plain, weighed, context, self.classes))
        except Exception:
            return None  # the rules still read; see decide()
        if self.meaning is None or self.embed is None:
            return levels, stop
        try:
            vector = self.embed(encodable(context, own))
            third, third_stop = self.meaning.chances(vector, context)
            return blended(levels, third, self.share), both(stop, third_stop)
        except Exception:
            return levels, stop

    def _keyword(self, context: ReplyContext, keyword: Acuity) -> Assessment:
        start = len(context.text) - len(context.text.lstrip())
        end = len(context.text.rstrip())
        evidence = Evidence(start, end, context.text[start:end], "keyword")
        return Assessment(keyword, keyword is Acuity.OPT_OUT, (evidence,), self.version, context.lang or "en")


def encodable(context: ReplyContext, own: Own) -> str:
    """What of a reply is given to the sentence encoder."""
    return legible(patient_words(context.text, own)[:MOST_LETTERS])


def _reaction(kind: str) -> Decision:
    """A like or a heart on our own words needs no reader; anything else does."""
    if kind == "dislike" or kind not in ("like", *"👍❤♥😍🥰🙏👏💕🎉😊💯✅"):
        return Decision(Acuity.ROUTINE, False, True, (f"reaction: {kind}",))
    return Decision(Acuity.NONE, False, True, (f"reaction: {kind}",))


def _floored(acuity: Acuity, weighed: Weighed, context: ReplyContext) -> Acuity:
    """Photos and answers to a nurse are always read, and a protocol's own red flags only raise."""
    lowest = 0
    if context.attachments:
        lowest = 1
    if context.last_message == NURSE and acuity not in (Acuity.OPT_OUT, Acuity.OPT_IN, Acuity.HELP):
        lowest = 1
    for mark in weighed.marks:
        if mark.rule.startswith("clinic-"):
            lowest = max(lowest, mark.acuity.rank)
    if acuity.rank >= lowest:
        return acuity
    return (Acuity.NONE, Acuity.ROUTINE, Acuity.URGENT, Acuity.EMERGENCY)[lowest]


def _evidence(text: str, plain: Plain, weighed: Weighed, acuity: Acuity) -> tuple[Evidence, ...]:
    """The marks behind the level first, then those below it; the whole reply when no rule stood on a word."""
    chosen: list[Mark] = sorted(weighed.marks, key=lambda mark: (-mark.acuity.rank, mark.first))
    if acuity.rank:
        chosen = [mark for mark in chosen if mark.acuity.rank > 0] or chosen
    found: dict[tuple[int, int, str], Evidence] = {}
    for mark in chosen:
        start, end = plain.tokens[mark.first].start, plain.tokens[mark.last].end
        found.setdefault((start, end, mark.rule), Evidence(start, end, text[start:end], mark.rule))
    supports = any(mark.acuity.rank >= acuity.rank for mark in weighed.marks)
    if not supports and text:
        found[(0, len(text), SECOND_READER)] = Evidence(0, len(text), text, SECOND_READER)
    return tuple(list(found.values())[:_MOST_EVIDENCE])
