"""Who may come in to a check-in page: a link of ours, and the patient's birth date."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from followup.domain import links
from followup.domain.actor import Actor, ActorKind
from followup.domain.errors import NotAllowed
from followup.domain.phone import spoken_phone
from followup.services.context import Services
from followup.store import audit, checkins, clinics, patients
from followup.store.database import Tx
from followup.store.models import Clinic

LINK_TRIES = 6
PLACE_TRIES = 30
PLACE_WITHIN = timedelta(minutes=15)
PASS_LASTS = timedelta(hours=1)
_NOBODY = UUID(int=0)
_NO_DATE = "0000-00-00"


class WrongBirthDate(NotAllowed):
    """This link and this birth date do not belong together."""

    code = "wrong_birth_date"


class TooManyTries(NotAllowed):
    """There were too many tries; the clinic's number helps."""

    code = "too_many_tries"


@dataclass(frozen=True, slots=True)
class Front:
    """What stands at the door, whoever knocks: the clinic, as the link's first letters say; `phone` as people dial."""

    clinic_name: str
    phone: str
    language: str


def front(services: Services, token: str) -> Front:
    """What the page may show before the birth date is given: the same for a link of ours and for one made up."""
    with services.db.read() as tx:
        clinic = clinic_of(tx, services, token) or clinics.only_clinic(tx)
        if clinic is None:
            return Front("", "", "en")
        return Front(clinic.sender_name, spoken_phone(clinic.phone) if clinic.phone else "", clinic.language)


def clinic_of(tx: Tx, services: Services, token: str) -> Clinic | None:
    """The clinic that a link names, if exactly one."""
    found = [
        clinic for clinic in clinics.all_clinics(tx)
        if links.same_clinic(token, links.clinic_part(services.secret, clinic.id))
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def knock(services: Services, token: str, birth_date: str, place: str) -> str:
    """Check a birth date (ISO) and return the pass for the browser's cookie.

    Real time counts. A try is written down before it is looked at, for links of ours and for made-up ones alike, and
    both are looked up in the same steps: nothing tells them apart. Raises TooManyTries (after LINK_TRIES wrong dates
    the link stays shut for good) and WrongBirthDate.
    """
    now = services.real_now()
    link, where = _subject(services, "link", token.lower()), _subject(services, "place", place)
    with services.db.write() as tx:
        counted = checkins.count_try(tx, where, PLACE_TRIES, now, now - PLACE_WITHIN)
        counted = counted and checkins.count_try(tx, link, LINK_TRIES, now)
    if not counted:
        raise TooManyTries
    with services.db.write() as tx:
        clinic = clinic_of(tx, services, token)
        clinic_id = clinic.id if clinic else _NOBODY
        message = checkins.message_of(tx, clinic_id, links.fingerprint(token))
        patient_id = message.patient_id if message and message.patient_id else _NOBODY
        patient = patients.by_id(tx, clinic_id, patient_id)
        known = patient.birth_date if patient else _NO_DATE
        if not hmac.compare_digest(known.encode(), birth_date.encode()) or patient is None or message is None:
            raise WrongBirthDate
        checkins.forgive_tries(tx, link=link, place=where)
        checkins.open_once(tx, message, patient.id, services.now())
        audit.record(
            tx, clinic_id=clinic_id, at=services.now(), actor=Actor(ActorKind.PATIENT, patient.id),
            action="check_in.open", object_kind="communication", object_id=message.id,
        )  # fmt: skip
    issued = int(now.timestamp())
    return f"{issued}.{_mac(services, token, issued)}"


def may_enter(services: Services, token: str, held: str) -> bool:
    """True while a browser holds the pass that this link's birth date opened, for an hour."""
    issued, _, mac = held.partition(".")
    if not issued.isascii() or not issued.isdigit() or len(issued) > 12:
        return False
    if not hmac.compare_digest(_mac(services, token, int(issued)).encode(), mac.encode()):
        return False
    return services.real_now().timestamp() - int(issued) < PASS_LASTS.total_seconds()


def _mac(services: Services, token: str, issued: int) -> str:
    words = f"check-in-pass:{token.lower()}:{issued}"
    return hmac.new(services.secret, words.encode(), hashlib.sha256).hexdigest()


def _subject(services: Services, kind: str, value: str) -> str:
    return hmac.new(services.secret, f"check-in-{kind}|{value}".encode(), hashlib.sha256).hexdigest()
