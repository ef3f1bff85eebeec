"""What a request to record a procedure must say, and its one written form; every fault is named at once."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from rapidfuzz import process

from followup.domain.delivery import Channel
from followup.domain.errors import Fault, InvalidInput
from followup.domain.patient import LANGUAGES, parse_birth_date, parse_email, parse_language, parse_zone
from followup.domain.phone import parse_phone

T = TypeVar("T")

# Clocks of other systems run ahead a little; a procedure that lies further ahead is booked, not done.
AHEAD = timedelta(minutes=15)
# Every plan is over long before; a year that is wrong by one is not.
OLDEST = timedelta(days=366)
CONSENT_CHANNELS = (Channel.SMS, Channel.EMAIL)
TOP = ("source", "external_id", "protocol", "code", "performed_at", "body_site", "office", "patient")
PATIENT = (
    "mrn", "given_name", "family_name", "birth_date", "phone", "email", "language", "timezone", "consent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PatientGiven:
    """What a request says of the patient, each in its one written form; None where it says nothing."""

    mrn: str
    given_name: str
    family_name: str
    birth_date: date
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    consent: Mapping[Channel, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProcedureGiven:
    """A request to record a procedure, in its one written form; `code` is (system, code)."""

    source: str
    external_id: str
    protocol: str | None
    code: tuple[str, str] | None
    performed_at: datetime
    body_site: str | None
    office: str | None
    patient: PatientGiven

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same request within a clinic."""
        return self.source, self.external_id

    def as_json(self) -> dict[str, str | bool]:
        """Flat, with dots, without what was not given: what is stored to tell a repeat from one that differs."""
        person = self.patient
        values: dict[str, str | bool | None] = {
            "source": self.source,
            "external_id": self.external_id,
            "protocol": self.protocol,
            "code.system": self.code[0] if self.code else None,
            "code.code": self.code[1] if self.code else None,
            "performed_at": self.performed_at.astimezone(UTC).isoformat(),
            "body_site": self.body_site,
            "office": self.office,
            "patient.mrn": person.mrn,
            "patient.given_name": person.given_name,
            "patient.family_name": person.family_name,
            "patient.birth_date": person.birth_date.isoformat(),
            "patient.phone": person.phone,
            "patient.email": person.email,
            "patient.language": person.language,
            "patient.timezone": person.timezone,
            **{f"patient.consent.{channel.value}": given for channel, given in person.consent.items()},
        }
        return {key: value for key, value in values.items() if value is not None}


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """The fields in which two requests (as `as_json` writes them) differ, in a steady order."""
    return sorted(key for key in {*first, *second} if first.get(key) != second.get(key))


def parse_procedure(data: Any, *, now: datetime, region: str = "US", textual: bool = False) -> ProcedureGiven:
    """Read a request. Raises InvalidInput that names every field that cannot be used, and why.

    `textual`: the values come from a table, where everything is text and empty means not given.
    """
    fields = Given(data, "", TOP, textual)
    source = fields.text("source", 64, needed=True)
    external_id = fields.text("external_id", 255, needed=True)
    protocol = fields.text("protocol", 64)
    code = _code(fields)
    if protocol is None and code is None and not fields.faulty("protocol", "code"):
        fields.fault("protocol", "is missing; name a protocol, or give the procedure's code")
    performed_at = fields.read("performed_at", lambda text: parse_performed_at(text, now), needed=True)
    body_site = fields.text("body_site", 64)
    office = fields.text("office", 255)
    patient = _patient(fields.group("patient", PATIENT, needed=True), now, region)
    if fields.faults or source is None or external_id is None or performed_at is None or patient is None:
        raise InvalidInput(fields.faults)
    return ProcedureGiven(source, external_id, protocol, code, performed_at, body_site, office, patient)


def parse_performed_at(text: str, now: datetime, field: str = "performed_at") -> datetime:
    """When it was done, in UTC: ISO 8601 with an offset, at most 15 minutes ahead, at most a year ago."""

    def refuse(why: str) -> InvalidInput:
        return InvalidInput(Fault(field, f"{text!r} {why}"))

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise refuse("is not a date and time; write it as 2026-03-03T09:30:00-06:00") from error
    if len(text.strip()) <= 10:
        raise refuse("has no time of day; write it as 2026-03-03T09:30:00-06:00")
    if at.tzinfo is None:
        raise refuse("has no offset from UTC; add one, such as -06:00 or Z")
    try:
        at = at.astimezone(UTC)
    except OverflowError as error:
        raise refuse("is not a time that can be reckoned with") from error
    if at > now + AHEAD:
        raise refuse("lies ahead; record a procedure once it is done")
    if at < now - OLDEST:
        raise refuse("is more than a year ago; check the year")
    return at


def _code(fields: "Given") -> tuple[str, str] | None:
    group = fields.group("code", ("system", "code"))
    if group is None or not group.data:
        return None
    system, code = group.text("system", 64, needed=True), group.text("code", 64, needed=True)
    return (system, code.upper()) if system is not None and code is not None else None


def _patient(fields: "Given | None", now: datetime, region: str) -> PatientGiven | None:
    if fields is None:
        return None
    mrn = fields.text("mrn", 64, needed=True)
    given_name = fields.text("given_name", 100, needed=True)
    family_name = fields.text("family_name", 100, needed=True)
    birth_date = fields.read("birth_date", lambda text: parse_birth_date(text, now.date()), needed=True)
    phone = fields.read("phone", lambda text: parse_phone(text, region))
    email = fields.read("email", parse_email)
    language = fields.read("language", parse_written_language)
    timezone = fields.read("timezone", parse_zone)
    consent: dict[Channel, bool] = {}
    said = fields.group("consent", [channel.value for channel in CONSENT_CHANNELS])
    if said is not None:
        for channel in CONSENT_CHANNELS:
            answer = said.yes_or_no(channel.value)
            if answer is not None:
                consent[channel] = answer
    if mrn is None or given_name is None or family_name is None or birth_date is None:
        return None
    return PatientGiven(mrn, given_name, family_name, birth_date, phone, email, language, timezone, consent)


def parse_written_language(text: str, field: str = "language") -> str:
    """A language we can write in. Raises InvalidInput for another, so that a person decides what the patient reads."""
    choice = parse_language(text)
    if not choice.supported:
        raise InvalidInput(
            Fault(field, f"{text!r} is not a language we can write; give {' or '.join(LANGUAGES)}, or leave it out")
        )
    return choice.language


_YES = {"true", "yes", "y", "1", "t", "si", "sí"}
_NO = {"false", "no", "n", "0", "f"}


class Given:
    """One group of given fields and where it stands; faults of it and its groups gather in one list."""

    def __init__(
        self, data: Any, where: str, known: Any, textual: bool = False, faults: list[Fault] | None = None
    ) -> None:  # fmt: skip
        self.where = where
        self.textual = textual
        self.faults: list[Fault] = [] if faults is None else faults
        self.data: dict[str, Any] = {}
        if not isinstance(data, Mapping):
            self.fault("", "is not an object with named fields")
            return
        names = list(known)
        for key, value in data.items():
            if key in names:
                self.data[key] = value
                continue
            near = process.extractOne(str(key), names, score_cutoff=75)
            self.fault(str(key), f"is not a field we know; {f'did you mean {near[0]}?' if near else 'remove it'}")

    def at(self, key: str) -> str:
        """Where a field stands, as a fault names it."""
        return ".".join(part for part in (self.where, key) if part)

    def fault(self, key: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(Fault(self.at(key), message))

    def faulty(self, *keys: str) -> bool:
        """True when something was wrong with one of these fields already."""
        places = tuple(self.at(key) for key in keys)
        return any(
            fault.field == place or fault.field.startswith(f"{place}.") for fault in self.faults for place in places
        )

    def group(self, key: str, known: Any, *, needed: bool = False) -> "Given | None":
        """A group of fields within this one; None where it was not given."""
        value = self.data.get(key)
        if value is None:
            if needed:
                self.fault(key, "is missing")
            return None
        before = len(self.faults)
        found = Given(value, self.at(key), known, self.textual, self.faults)
        return None if len(self.faults) > before and not isinstance(value, Mapping) else found

    def text(self, key: str, longest: int, *, needed: bool = False) -> str | None:
        """A line of text with single blanks; None where it was not given or is wrong."""
        value = self.data.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if needed:
                self.fault(key, "is missing")
            return None
        if not isinstance(value, str):
            self.fault(key, f"is {_kind(value)}; give text in quotes")
            return None
        clean = " ".join(unicodedata.normalize("NFC", value).split())
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") for sign in clean):
            self.fault(key, "holds signs that cannot be printed; the text may be in another encoding")
            return None
        if len(clean) > longest:
            self.fault(key, f"has {len(clean)} letters, and there is room for {longest}")
            return None
        return clean

    def read(self, key: str, reader: Callable[[str], T], *, needed: bool = False) -> T | None:
        """A text that `reader` makes something of; its faults are noted under this field."""
        text = self.text(key, 255, needed=needed)
        if text is None:
            return None
        try:
            return reader(text)
        except InvalidInput as error:
            self.faults += [Fault(self.at(key), fault.message) for fault in error.faults]
            return None

    def yes_or_no(self, key: str) -> bool | None:
        """True, false, or None where it was not given."""
        value = self.data.get(key)
        if value is None or isinstance(value, bool):
            return value
        if self.textual and isinstance(value, str):
            word = value.strip().casefold()
            if word in _YES or word in _NO or not word:
                return None if not word else word in _YES
            self.fault(key, f"{value!r} is neither yes nor no")
            return None
        self.fault(key, f"is {_kind(value)}; give true or false, without quotes")
        return None


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), "not text")
