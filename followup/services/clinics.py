"""How a clinic comes to be, gets the senders that speak for it, and changes its settings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from followup.domain.actor import Actor
from followup.domain.checkin import by_text
from followup.domain.clinic_rules import clinic_rules
from followup.domain.daily_summary import wants_summary
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.ladder import DEFAULT_LADDER
from followup.domain.patient import LANGUAGES, parse_email, parse_zone
from followup.domain.phone import parse_phone
from followup.domain.retention import retention
from followup.domain.steering import steering
from followup.domain.texts import check_sender_name
from followup.domain.working_week import working_week
from followup.services.audited import record_change
from followup.services.context import Services
from followup.store import clinics, ladders
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Clinic, Sender

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_PURPOSES = ("patients", "pages")
_CHANGEABLE = ("name", "zone", "sender_name", "phone", "language", "settings")


@dataclass(frozen=True, slots=True)
class NewSender:
    """A sender to give to a clinic: `kind` sms (E.164 or short code), messaging_service (MG...) or email.

    `carrier_confirms`: the carrier itself answers STOP, START and HELP there, so that we do not answer them again.
    `pace_per_second`: how many segments the carrier lets it send (1 on an ordinary number, 100 on a short code).
    """

    kind: str
    address: str
    purpose: str = "patients"
    carrier_confirms: bool = True
    pace_per_second: int = 1


def find(services: Services, slug: str | None) -> Clinic | None:
    """The clinic of that slug; without one the only clinic there is; else None."""
    with services.db.read() as tx:
        return clinics.by_slug(tx, slug) if slug else clinics.only_clinic(tx)


def list_clinics(services: Services) -> Sequence[Clinic]:
    """Every clinic, for the operator."""
    with services.db.read() as tx:
        return clinics.all_clinics(tx)


def add_clinic(
    services: Services,
    *,
    slug: str,
    name: str,
    zone: str,
    sender_name: str | None = None,
    phone: str = "",
    language: str = "en",
    settings: Mapping[str, Any] | None = None,
    senders: Sequence[NewSender] = (),
    held: bool = False,
    actor: Actor,
) -> Clinic:
    """A new clinic with the senders that speak for it and the ladder of the house; live at once unless `held`.

    `sender_name` is what patients see (the name where none is given); `phone` is where they can call, as people write
    it or empty. Raises InvalidInput with every fault, Conflict where the slug or a sender is taken.
    """
    faults: list[Fault] = []
    if not _SLUG.fullmatch(slug) or len(slug) > 64:
        faults.append(Fault("slug", f"{slug!r} is not a short name; use small letters, digits and hyphens"))
    values = _checked(
        {
            "name": name,
            "zone": zone,
            "sender_name": name if sender_name is None else sender_name,
            "phone": phone,
            "language": language,
            "settings": dict(settings or {}),
        },
        zone,
        faults,
    )
    for number, sender in enumerate(senders):
        faults += _sender_faults(sender, f"senders.{number}")
    if faults:
        raise InvalidInput(faults)
    now = services.now()
    clinic = Clinic(id=new_id(), slug=slug, created_at=now, held_since=now if held else None, **values)
    with services.db.write() as tx:
        if clinics.by_slug(tx, slug) is not None:
            raise Conflict(f"There is already a clinic {slug}.", [Fault("slug", "is taken")])
        clinics.add(tx, clinic)
        ladders.replace(tx, clinic.id, DEFAULT_LADDER.rungs)
        for sender in senders:
            _add_sender_in(tx, services, clinic.id, sender, actor)
        record_change(tx, services, clinic.id, actor, "clinic.add", "clinic", clinic.id, list(values))
    return clinic


def add_sender(services: Services, clinic_id: UUID, sender: NewSender, actor: Actor) -> Sender:
    """Give a clinic one more sender. Raises InvalidInput, NotFound, and Conflict where some clinic has it already."""
    faults = _sender_faults(sender, "sender")
    if faults:
        raise InvalidInput(faults)
    with services.db.write() as tx:
        if clinics.by_id(tx, clinic_id) is None:
            raise NotFound("There is no such clinic.")
        return _add_sender_in(tx, services, clinic_id, sender, actor)


def change_clinic(services: Services, clinic_id: UUID, changes: Mapping[str, Any], actor: Actor) -> Clinic:
    """Change what is given: name, zone, sender_name, phone, language, settings (whole groups, None removes one).

    Plans that are made keep their times; those made from now on follow the new settings. Raises InvalidInput with
    every fault, NotFound.
    """
    faults = [Fault(key, "is not something to change here") for key in changes if key not in _CHANGEABLE]
    with services.db.write() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        if clinic is None:
            raise NotFound("There is no such clinic.")
        wanted = {key: value for key, value in changes.items() if key in _CHANGEABLE}
        if isinstance(wanted.get("settings"), Mapping):
            merged = {**clinic.settings, **wanted["settings"]}
            wanted["settings"] = {key: value for key, value in merged.items() if value is not None}
        values = _checked(wanted, str(wanted.get("zone", clinic.zone)), faults)
        if faults:
            raise InvalidInput(faults)
        changed = [key for key, value in values.items() if getattr(clinic, key) != value]
        for key in changed:
            setattr(clinic, key, values[key])
        if changed:
            record_change(tx, services, clinic.id, actor, "clinic.change", "clinic", clinic.id, changed)
    return clinic


def _checked(given: Mapping[str, Any], zone: str, faults: list[Fault]) -> dict[str, Any]:
    """The given values in their stored form; what is wrong goes into `faults`."""
    values = dict(given)

    def attempt(key: str, read: Any) -> None:
        if key in values:
            try:
                values[key] = read(values[key])
            except InvalidInput as error:
                faults.extend(error.faults)

    attempt("name", lambda name: _line(name, "name"))
    attempt("zone", lambda name: parse_zone(str(name), "zone"))
    attempt("sender_name", lambda name: check_sender_name(str(name)))
    attempt("phone", lambda number: number and _callable(str(number)))
    if "language" in values and values["language"] not in LANGUAGES:
        faults.append(Fault("language", f"{values['language']!r} is not one we can write; choose from en, es"))
    if "settings" in values:
        attempt("settings", _settings)
        if not any(fault.field == "zone" for fault in faults):
            attempt("settings", lambda settings: working_week(zone, settings) and settings)
    return values


def _settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings, once every rule that reads them has taken them."""
    clinic_rules(settings)
    steering(settings)
    by_text(settings)
    wants_summary(settings)
    retention(settings)
    return settings


def _line(text: Any, field: str) -> str:
    clean = " ".join(str(text).split())
    if not clean or len(clean) > 255:
        raise InvalidInput(Fault(field, "is empty or longer than 255 letters"))
    return clean


def _callable(number: str) -> str:
    """A number that patients can call: what cannot be texted (a landline, toll-free) is fine here."""
    bare = re.sub(r"[\s().-]", "", number)
    if re.fullmatch(r"\+[1-9]\d{6,14}", bare):
        return bare
    if re.fullmatch(r"1?[2-9]\d{9}", bare):
        return f"+1{bare[-10:]}"
    try:
        return parse_phone(number)
    except InvalidInput as error:
        raise InvalidInput(Fault("phone", f"{number!r} is not a telephone number with area code")) from error


def _sender_faults(sender: NewSender, field: str) -> list[Fault]:
    faults: list[Fault] = []
    address = sender.address.strip()
    if sender.purpose not in _PURPOSES:
        faults.append(Fault(f"{field}.purpose", f"{sender.purpose!r} is neither patients nor pages"))
    if not 1 <= sender.pace_per_second <= 1000:
        faults.append(Fault(f"{field}.pace_per_second", f"{sender.pace_per_second} is not between 1 and 1000"))
    if sender.kind == "sms":
        if not _NUMBER.fullmatch(address):
            faults.append(Fault(field, f"{address!r} is neither a number like +13125550100 nor a short code"))
    elif sender.kind == "messaging_service":
        if not _SERVICE.fullmatch(address):
            faults.append(Fault(field, f"{address!r} is not a messaging service's id (MG and 32 hexadecimal digits)"))
    elif sender.kind == "email":
        try:
            parse_email(address, field)
        except InvalidInput as error:
            faults += error.faults
    else:
        faults.append(Fault(f"{field}.kind", f"{sender.kind!r} is not sms, messaging_service or email"))
    return faults


def _add_sender_in(tx: Tx, services: Services, clinic_id: UUID, sender: NewSender, actor: Actor) -> Sender:
    try:
        with tx.begin_nested():
            row = clinics.add_sender(
                tx,
                clinic_id,
                kind=sender.kind,
                address=sender.address,
                purpose=sender.purpose,
                carrier_confirms=sender.carrier_confirms,
                pace_per_second=sender.pace_per_second,
                now=services.now(),
            )
    except IntegrityError as error:
        raise Conflict(
            f"{sender.address} speaks for a clinic already; a sender belongs to one clinic.",
            [Fault("sender", "is taken")],
        ) from error
    record_change(tx, services, clinic_id, actor, "sender.add", "sender", row.id, ["kind", "address", "purpose"])
    return row
