"""How a reply is read: the parts in their order, and what happens when one of them fails."""

import re

from followup.domain.acuity import Acuity
from followup.domain.triage.assessment import Assessment, Evidence, ReplyContext

_FIRST = {
    Acuity.EMERGENCY: r"can'?t breathe|short of breath|chest (?:pain|pressure)|passed out|faint|suicid|kill myself|no puedo respirar",
    Acuity.URGENT: r"\bworse|fever|pus\b|numb|spreading|bigger|\b(?:8|9|10)\b|peor|calentura|fiebre",
    Acuity.OPT_OUT: r"^\s*(?:stop|unsubscribe|alto)\W*$|stop texting|take me off",
    Acuity.OPT_IN: r"^\s*(?:start|unstop)\W*$",
    Acuity.HELP: r"^\s*(?:help|info)\W*$",
    Acuity.NONE: r"^\W*(?:thanks?|thank you|ok|better|gracias|mejor|fine|all good)\W*$",
}


class Reader:
    """Reads replies by the data it was given; it holds no state between replies."""

    def __init__(self, version: str) -> None:
        self.version = version

    def assess(self, context: ReplyContext) -> Assessment:
        """The acuity of one reply with its evidence; never raises: a failed reading is `routine` for a person."""
        try:
            return self._read(context)
        except Exception:  # any failure of reading means that a person reads it
            whole = Evidence(0, len(context.text), context.text, "reader-failed")
            return Assessment(Acuity.ROUTINE, evidence=(whole,), version=self.version, understood=False)

    def _read(self, context: ReplyContext) -> Assessment:
        for acuity, pattern in _FIRST.items():
            found = re.search(pattern, context.text, re.IGNORECASE)
            if found:
                span = Evidence(found.start(), found.end(), found.group(), f"first-{acuity}")
                return Assessment(acuity, acuity is Acuity.OPT_OUT, (span,), self.version)
        return Assessment(Acuity.ROUTINE, version=self.version, understood=False)
