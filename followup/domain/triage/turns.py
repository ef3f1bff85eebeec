"""What the words around a symptom do to it: denied, imagined, past, gone, or somebody else's."""

from collections.abc import Sequence
from dataclasses import dataclass

from followup.domain.triage.lexicon import Hit
from followup.domain.triage.normalise import Plain

AFFIRMED, DENIED, IMAGINED, PAST, GONE, OTHER = "affirmed", "denied", "imagined", "past", "gone", "other"
_REACH = 6
_LIST_JOINERS = frozenset(
    ["or", "nor", "and", "any", "ni", "o", "y", "no", "e", "ou", "much", "real", "of", "the", "a", "signs", "sign"]
)
_NOT_A_CONDITION = frozenset(
    [
        "wondering",
        "wonder",
        "ask",
        "asking",
        "see",
        "know",
        "sure",
        "as",
        "like",
        "even",
        "idk",
        "tell",
        "curious",
        "question",
    ]
)
_ONESELF = frozenset(("i", "im", "ive", "my", "me", "yo", "mi"))
_FAMILY = frozenset(
    [
        "mom",
        "mother",
        "mum",
        "mama",
        "dad",
        "father",
        "daddy",
        "sister",
        "brother",
        "wife",
        "husband",
        "hubby",
        "aunt",
        "uncle",
        "grandma",
        "grandpa",
        "granny",
        "son",
        "daughter",
        "partner",
        "spouse",
        "wifey",
        "nana",
        "papaw",
        "mamaw",
        "papa",
        "ma",
        "pa",
        "hija",
        "hijo",
        "hermana",
        "hermano",
        "esposa",
        "esposo",
        "marido",
        "vieja",
        "viejo",
        "tia",
        "tio",
        "abuela",
        "abuelo",
        "mujer",
        "senora",
        "jefita",
        "jefito",
        "boyfriend",
        "girlfriend",
        "bf",
        "gf",
        "fiance",
        "suegra",
        "suegro",
    ]
)


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of phrase of one reply, ready to be asked about a place in it."""

    plain: Plain
    negators: tuple[Hit, ...]
    after: tuple[Hit, ...]
    breakers: frozenset[int]
    conditions: tuple[Hit, ...]
    past: tuple[Hit, ...]
    gone: tuple[Hit, ...]
    not_gone: tuple[Hit, ...]
    others: tuple[Hit, ...]
    news: tuple[Hit, ...]

    def state(self, hit: Hit) -> str:
        """How the symptom of this hit stands: affirmed unless a turn of phrase says otherwise."""
        if hit.rule.negatable and self.denied(hit):
            return DENIED
        if hit.rule.kind != "pleuritic" and self.imagined(hit):
            return IMAGINED
        if hit.rule.kind != "worse" and self.long_past(hit):
            return PAST
        if hit.rule.passes and self.is_gone(hit):
            return GONE
        if self.somebody_else(hit):
            return OTHER
        return AFFIRMED

    def sentence(self, place: int) -> tuple[int, int]:
        """The first and last word of the sentence that holds this word."""
        tokens = self.plain.tokens
        first = place
        while first > 0 and tokens[first - 1].word not in (".", "?"):
            first -= 1
        last = place
        while last + 1 < len(tokens) and tokens[last + 1].word not in (".", "?"):
            last += 1
        return first, last

    def denied(self, hit: Hit) -> bool:
        """A negator stands before the hit and nothing between them ends its reach."""
        tokens = self.plain.tokens
        for negator in self.negators:
            gap = hit.first - negator.last - 1
            if negator.first >= hit.first or negator.last >= hit.first or gap > 14:
                continue
            words = [tokens[place].word for place in range(negator.last + 1, hit.first)]
            if "." in words or "?" in words:
                continue
            if any(place in self.breakers for place in range(negator.last + 1, hit.first + 1)):
                continue
            if "," in words:
                # A list goes on after a comma only while its members are short: `no fever, chills or redness`.
                pieces: list[list[str]] = [[]]
                for word in words:
                    if word == ",":
                        pieces.append([])
                    else:
                        pieces[-1].append(word)
                length = hit.last - hit.first + 1
                if any(len(piece) > 3 for piece in pieces[:-1]) or len(pieces[-1]) > 2 or length > 3:
                    continue
                return True
            if gap <= _REACH:
                return True
        first, last = self.sentence(hit.first)
        for answer in self.after:
            # `fever? none` and `numbness - no`: the denial follows at once.
            if hit.last < answer.first <= hit.last + 3:
                between = [tokens[place].word for place in range(hit.last + 1, answer.first)]
                if all(word in (",", "?", ".", "is", "was") for word in between) and between:
                    return True
            if tokens[answer.first].word == "got" and first <= hit.first and answer.first <= last + 6:
                return True
        return False

    def imagined(self, hit: Hit) -> bool:
        """A condition opens before the hit in its sentence: `if I get a fever`."""
        tokens = self.plain.tokens
        for condition in self.conditions:
            if condition.last >= hit.first or hit.first - condition.last > 9:
                continue
            before = tokens[condition.first - 1].word if condition.first else ""
            if before in _NOT_A_CONDITION:
                continue
            words = [tokens[place].word for place in range(condition.last + 1, hit.first)]
            if "." in words or "?" in words:
                continue
            if any(place in self.breakers for place in range(condition.last + 1, hit.first)):
                continue
            if words.count(",") and len(words) - (len(words) - 1 - words[::-1].index(",")) > 3:
                continue
            return True
        return False

    def long_past(self, hit: Hit) -> bool:
        """The sentence puts it before the procedure, and nothing in it says now or since."""
        first, last = self.sentence(hit.first)
        if not any(first <= one.first <= last for one in self.past):
            return False
        return not any(first <= one.first <= last for one in self.news)

    def is_gone(self, hit: Hit) -> bool:
        """It is said to be gone, after the hit in the same or the next clause, and not to have come back."""
        first, last = self.sentence(hit.first)
        for one in self.gone:
            if hit.first < one.first <= max(last, hit.last + 8) and one.first > hit.last - 3:
                if any(one.first - 3 <= back.first <= one.last + 6 for back in self.not_gone):
                    continue
                between = range(hit.last + 1, one.first)
                if sum(self.plain.tokens[place].word in (".", "?") for place in between) > 1:
                    continue
                return True
            if first <= one.first < hit.first and hit.first - one.last <= 4 and self.plain.tokens[one.first].word in (
                "ya", "dejo", "no", "stopped", "quit", "se"
            ):  # fmt: skip
                # `ya no me duele`, `stopped hurting`
                if any(place in self.breakers for place in range(one.last + 1, hit.first)):
                    continue
                return True
        return False

    def somebody_else(self, hit: Hit) -> bool:
        """It is the neighbour's, the dog's, or a relative's who is set against the patient's own state."""
        first, _ = self.sentence(hit.first)
        tokens = self.plain.tokens
        for one in self.others:
            if not first <= one.first <= hit.first or hit.first - one.last > 8:
                continue
            if any(place in self.breakers for place in range(one.last + 1, hit.first)):
                continue
            if any(tokens[place].word in _ONESELF for place in range(one.last + 1, hit.first)):
                continue
            if not any(tokens[place].word in _FAMILY for place in range(one.first, one.last + 1)):
                return True
        return False


def turns_of(plain: Plain, hits: Sequence[Hit]) -> Turns:
    """Sorts the turns of phrase out of all hits; a negator inside a fixed phrase (`not only`) does not deny."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.rule.kind, []).append(hit)
    fixed = by_kind.get("pseudo", [])
    negators = [
        hit for hit in by_kind.get("negator", []) if not any(one.first <= hit.first <= one.last for one in fixed)
    ]
    breakers = frozenset(hit.first for hit in by_kind.get("breaker", []))
    return Turns(
        plain=plain,
        negators=tuple(negators),
        after=tuple(by_kind.get("postneg", ())),
        breakers=breakers,
        conditions=tuple(by_kind.get("if", ())),
        past=tuple(by_kind.get("past", ())),
        gone=tuple(by_kind.get("gone", ())),
        not_gone=tuple(by_kind.get("notgone", ())),
        others=tuple(by_kind.get("other", ())),
        news=tuple(by_kind.get("new", ())),
    )
