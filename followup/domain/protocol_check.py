"""What a protocol's times, answers and red flags must keep to, beyond being well formed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from followup.domain import carrier_words
from followup.domain.acuity import Acuity
from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.errors import Fault
from followup.domain.hours import local, wall
from followup.domain.patient import PatientFacts
from followup.domain.protocol import Protocol
from followup.domain.protocol_files import MAIN
from followup.domain.schedule import ClinicRules, PlannedCommunication, PlanReason, plan
from followup.domain.texts_check import fold

# Spanish words that clinics add to the carrier's own list, and that we honour ourselves.
_SPANISH_KEYWORDS = frozenset({"alto", "parar", "basta", "cancelar", "ayuda", "baja"})
KEYWORDS = carrier_words.STOP | carrier_words.START | carrier_words.HELP | _SPANISH_KEYWORDS

_ZONE = "America/New_York"
_DAY = date(2026, 6, 1)  # far from any change of the clock
_FIRST, _LAST, _EVERY = time(7), time(18), timedelta(minutes=30)


def answer_faults(protocol: Protocol) -> list[Fault]:
    """No answer to a check is a word that a carrier acts on: a patient who answers must not be cut off."""
    return [
        Fault(
            f"{MAIN}.steps.{step.slug}.asks.answers.{choice.answer}.{language}",
            f"{word!r} is a word that carriers act on (stop, start, help), so the answer would never reach a nurse; "
            "choose another",
        )
        for step in protocol.steps
        if step.asks is not None
        for choice in step.asks.choices
        for language, words in choice.words.items()
        for word in words
        if carrier_words.bare_word(fold(word)) in KEYWORDS
    ]


def red_flag_faults(protocol: Protocol, read: Callable[[str, str], Acuity]) -> list[Fault]:
    """No flag asks for less than the service reads from the same words already; `read(words, language)` reads them."""
    faults: list[Fault] = []
    for flag in protocol.red_flags:
        already = read(flag.words, flag.lang or "en")
        if already.rank > flag.acuity.rank:
            faults.append(
                Fault(
                    f"{MAIN}.red_flags",
                    f"{flag.words!r} is read as {already} already, and {flag.acuity} would lower it; "
                    f"a flag can only raise: give {already} or remove it",
                )
            )
    return faults


@dataclass(frozen=True, slots=True)
class _Met:
    """Which steps met a reason, at which procedure times."""

    step: str
    channel: Channel
    reason: PlanReason
    times: tuple[datetime, ...]


def timing_faults(protocol: Protocol, rules: ClinicRules) -> list[Fault]:
    """Every step can go, at every procedure time of a working day (7:00 to 18:00, entered at once), within the rules.

    Counted for a patient who has only a phone and for one who has only email, so that neither hides the other.
    """
    faults: list[Fault] = []
    for met in _met(protocol, rules):
        first = local(met.times[0], _ZONE)
        share = f"for {len(met.times)} of {len(_times())} procedure times of a working day (such as {first:%H:%M})"
        field = f"{MAIN}.steps.{met.step}"
        if met.reason is PlanReason.HELD_PAST_USE:
            faults.append(
                Fault(
                    field,
                    f"its {met.channel} can never leave {share}: the sending hours {rules.hours.opens:%H:%M}-"
                    f"{rules.hours.closes:%H:%M} hold it past its useful_until; move it or make it useful longer",
                )
            )
        elif met.reason in (PlanReason.TEXT_CAP, PlanReason.CAPPED_PAST_USE):
            faults.append(
                Fault(
                    field,
                    f"breaks the caps {share}: at most {rules.caps.per_day} unasked text a day and "
                    f"{rules.caps.per_week} in any 7 days; move it to another day or send it by email",
                )
            )
    return faults


def _met(protocol: Protocol, rules: ClinicRules) -> Iterable[_Met]:
    found: dict[tuple[str, Channel, PlanReason], list[datetime]] = {}
    for performed_at in _times():
        for row in _rows(protocol, performed_at, rules):
            if row.reason is not None:
                found.setdefault((row.step, row.channel, row.reason), []).append(performed_at)
    return [_Met(step, channel, reason, tuple(times)) for (step, channel, reason), times in found.items()]


def _rows(protocol: Protocol, performed_at: datetime, rules: ClinicRules) -> Iterable[PlannedCommunication]:
    for channel in (Channel.SMS, Channel.EMAIL):
        consent = Consent(channel, True, performed_at, "check", "check")
        patient = PatientFacts(_ZONE, phone="+13125550100", email="a@example.com", consents={channel: consent})
        for row in plan(protocol, performed_at, patient, rules, now=performed_at):
            if row.channel is channel:
                yield row


def _times() -> list[datetime]:
    start, end = wall(_DAY, _FIRST, _ZONE), wall(_DAY, _LAST, _ZONE)
    return [start + _EVERY * number for number in range((end - start) // _EVERY + 1)]
