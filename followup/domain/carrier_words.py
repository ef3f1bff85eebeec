"""Words that a carrier acts on by itself when they are the whole text (Twilio's long-code defaults)."""

STOP = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel"})
START = frozenset({"start", "unstop", "yes"})
HELP = frozenset({"help", "info"})
# What lifts a stop with us: YES alone is also an answer, so it does so only where the carrier says that it did.
OUR_START = frozenset({"start", "unstop"})


def whole_word(text: str) -> str:
    """The text as a carrier compares it: outer blanks off, any case."""
    return text.strip().casefold()


def bare_word(text: str) -> str:
    """The text as we compare it: punctuation and outer blanks off as well, so that "Stop." is STOP."""
    return "".join(sign for sign in text if sign.isalnum()).casefold()
