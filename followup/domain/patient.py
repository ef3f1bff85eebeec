"""What is known of a patient (zone, language, address, consent), and how each is read from what was given."""

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from rapidfuzz import fuzz, process

from followup.domain.consent import Consent, Unreachable, reachable
from followup.domain.delivery import Channel
from followup.domain.errors import Fault, InvalidInput

LANGUAGES = ("en", "es")

_LANGUAGE_WORDS = {
    "en": "en", "eng": "en", "english": "en", "inglés": "en", "ingles": "en",
    "es": "es", "spa": "es", "spanish": "es", "español": "es", "espanol": "es", "castellano": "es",
}  # fmt: skip
_ZONE_WORDS = {
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "eastern": "America/New_York",
    "cst": "America/Chicago", "cdt": "America/Chicago", "ct": "America/Chicago", "central": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver", "mountain": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "alaska": "America/Anchorage", "hawaii": "Pacific/Honolulu",
    "est5edt": "America/New_York", "cst6cdt": "America/Chicago",
    "mst7mdt": "America/Denver", "pst8pdt": "America/Los_Angeles",
}  # fmt: skip
_OLDEST_YEARS = 130
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What planning needs to know of a patient; addresses are present or not, `zone` is an IANA name."""

    zone: str
    language: str = "en"
    phone: str | None = None
    email: str | None = None
    consents: Mapping[Channel, Consent] = field(default_factory=dict)
    opted_out: frozenset[Channel] = frozenset()
    undeliverable: frozenset[Channel] = frozenset()
    deceased: bool = False
    withdrawn: bool = False

    def unreachable(self, channel: Channel) -> Unreachable | None:
        """None when the patient may be reached over `channel`, else why not; death and withdrawal close them all."""
        if self.deceased:
            return Unreachable.DECEASED
        if self.withdrawn:
            return Unreachable.WITHDRAWN
        address = self.phone if channel is Channel.SMS else self.email
        return reachable(
            channel,
            self.consents.get(channel),
            channel in self.opted_out,
            bool(address),
            channel in self.undeliverable,
        )


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """The language to write in, and whether it is the one that was asked for."""

    language: str
    asked: str
    supported: bool


def parse_language(text: str | None, default: str = "en") -> LanguageChoice:
    """Reads "es", "es-MX", "Spanish" or "español"; what we cannot write falls to `default`, with `supported` False.

    An empty choice is the default and counts as supported: nobody asked for another.
    """
    asked = (text or "").strip()
    if not asked:
        return LanguageChoice(default, "", supported=True)
    word = asked.casefold()
    known = _LANGUAGE_WORDS.get(word) or _LANGUAGE_WORDS.get(re.split(r"[-_ (]", word)[0])
    return LanguageChoice(known or default, asked, supported=known is not None)


@cache
def _zones() -> frozenset[str]:
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name) | {"UTC"}


def parse_zone(text: str, field: str = "timezone") -> str:
    """An IANA time zone name; raises InvalidInput that offers close names.

    Abbreviations such as "EST" are refused although the database knows some: they stand still in summer, and a
    patient in New York does not.
    """
    name = text.strip()
    if name in _zones():
        return name
    near = _ZONE_WORDS.get(re.sub(r"[ _]?(standard|daylight)?[ _]?time$", "", name.casefold()).strip())
    if near:
        close = [near]
    else:
        key = name.replace(" ", "_")
        close = [zone for zone in _zones() if key.casefold() in (zone.casefold(), zone.casefold().rsplit("/", 1)[-1])]
        cities = {zone: zone.rsplit("/", 1)[-1] for zone in sorted(_zones()) if not zone.startswith("Etc/")}
        found = process.extract(key, cities, scorer=fuzz.ratio, processor=str.casefold, limit=3, score_cutoff=70)
        whole = process.extract(key, list(cities), scorer=fuzz.ratio, processor=str.casefold, limit=3, score_cutoff=80)
        close = sorted(close) or list(dict.fromkeys([match[0] for match in whole] + [match[2] for match in found]))[:3]
    hint = f"did you mean {' or '.join(close)}?" if close else "give a region and city, such as America/Chicago"
    raise InvalidInput(Fault(field, f"{text!r} is not a time zone we know; {hint}"))


def parse_email(text: str, field: str = "email") -> str:
    """A mail address with its domain in lower case; raises InvalidInput that says what is wrong with it."""

    def refuse(why: str) -> InvalidInput:
        return InvalidInput(Fault(field, f"{text!r} {why}; give one address such as ana@example.com"))

    address = text.strip().removeprefix("mailto:")
    if not address:
        raise refuse("is empty")
    if any(sign in address for sign in ",;") or len(address.split()) > 1:
        raise refuse("is more than one address")
    if address.count("@") != 1:
        raise refuse("has no @" if "@" not in address else "has more than one @")
    local, domain = address.split("@")
    if not local.isascii() or not domain.isascii():
        raise refuse("has letters outside a-z, which our mail cannot reach")
    if not _EMAIL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise refuse("has a name before the @ that mail cannot carry")
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise refuse("has no complete domain after the @")
    if len(local) > 64 or len(address) > 254:
        raise refuse("is too long")
    return f"{local}@{domain.lower()}"


def parse_birth_date(value: str | date, today: date, field: str = "birth_date") -> date:
    """A birth date from ISO text; raises InvalidInput for other shapes (03/04/1960 may be two days) or absurd ones."""
    if isinstance(value, str):
        try:
            born = date.fromisoformat(value.strip())
        except ValueError as error:
            why = f"{value!r} is not a date; write year-month-day, such as 1960-03-04"
            raise InvalidInput(Fault(field, why)) from error
    else:
        born = value
    if born > today:
        raise InvalidInput(Fault(field, f"{born.isoformat()} lies in the future; check the year"))
    if today.year - born.year > _OLDEST_YEARS:
        raise InvalidInput(Fault(field, f"{born.isoformat()} is more than {_OLDEST_YEARS} years ago; check the year"))
    return born
