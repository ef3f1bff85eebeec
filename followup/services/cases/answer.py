"""Answering a patient in writing: over which channel that may be, why not, and the words on their way."""

from dataclasses import dataclass
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus, Move
from followup.domain.consent import Unreachable
from followup.domain.delivery import Channel, Kind
from followup.domain.errors import Fault, InvalidInput, NotAllowed, NotFound
from followup.domain.segments import plain_punctuation
from followup.gateways.render import Rendered
from followup.services import outbox
from followup.services.cases.acknowledge import owning
from followup.services.cases.moves import announce, found_locked_in, move_in, name_of, staff_id
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.store import case_replies, clinics, consents, drafts, opt_outs, patients
from followup.store.database import Tx
from followup.store.models import Case, Clinic, Patient

# Ten segments are the most that carriers join (Twilio's limit is 1,600 characters).
LONGEST_TEXT = 1500
WRITTEN = (Channel.SMS, Channel.EMAIL)
_UNNAMED = {"en": "The care team", "es": "El equipo"}  # where no person wrote, but a machine with a key


@dataclass(frozen=True, slots=True)
class Route:
    """A way to write to whoever a case is about.

    `opening` stands before the words: who writes, and on a phone that several patients share whom it is for.
    """

    channel: Channel
    address: str
    language: str
    opening: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Routes:
    """The ways that are open, the patient's own channel first, and why the others are not."""

    open: tuple[Route, ...]
    closed: tuple[tuple[Channel, str], ...]

    def by(self, channel: str) -> Route:
        """The route of a channel, or the first for an empty one. Raises NotAllowed that says what to do instead."""
        for route in self.open:
            if channel in ("", route.channel):
                return route
        raise NotAllowed(self.refusal(channel))

    def refusal(self, channel: str = "") -> str:
        """Why nothing can be written, and what to do instead."""
        reasons = [f"{_NAMES[shut]}: {why}" for shut, why in self.closed if channel in ("", shut)]
        why = "; ".join(reasons) or "there is no number or address to write to"
        return f"This cannot be sent ({why}). Call instead, and record the contact."


_NAMES = {Channel.SMS: "text", Channel.EMAIL: "email"}


def routes_in(
    tx: Tx, services: Services, case: Case, patient: Patient | None, clinic: Clinic, me: UUID | None
) -> Routes:
    """Over which channels the patient (or a sender nobody knows) may be answered now.

    The channel that the patient last wrote on comes first and needs no other consent than those words, on the same
    address; any other needs consent. A stop, death or withdrawal closes a channel whatever was agreed.
    """
    last = case_replies.newest_written(tx, case.clinic_id, case.id)
    wrote_on = Channel(last.channel) if last else None
    wrote_from = last.from_address if last else None
    open_: list[Route] = []
    closed: list[tuple[Channel, str]] = []
    for channel in sorted(WRITTEN, key=lambda each: each is not wrote_on):
        address = _address(patient, channel) if patient else (wrote_from if channel is wrote_on else None)
        asked = channel is wrote_on and address is not None and address == wrote_from
        shut = _shut(tx, case, patient, channel, address, asked=asked)
        if shut is not None:
            closed.append((channel, shut.words))
            continue
        assert address is not None
        language = patient.language if patient else clinic.language
        name = _shared_name(tx, patient, channel, address)
        framed = _framed(tx, services, clinic, me, language, Channel.SMS, "").text if channel is Channel.SMS else ""
        open_.append(Route(channel, address, language, f"{name}{framed.rstrip()} " if framed else "", bool(name)))
    return Routes(tuple(open_), tuple(closed))


def _address(patient: Patient, channel: Channel) -> str | None:
    return patient.phone if channel is Channel.SMS else patient.email


def _shut(
    tx: Tx, case: Case, patient: Patient | None, channel: Channel, address: str | None, *, asked: bool
) -> Unreachable | None:
    if patient is not None and patient.deceased_at is not None:
        return Unreachable.DECEASED
    if patient is not None and patient.withdrawn_at is not None:
        return Unreachable.WITHDRAWN
    if not address:
        return Unreachable.NO_ADDRESS
    if opt_outs.standing(tx, case.clinic_id, channel, address) is not None:
        return Unreachable.OPTED_OUT
    if asked or patient is None:
        return None
    consent = consents.current(tx, case.clinic_id, patient.id).get(channel)
    if consent is None:
        return Unreachable.CONSENT_MISSING
    return None if consent.given else Unreachable.CONSENT_REFUSED


def _framed(
    tx: Tx, services: Services, clinic: Clinic, me: UUID | None, language: str, channel: Channel, words: str
) -> Rendered:
    """Staff's words in the clinic's frame: who writes, and from where."""
    staff = name_of(tx, clinic.id, me).split()[0] if me else _UNNAMED.get(language, _UNNAMED["en"])
    values = {**services.texts.clinic_words(clinic, language), "staff": staff, "answer": words}
    return services.texts.message("staff-answer", language, channel, values)


def _shared_name(tx: Tx, patient: Patient | None, channel: Channel, address: str) -> str:
    """On a number that several patients share, words open with the given name of the one they are for."""
    if patient is None or channel is not Channel.SMS:
        return ""
    return f"{patient.given_name}: " if len(patients.with_address(tx, patient.clinic_id, channel, address)) > 1 else ""


def answer(
    services: Services,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    *,
    text: str,
    form_token: str,
    channel: str = "",
    version: int | None = None,
) -> Case:
    """Write to the patient over their channel. The same `form_token` twice (a double press) sends once.

    An answer stops the clock, except of an emergency: only contact does that. Raises InvalidInput, NotAllowed (opted
    out or no way to write: says to call), NotFound, Conflict.
    """
    words = checked(text, "text", required=True, longest=LONGEST_TEXT)
    if channel not in ("", *WRITTEN):
        raise InvalidInput(Fault("channel", f"{channel!r} is not one of sms, email"))
    me = staff_id(actor)
    now = services.now()
    with services.db.write() as tx:
        before = found_locked_in(tx, clinic_id, case_id)
        clinic = clinics.by_id(tx, clinic_id)
        if clinic is None:
            raise NotFound
        patient = patients.by_id(tx, clinic_id, before.patient_id) if before.patient_id else None
        route = routes_in(tx, services, before, patient, clinic, me).by(channel)
        framed = _framed(tx, services, clinic, me, route.language, route.channel, words)
        written = outbox.write_in(
            tx,
            services,
            clinic=clinic,
            kind=Kind.ANSWER,
            channel=route.channel,
            to_address=route.address,
            language=route.language,
            body=route.opening + plain_punctuation(words) if route.channel is Channel.SMS else framed.text,
            subject=framed.subject,
            html=framed.html,
            dedupe_key=f"answer:{case_id}:{form_token}",
            patient_id=before.patient_id,
            procedure_id=before.procedure_id,
            case_id=case_id,
            staff_id=me,
            now=now,
        )
        if written is None:
            return before
        free = before.status == CaseStatus.OPEN and before.owner_id is None
        values = {
            **(owning(services, before, me) if free else {}),
            **(
                {}
                if before.acuity == Acuity.EMERGENCY
                else {"waiting_since": None, "unseen": False, "next_page_at": None}
            ),
        }
        case = move_in(
            tx,
            services,
            clinic_id=clinic_id,
            case_id=case_id,
            actor=actor,
            move=Move.ANSWER,
            event="answer",
            values=values,
            detail={"communication_id": str(written.id), "channel": route.channel.value},
            fields=["answer"],
            version=version,
        )
        if me is not None:
            drafts.drop(tx, clinic_id, me, f"case:{case_id}:answer")
    services.queue.wake("followup.send_due")
    announce(services, clinic_id, case_id)
    return case
