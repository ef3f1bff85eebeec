"""Knows how the simulator misbehaves: which fault, how often, for whom, decided by a seed and never by chance."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from followup.domain.errors import Fault, InvalidInput


class Misbehaviour(StrEnum):
    """What can go wrong. "Before" means nothing was accepted, "after" that the message is on its way."""

    # the carrier's answer to a send
    TOO_MANY = "too_many"  # 429 / 20429
    REFUSED = "refused"  # HTTP 400 with `code`
    ERROR_BEFORE = "error_before"  # 503
    ERROR_AFTER = "error_after"
    DROP_BEFORE = "drop_before"  # the connection is cut
    DROP_AFTER = "drop_after"
    HANG_BEFORE = "hang_before"  # no answer for `seconds`, then the connection is cut
    HANG_AFTER = "hang_after"
    LATENCY = "latency"  # `seconds`, plus up to `jitter`, on every call of the API
    # what the carrier's log shows
    LIST_LAG = "list_lag"  # a message shows in the list only after `seconds`
    LIST_ERROR = "list_error"  # 503 on the list
    # what becomes of the text
    OUTCOME = "outcome"  # ends `undelivered` (or `failed` where `status` says so) with `code`
    NO_RECEIPT = "no_receipt"  # stays `sent` for ever, as on carriers that report nothing
    CALLBACK_LOST = "callback_lost"
    CALLBACK_REPEATED = "callback_repeated"
    CALLBACK_DELAYED = "callback_delayed"  # by `seconds`, plus up to `jitter`: later ones may overtake it
    CALLBACK_REORDERED = "callback_reordered"  # held back until the next of its message was answered
    # a person's text on its way to the webhook
    INBOUND_LOST = "inbound_lost"  # shows in the list, is never posted
    INBOUND_REPEATED = "inbound_repeated"
    INBOUND_AT_ONCE = "inbound_at_once"  # posted twice at the same moment
    INBOUND_DELAYED = "inbound_delayed"
    INBOUND_REORDERED = "inbound_reordered"  # held back until that phone's next text was answered, or `seconds` (5)
    # a call to a person
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    # the mail server
    SMTP_CLOSING = "smtp_closing"  # 421, and the line is closed
    SMTP_BUSY = "smtp_busy"  # 450 for the address
    SMTP_UNKNOWN = "smtp_unknown"  # 550 for the address
    SMTP_DROP_AFTER = "smtp_drop_after"  # the line is cut after the mail was taken
    SMTP_LATENCY = "smtp_latency"
    BOUNCE = "bounce"  # taken, then reported back as undeliverable


@dataclass(slots=True)
class FaultRule:
    """One way to misbehave: `probability` for each chance, at most `count` times, for `number` (or address) only."""

    kind: Misbehaviour
    probability: float = 1.0
    count: int | None = None
    number: str | None = None
    seconds: float = 0.0
    jitter: float = 0.0
    code: int = 30003
    status: str = "undelivered"
    used: int = 0


class Faults:
    """The rules in force. The first that fits and fires wins; without rules nothing is ever drawn."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._rules: dict[Misbehaviour, list[FaultRule]] = {}
        self._draws: dict[tuple[Misbehaviour, str], int] = {}

    def add(self, *rules: FaultRule) -> None:
        """Put rules in force beside those that are."""
        for rule in rules:
            self._rules.setdefault(rule.kind, []).append(rule)

    def clear(self) -> None:
        """Behave again."""
        self._rules.clear()

    def rules(self) -> list[FaultRule]:
        """Every rule in force, with how often each was used."""
        return [rule for group in self._rules.values() for rule in group]

    def draw(self, kind: Misbehaviour, number: str = "") -> FaultRule | None:
        """The rule that strikes now for this phone or address, or None.

        The draw depends on the seed, the kind, the number and how many draws that number has had, not on
        which request happened to come first: the same run misbehaves the same way however it is interleaved.
        """
        group = self._rules.get(kind)
        if not group:
            return None
        for rule in group:
            if rule.number not in (None, number) or (rule.count is not None and rule.used >= rule.count):
                continue
            if rule.probability >= 1 or self.fraction(kind, number) < rule.probability:
                rule.used += 1
                return rule
        return None

    def delay(self, kind: Misbehaviour, number: str = "") -> float:
        """Seconds to wait: those of the rule that strikes, with its jitter; 0 where none does."""
        rule = self.draw(kind, number)
        if rule is None:
            return 0.0
        return rule.seconds + (self.fraction(kind, number) * rule.jitter if rule.jitter else 0.0)

    def fraction(self, kind: Misbehaviour, number: str) -> float:
        """The next number in [0, 1) of this kind's and this phone's own series."""
        nth = self._draws[kind, number] = self._draws.get((kind, number), 0) + 1
        digest = hashlib.blake2b(f"{self._seed}|{kind}|{number}|{nth}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def as_json(self) -> list[dict[str, Any]]:
        """The rules as plain data."""
        return [asdict(rule) for rule in self.rules()]


def rule_from_json(raw: object, where: str = "") -> FaultRule:
    """A rule from plain data, such as `{"kind": "too_many", "count": 3}`.

    Raises InvalidInput with every fault of the rule; `where` prefixes the field names.
    """
    if not isinstance(raw, Mapping):
        raise InvalidInput(
            Fault(where, f"{raw!r} is not an object with a kind; give one such as {{'kind': 'too_many'}}")
        )
    faults: list[Fault] = []
    known = {f.name for f in fields(FaultRule)} - {"used"}
    faults += [
        Fault(where + str(name), f"is not known; known are {', '.join(sorted(known))}")
        for name in raw
        if name not in known
    ]
    if raw.get("kind") not in {kind.value for kind in Misbehaviour}:
        faults.append(Fault(where + "kind", f"{raw.get('kind')!r} is not one of {', '.join(Misbehaviour)}"))
    for name in ("probability", "seconds", "jitter"):
        value = raw.get(name, 0)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or value < 0
            or (name == "probability" and value > 1)
        ):
            faults.append(
                Fault(where + name, f"{value!r} must be a number from 0{' to 1' if name == 'probability' else ''}")
            )
    for name in ("count", "code"):
        value = raw.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            faults.append(Fault(where + name, f"{value!r} must be a whole number from 0"))
    if raw.get("status", "failed") not in ("undelivered", "failed"):
        faults.append(Fault(where + "status", f"{raw.get('status')!r} must be undelivered or failed"))
    if faults:
        raise InvalidInput(faults)
    return FaultRule(**{**raw, "kind": Misbehaviour(str(raw["kind"]))})
