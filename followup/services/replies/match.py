"""Whose words these are: the patient, the procedure and the question a reply answers, or why nobody can say."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from followup.domain.delivery import Channel, Kind
from followup.domain.triage.assessment import NURSE
from followup.store import patients, procedures, replies
from followup.store.database import Tx
from followup.store.models import Communication, Patient, Procedure, Reply

# How long after a message a reply is taken to answer it; a later one is still read, without a question.
ANSWERS_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Match:
    """Whose words a reply is. With no patient, `candidates` are those who share the address (none: nobody knows it)."""

    patient: Patient | None
    procedure: Procedure | None
    question: Communication | None
    to_nurse: bool
    candidates: tuple[UUID, ...] = ()

    @property
    def last_message(self) -> str | None:
        """The step that was asked last, or "nurse" when staff wrote last."""
        if self.to_nurse:
            return NURSE
        return self.question.step if self.question else None


def match(tx: Tx, reply: Reply) -> Match:
    """Tie a reply to a patient.

    1. Words that staff wrote down, and mail to a reply address, name the patient themselves.
    2. Else the address decides, where one patient has it.
    3. Where several share it, the one question still open decides; two open ones, or none, are for a person.
    """
    if reply.patient_id is not None:
        patient = patients.by_id(tx, reply.clinic_id, reply.patient_id)
        return _tied(tx, reply, patient, _named_question(tx, reply))
    if reply.from_index is None or reply.from_address is None:
        return Match(None, None, None, to_nurse=False)
    sharing = patients.with_address(tx, reply.clinic_id, Channel(reply.channel), reply.from_address)
    since = reply.received_at - ANSWERS_WITHIN
    if len(sharing) == 1:
        question = replies.last_to(tx, reply.clinic_id, reply.channel, reply.from_index, since)
        if question is not None and question.patient_id != sharing[0].id:
            question = None  # the number belonged to somebody else when it was written to
        return _tied(tx, reply, sharing[0], question)
    if sharing:
        open_now = replies.open_questions(tx, reply.clinic_id, reply.channel, reply.from_index, since)
        asked = [row for row in open_now if row.patient_id in {patient.id for patient in sharing}]
        last = replies.last_to(tx, reply.clinic_id, reply.channel, reply.from_index, since)
        if last is not None and last.kind == Kind.ANSWER:
            asked = [last]  # staff wrote to one of them by name: the next words are an answer to that
        if len(asked) == 1:
            patient = next(patient for patient in sharing if patient.id == asked[0].patient_id)
            return _tied(tx, reply, patient, asked[0])
        return Match(None, None, None, to_nurse=False, candidates=tuple(patient.id for patient in sharing))
    return Match(None, None, None, to_nurse=False)


def _named_question(tx: Tx, reply: Reply) -> Communication | None:
    if reply.question_id is not None:
        question: Communication | None = tx.get(Communication, reply.question_id)
        return question if question is not None and question.clinic_id == reply.clinic_id else None
    if reply.channel == Channel.PHONE or reply.from_index is None:
        return None
    since = reply.received_at - ANSWERS_WITHIN
    question = replies.last_to(tx, reply.clinic_id, reply.channel, reply.from_index, since)
    return question if question is not None and question.patient_id == reply.patient_id else None


def _tied(tx: Tx, reply: Reply, patient: Patient | None, question: Communication | None) -> Match:
    if patient is None:
        return Match(None, None, None, to_nurse=False)
    procedure: Procedure | None = None
    if question is not None and question.procedure_id is not None:
        procedure = procedures.by_id(tx, reply.clinic_id, question.procedure_id)
    if procedure is None:
        procedure = procedures.newest_of(tx, reply.clinic_id, patient.id)
    return Match(patient, procedure, question, to_nurse=question is not None and question.kind == Kind.ANSWER)
