"""What a patient finds behind the door: the questions, what was answered, and what happens next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from followup.domain import links, texts
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel
from followup.domain.errors import NotFound
from followup.domain.escalation import respond_by
from followup.domain.phone import spoken_phone
from followup.domain.protocol import PageKind, PageQuestion, Protocol
from followup.domain.working_week import working_week
from followup.services.checkin.door import clinic_of
from followup.services.context import Services
from followup.services.recovery import protocol_of
from followup.store import checkins, patients, procedures, protocols, replies
from followup.store.database import Tx
from followup.store.models import CheckIn, CheckInPhoto, Clinic, Communication, Patient, Procedure, Reply


class State(StrEnum):
    """Where a check-in stands."""

    OPEN = "open"
    SENT = "sent"
    OVER = "over"  # no longer useful, or its procedure was taken back


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of what was sent. `by` says in words when a nurse reads it; empty where nobody has to.

    `closed`: the clinic is closed when it comes in.
    """

    acuity: Acuity
    by: str
    closed: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One patient's check-in. `answers` are by slug; `stops` is what the box would stop: text, email or nothing.

    `emergency` are the words of the emergency answer, where one was given; `outcome` is there once all was sent.
    """

    state: State
    clinic_name: str
    phone: str
    hours: str
    language: str
    given_name: str
    questions: tuple[PageQuestion, ...]
    answers: dict[str, str]
    photos: tuple[UUID, ...]
    stops: str
    emergency: str
    outcome: Outcome | None

    def missing(self) -> str:
        """The first question that needs an answer and has none, or nothing."""
        needed = (each.slug for each in self.questions if each.kind is not PageKind.WORDS)
        return next((slug for slug in needed if not self.answers.get(slug)), "")


@dataclass(frozen=True, slots=True)
class Found:
    """The rows behind a link."""

    clinic: Clinic
    message: Communication
    patient: Patient
    procedure: Procedure
    protocol: Protocol | None
    check_in: CheckIn
    live: bool

    @property
    def questions(self) -> tuple[PageQuestion, ...]:
        """What the page asks, by the protocol's version that the procedure began with."""
        step = self.protocol.step(self.message.step or "") if self.protocol else None
        return step.check_in if step else ()


def find_in(tx: Tx, services: Services, token: str, now: datetime, *, hold: bool = True) -> Found:
    """The rows behind a link whose door was opened, kept from others unless `hold` is False. Raises NotFound."""
    clinic = clinic_of(tx, services, token)
    message = checkins.message_of(tx, clinic.id, links.fingerprint(token)) if clinic else None
    if clinic is None or message is None:
        raise NotFound
    return rows_of(tx, services, clinic, message, now, hold=hold)


def rows_of(
    tx: Tx, services: Services, clinic: Clinic, message: Communication, now: datetime, *, hold: bool = True
) -> Found:
    """The same for one message's check-in. Raises NotFound."""
    check_in = (checkins.held if hold else checkins.of_message)(tx, clinic.id, message.id)
    patient = patients.by_id(tx, clinic.id, message.patient_id) if message.patient_id else None
    procedure = procedures.by_id(tx, clinic.id, message.procedure_id) if message.procedure_id else None
    if check_in is None or patient is None or procedure is None:
        raise NotFound
    version = protocols.by_id(tx, clinic.id, procedure.protocol_version_id)
    ended = procedure.status != "active" or patient.deceased_at is not None or patient.withdrawn_at is not None
    useful = message.expires_at is None or now < message.expires_at
    return Found(clinic, message, patient, procedure, protocol_of(services, version), check_in, useful and not ended)


def visit(services: Services, token: str, language: str = "") -> Visit:
    """Everything that the pages show, in `language` or the message's own. Raises NotFound."""
    now = services.now()
    with services.db.read() as tx:
        found = find_in(tx, services, token, now, hold=False)
        chosen = language if language in texts.WEEKDAYS else found.check_in.language
        words = services.texts.clinic_words(found.clinic, chosen)
        photos: tuple[CheckInPhoto, ...] = tuple(checkins.photos_of(tx, found.clinic.id, found.check_in.id))
        sent = _replies_of(tx, found.check_in)
        state = State.OVER if not found.live else State.SENT if found.check_in.sent_at else State.OPEN
        return Visit(
            state=state,
            clinic_name=found.clinic.sender_name,
            phone=spoken_phone(found.clinic.phone) if found.clinic.phone else "",
            hours=words["hours"],
            language=chosen,
            given_name=texts.shown_given_name(found.patient.given_name) if found.live else "",
            questions=found.questions,
            answers=dict(found.check_in.answers or {}),
            photos=tuple(photo.id for photo in photos),
            stops="text" if found.patient.phone else "email" if found.message.channel == Channel.EMAIL else "",
            emergency=_emergency(services, found, sent, chosen),
            outcome=_outcome(services, found, sent, chosen, now) if found.check_in.sent_at else None,
        )


def _replies_of(tx: Tx, check_in: CheckIn) -> list[Reply]:
    made = (
        replies.by_provider_id(tx, Channel.CHECKIN, provider_id_of(check_in, number))
        for number in range(1, check_in.rounds + 1)
    )
    return [reply for reply in made if reply is not None]


def provider_id_of(check_in: CheckIn, number: int) -> str:
    """What makes each reply of a check-in unique: posting twice finds the first."""
    return f"check-in:{check_in.id}:{number}"


def _emergency(services: Services, found: Found, sent: list[Reply], language: str) -> str:
    alarms = [reply for reply in sent if reply.acuity == Acuity.EMERGENCY]
    if not alarms:
        return ""
    harm = any((reply.assessment or {}).get("self_harm") for reply in alarms)
    words = services.texts.clinic_words(found.clinic, language)
    name = "emergency-self-harm" if harm else "emergency"
    return services.texts.message(name, language, Channel.SMS, words).text.partition(": ")[2]


def _outcome(services: Services, found: Found, sent: list[Reply], language: str, now: datetime) -> Outcome:
    week = working_week(found.clinic.zone, found.clinic.settings)
    read = [Acuity(reply.acuity) if reply.acuity else Acuity.ROUTINE for reply in sent]  # unread: a person reads it
    top = max(read, key=lambda acuity: acuity.rank, default=Acuity.NONE)
    since = max((reply.received_at for reply in sent), default=now)
    due = respond_by(top, since, week)
    return Outcome(
        acuity=top,
        by=texts.moment_words(due, found.patient.timezone, language) if top.queued else "",
        closed=not week.is_open(since),
        stopped=any(reply.opt_out for reply in sent),
    )
