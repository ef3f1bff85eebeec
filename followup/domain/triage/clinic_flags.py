"""A protocol's own red flags: the words a clinic added, found in a reply whatever its spelling; they only raise."""

from typing import TYPE_CHECKING

from followup.domain.acuity import Acuity
from followup.domain.triage.assessment import RedFlag, ReplyContext
from followup.domain.triage.lexicon import Hit, Rule
from followup.domain.triage.normalise import Plain, joined, tokens_of
from followup.domain.triage.rules import Mark
from followup.domain.triage.turns import AFFIRMED, turns_of

if TYPE_CHECKING:
    from followup.domain.triage.reader import Reader


def clinic_marks(context: ReplyContext, plain: Plain, reader: "Reader") -> list[Mark]:
    """Where the clinic's red flags stand in the reply and are not denied; `clinic_words` count as urgent."""
    flags = [*context.red_flags, *(RedFlag(words, Acuity.URGENT) for words in context.clinic_words)]
    if not flags:
        return []
    turns = turns_of(plain, reader.lexicon.find(plain))
    marks = []
    words = [token.word for token in plain.tokens]
    for flag in flags:
        tokens = reader.spelling.respell(tokens_of(flag.words, reader.emoji), flag.lang == "es")
        wanted = [token.word for token in joined(tokens).tokens if token.word not in (".", ",", "?")]
        rule = Rule("clinic-red-flag", "flag", flag.acuity, passes=False)
        for first in range(len(words) - len(wanted) + 1):
            if wanted and words[first : first + len(wanted)] == wanted:
                hit = Hit(rule, first, first + len(wanted) - 1)
                if turns.state(hit) == AFFIRMED:
                    marks.append(Mark(rule.name, flag.acuity, hit.first, hit.last))
    return marks
