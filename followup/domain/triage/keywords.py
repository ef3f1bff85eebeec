"""The carrier's own words: a reply that is nothing but STOP, START or HELP, in any case and with punctuation."""

from followup.domain.acuity import Acuity
from followup.domain.triage.normalise import fold

_STOP = frozenset(
    (
        *("stop", "stopall", "stop-all", "stop all", "stop now", "stop please", "please stop", "unsubscribe", "cancel"),
        *("end", "quit", "optout", "opt out", "opt-out", "revoke", "arret"),
        *("alto", "alto por favor", "parar", "cancelar", "baja", "dar de baja", "detener"),
    )
)
_START = frozenset(["start", "unstop", "resume", "comenzar", "empezar", "reanudar", "iniciar"]) | {
    "opt in",
    "optin",
    "re start",
}
_HELP = frozenset(["help", "info", "ayuda", "informacion"])


def keyword_of(text: str) -> Acuity | None:
    """OPT_OUT, OPT_IN or HELP when the reply is one keyword and nothing else; None otherwise."""
    if len(text) > 60:
        return None
    # A question mark or an exclamation behind `help` is a cry, not the keyword: HELP alone asks for the standard text.
    words = " ".join(fold(word.strip(".!,;:*\"'()[]¡<>-_~ ")) for word in text.split()).strip()
    if words in _STOP:
        return Acuity.OPT_OUT
    if words in _START:
        return Acuity.OPT_IN
    if words in _HELP:
        return Acuity.HELP
    return None
