"""The plain keyword list that a reading is compared with: a word found anywhere gives its level, nothing is weighed."""

from followup.domain.acuity import Acuity
from followup.domain.triage.assessment import Assessment, Evidence, ReplyContext

_WORDS = {
    Acuity.EMERGENCY: (
        "can't breathe", "cant breathe", "short of breath", "chest pain", "passed out", "fainted", "seizure", "stroke",
        "suicid", "kill myself", "overdose", "911", "no puedo respirar", "dolor en el pecho", "desmay", "convuls",
    ),
    Acuity.URGENT: (
        "worse", "fever", "pus", "spreading", "numb", "weak", "bigger", "severe", "unbearable", "dizzy", "vomit",
        "peor", "fiebre", "calentura", "dormid", "debil", "mareo",
    ),
    Acuity.ROUTINE: ("?", "same", "pain", "hurt", "appointment", "wrong number", "igual", "dolor", "duele", "cita"),
    Acuity.OPT_OUT: ("stop", "unsubscribe", "alto"),
}  # fmt: skip
VERSION = "keywords"


def read_by_keywords(context: ReplyContext) -> Assessment:
    """The level of the first keyword found, most pressing first; `none` where there is none."""
    lowered = context.text.lower()
    for acuity, words in _WORDS.items():
        for word in words:
            start = lowered.find(word)
            if start >= 0:
                end = start + len(word)
                evidence = Evidence(start, end, context.text[start:end], word)
                return Assessment(acuity, acuity is Acuity.OPT_OUT, (evidence,), VERSION)
    return Assessment(Acuity.NONE, version=VERSION)
