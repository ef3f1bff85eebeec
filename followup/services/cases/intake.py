"""How something that a person must look at becomes a case: it opens one, or joins the subject's unresolved one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from followup.domain.actor import SYSTEM
from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.domain.errors import Conflict, NotFound
from followup.domain.escalation import first_page_at, respond_by
from followup.domain.working_week import WorkingWeek, working_week
from followup.services.context import Services
from followup.store import audit, case_events, cases, clinics
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Case, Reply

# Two processes may open and resolve a subject's case in turns; more rounds than this mean that something is wrong.
_ROUNDS = 5


def subject_of_patient(patient_id: UUID) -> str:
    """The subject key of a known patient."""
    return f"patient:{patient_id}"


def subject_of_sender(channel: str, address_index: str) -> str:
    """The subject key of a number or address that no patient has."""
    return f"sender:{channel}:{address_index}"


def subject_of(reply: Reply) -> str:
    """What the case of a reply is about: the patient, else the sender nobody could be told from."""
    if reply.patient_id is not None:
        return subject_of_patient(reply.patient_id)
    return subject_of_sender(reply.channel, reply.from_index or str(reply.id))


def week_of(tx: Tx, clinic_id: UUID) -> WorkingWeek:
    """The calendar of a clinic. Raises NotFound when there is no such clinic."""
    clinic = clinics.by_id(tx, clinic_id)
    if clinic is None:
        raise NotFound("There is no such clinic.")
    return working_week(clinic.zone, clinic.settings)


def open_or_join_in(
    tx: Tx,
    services: Services,
    *,
    clinic_id: UUID,
    kind: CaseKind,
    acuity: Acuity,
    patient_id: UUID | None = None,
    procedure_id: UUID | None = None,
    subject_key: str,
    reply_id: UUID | None = None,
    reason: str,
    beware: Sequence[str] = (),
    now: datetime,
    since: datetime | None = None,
) -> Case:
    """Open a case for a subject, or join its unresolved one; the caller announces "queue" and "case:<id>" afterwards.

    Joining raises the acuity where the new one is higher and never lowers it, restarts the clock if it had been
    answered, and shows the case as unseen. `since` is when the words came in that somebody waits with: the age that is
    shown and the time to answer begin there, not when they were read. `reason` is a sentence for the nurse. An acuity
    that nobody needs to read (a thank-you to a nurse's own message) joins or opens as routine.

    1. The unresolved case is looked for and locked; found, it is joined under that lock.
    2. Not found, one is inserted behind a savepoint: the unique index on (clinic, subject) among unresolved cases
       refuses all but the first of several processes.
    3. Whoever was refused begins again and now finds the other's case (or, if that was resolved meanwhile, opens).
    """
    acuity = acuity if acuity.queued else Acuity.ROUTINE
    week = week_of(tx, clinic_id)
    began = min(since or now, now)
    detail = {"reason": reason, "acuity": acuity.value, **({"reply_id": str(reply_id)} if reply_id else {})}
    for _ in range(_ROUNDS):
        case = cases.unresolved_of_subject(tx, clinic_id, subject_key)
        if case is not None:
            _join(tx, case, kind, acuity, procedure_id, beware, week, began, now)
            case_events.add(tx, clinic_id, case.id, "joined", SYSTEM, now, detail)
            tx.flush()
            return case
        due = respond_by(acuity, began, week)
        case = Case(
            id=new_id(),
            clinic_id=clinic_id,
            subject_key=subject_key,
            kind=kind,
            patient_id=patient_id,
            procedure_id=procedure_id,
            status=CaseStatus.OPEN,
            acuity=acuity,
            opened_at=now,
            waiting_since=began,
            respond_by=due,
            beware=list(dict.fromkeys(beware)),
            next_page_at=first_page_at(acuity, due, now),
            unseen=True,
            updated_at=now,
        )
        if cases.try_open(tx, case):
            case_events.add(tx, clinic_id, case.id, "opened", SYSTEM, now, detail)
            audit.record(
                tx, clinic_id=clinic_id, at=now, actor=SYSTEM, action="open", object_kind="case", object_id=case.id
            )
            tx.flush()
            return case
    raise Conflict("The case of this patient kept changing; try again.")


def queue_reply_in(tx: Tx, services: Services, reply: Reply, acuity: Acuity, *, reason: str, now: datetime) -> Case:
    """The case of a reply that turns out to be for a person after all: opened, or joined; the reply belongs to it."""
    case = open_or_join_in(
        tx,
        services,
        clinic_id=reply.clinic_id,
        kind=CaseKind.REPLY if reply.patient_id else CaseKind.UNKNOWN_SENDER,
        acuity=acuity,
        patient_id=reply.patient_id,
        procedure_id=reply.procedure_id,
        subject_key=subject_of(reply),
        reply_id=reply.id,
        reason=reason,
        beware=["opted_out"] if reply.opt_out else [],
        now=now,
    )
    if reply.case_id is None:
        reply.case_id = case.id
    return case


def _join(
    tx: Tx,
    case: Case,
    kind: CaseKind,
    acuity: Acuity,
    procedure_id: UUID | None,
    beware: Sequence[str],
    week: WorkingWeek,
    began: datetime,
    now: datetime,
) -> None:
    before = Acuity(case.acuity)
    raised = acuity.rank > before.rank
    if raised:
        case.acuity = acuity
        case_events.add(tx, case.clinic_id, case.id, "raised", SYSTEM, now, {"from": before.value, "to": acuity.value})
        audit.record(
            tx,
            clinic_id=case.clinic_id,
            at=now,
            actor=SYSTEM,
            action="raise",
            object_kind="case",
            object_id=case.id,
            fields=["acuity"],
        )
    if case.waiting_since is None:
        # The earlier words were answered: the clock starts again with these.
        case.waiting_since = began
        case.respond_by = respond_by(Acuity(case.acuity), began, week)
        case.contacted_at = None
        _page_from(case, now)
    elif raised:
        case.respond_by = min(case.respond_by, respond_by(acuity, began, week))
        _page_from(case, now)
    if acuity is Acuity.EMERGENCY and (case.contacted_at is not None or case.status == CaseStatus.ACKNOWLEDGED):
        # New emergency words are a new emergency, whatever was said to the patient before and whoever has the case.
        # While nobody has it, its ladder is being climbed already: five texts in a minute do not climb five rungs.
        case.contacted_at = None
        _page_from(case, now)
    if kind is CaseKind.REPLY and case.kind in (CaseKind.CALL_INSTEAD, CaseKind.UNREACHABLE, CaseKind.SILENT):
        case.kind = kind  # the patient's own words are what the nurse must see first
    case.procedure_id = case.procedure_id or procedure_id
    case.beware = list(dict.fromkeys([*case.beware, *beware]))
    case.unseen = True
    case.version += 1
    case.updated_at = now


def _page_from(case: Case, now: datetime) -> None:
    """Let the ladder be climbed from its first rung."""
    case.next_page_at = first_page_at(Acuity(case.acuity), case.respond_by, now)
    case.rung = 0


def mark_in(tx: Tx, case: Case, beware: str) -> None:
    """Add a word that staff must not miss to a case that this transaction holds; adding it again changes nothing."""
    if beware not in case.beware:
        case.beware = [*case.beware, beware]
        case.version += 1
