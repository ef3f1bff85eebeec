"""Knows the carrier's own block list: which words stop and start texts, and who has stopped which sender."""

from enum import StrEnum

from followup.simulator.settings import Keywords, SimulatorSettings

# The defaults of a long code: the whole body, in any case, and nothing else.
STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})


class OptOutType(StrEnum):
    """What a keyword asked for."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


_CONFIRMATIONS = {
    OptOutType.STOP: "Network message: texts from {name} are off. Text START to this number to have them again.",
    OptOutType.START: "Network message: texts from {name} are on again. Text STOP to end them.",
    OptOutType.HELP: "Network message: for help call {name}. Text STOP to end texts. Msg & data rates may apply.",
}


class BlockList:
    """Who stopped which sender. A Messaging Service stops as one: its numbers share an entry."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._mode = settings.keywords
        self._name = settings.clinic_name
        self._stop_words = STOP_WORDS
        if self._mode is Keywords.ADVANCED:
            self._stop_words |= {word.upper() for word in settings.extra_stop_words}
        self._service_of = {number: sid for sid, numbers in settings.services.items() for number in numbers}
        self._blocked: set[tuple[str, str]] = set()

    def _pair(self, sender: str, phone: str) -> tuple[str, str]:
        return self._service_of.get(sender, sender), phone

    def blocks(self, sender: str, phone: str) -> bool:
        """True where this person has stopped this sender (a number or a Messaging Service SID)."""
        return self._pair(sender, phone) in self._blocked

    def block(self, sender: str, phone: str) -> None:
        """Stop a sender for a person, as after a STOP that this carrier never saw."""
        self._blocked.add(self._pair(sender, phone))

    def unblock(self, sender: str, phone: str) -> None:
        """Lift a stop."""
        self._blocked.discard(self._pair(sender, phone))

    def read(self, sender: str, phone: str, body: str) -> tuple[OptOutType | None, str]:
        """Act on a person's text: the keyword it is (None: no keyword) and the confirmation to show ("": none)."""
        if self._mode is Keywords.OFF:
            return None, ""
        word = body.strip().upper()
        blocked = self.blocks(sender, phone)
        if word in self._stop_words:
            kind, confirms = OptOutType.STOP, not blocked
            self.block(sender, phone)
        elif word in START_WORDS:
            kind, confirms = OptOutType.START, blocked
            self.unblock(sender, phone)
        elif word in HELP_WORDS:
            kind, confirms = OptOutType.HELP, True
        else:
            return None, ""
        return kind, _CONFIRMATIONS[kind].format(name=self._name) if confirms else ""
