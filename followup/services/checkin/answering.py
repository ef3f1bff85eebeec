"""Answers are kept as they come; sent, they are one reply like any other; an emergency does not wait for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from followup.domain.acuity import Acuity
from followup.domain.checkin import LEFT_LYING, checked, compose
from followup.domain.delivery import Channel
from followup.domain.errors import Conflict, NotFound
from followup.domain.protocol import PageKind, PageQuestion
from followup.domain.triage import ReplyContext
from followup.services.checkin.visit import Found, find_in, provider_id_of, rows_of
from followup.services.context import Services
from followup.services.replies import answers as reply_answers
from followup.services.replies.read import read_reply
from followup.store import checkins, clinics, communications, replies
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Attachment, Reply

log = structlog.get_logger(__name__)


class Closed(Conflict):
    """This check-in takes no more answers: it was sent, or its time is over."""

    code = "check_in_closed"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an answer. `alarm`: it went to the nurse at once; `tell` are messages that must leave now."""

    alarm: bool = False
    tell: tuple[UUID, ...] = ()


def keep_answer(services: Services, token: str, slug: str, given: str, language: str) -> Kept:
    """Keep the answer to one question; giving it again replaces it.

    Words that read as an emergency are sent at once, with what was answered before. Raises InvalidInput for an answer
    that is none, NotFound for a question that is none, Closed.
    """
    now = services.now()
    with services.db.write() as tx:
        found = _open_in(tx, services, token, now)
        question = next((each for each in found.questions if each.slug == slug), None)
        if question is None:
            raise NotFound
        value = checked(question, given)
        row = found.check_in
        before = dict(row.answers or {})
        if before.get(slug) != value:
            row.given = [known for known in row.given if known != slug]
        row.answers = {**before, slug: value}
        row.language, row.lying, row.changed_at = language, True, now
        reply: Reply | None = None
        if slug not in row.given and question.kind is PageKind.WORDS and _alarming(services, found, value, now):
            reply = _reply_in(tx, found, language, now)
        reply_id = reply.id if reply else None
    return Kept() if reply_id is None else Kept(True, read_reply(services, reply_id, send=False))


def send(services: Services, token: str, language: str, stop: str = "") -> Kept:
    """Send what was answered as one reply, once, however often it is posted. `stop` is the ticked box's label.

    Raises Conflict when a question still needs its answer, Closed when the time is over; sent before, nothing is done.
    """
    now = services.now()
    with services.db.write() as tx:
        found = find_in(tx, services, token, now)
        row = found.check_in
        if row.sent_at is not None:
            return Kept()
        if not found.live:
            raise Closed
        if any(each.kind is not PageKind.WORDS and not (row.answers or {}).get(each.slug) for each in found.questions):
            raise Conflict("A question is not answered yet.")
        reply = _reply_in(tx, found, language, now, stop)
        row.sent_at, row.answers, row.lying, row.language = now, None, False, language
        reply_id = reply.id if reply else None
    if reply_id is None:
        return Kept()
    tell = read_reply(services, reply_id, send=False)
    return Kept(bool(tell), tell)


def tell_now(services: Services, communication_ids: Sequence[UUID]) -> None:
    """Let emergency answers leave, once the page has said the same."""
    for communication_id in communication_ids:
        reply_answers.send_now(services, communication_id)


def send_left_lying(services: Services) -> int:
    """Give a nurse what was answered and never sent: half an answer can be the one that matters. The sweep's part."""
    now = services.now()
    with services.db.read() as tx:
        waiting = checkins.lying(tx, now - LEFT_LYING)
    for clinic_id, communication_id in waiting:
        try:
            reply_id = _lying_in(services, clinic_id, communication_id, now)
        except Exception as error:  # one check-in that cannot be sent must not hold back the next
            log.error("check_in_left_lying", communication_id=str(communication_id), error=type(error).__name__)
            continue
        if reply_id is not None:
            read_reply(services, reply_id)
    return len(waiting)


def _lying_in(services: Services, clinic_id: UUID, communication_id: UUID, now: datetime) -> UUID | None:
    """Make a reply of what lies there, unless somebody was quicker or the patient still writes."""
    with services.db.write() as tx:
        clinic, message = clinics.by_id(tx, clinic_id), communications.peek(tx, communication_id)
        if clinic is None or message is None:
            raise NotFound
        found = rows_of(tx, services, clinic, message, now)
        row = found.check_in
        if not row.lying or row.changed_at > now - LEFT_LYING:
            return None
        reply = _reply_in(tx, found, row.language, now)
        row.lying = False
        return reply.id if reply else None


def _open_in(tx: Tx, services: Services, token: str, now: datetime) -> Found:
    found = find_in(tx, services, token, now)
    if not found.live or found.check_in.sent_at is not None:
        raise Closed
    return found


def _alarming(services: Services, found: Found, words: str, now: datetime) -> bool:
    """True for words that read as an emergency by themselves. A reading that fails says no: all is read when sent."""
    if not words:
        return False
    context = ReplyContext(
        text=words,
        protocol=found.protocol.slug if found.protocol else None,
        body_site=found.procedure.body_site,
        hours_since_procedure=(now - found.procedure.performed_at).total_seconds() / 3600,
        last_message=found.message.step,
        channel=Channel.CHECKIN,
        lang=found.patient.language,
        red_flags=found.protocol.red_flags if found.protocol else (),
    )
    try:
        return services.reader().assess(context).acuity is Acuity.EMERGENCY
    except Exception:  # the words are kept, and read again with the rest
        return False


def _reply_in(tx: Tx, found: Found, language: str, now: datetime, stop: str = "") -> Reply | None:
    """The reply that holds what no earlier one does, verbatim and unread; None when there is nothing new."""
    row, questions = found.check_in, _ungiven(found)
    text, answered = compose(questions, row.answers or {}, language, stop)
    photos = checkins.photos_of(tx, found.clinic.id, row.id)
    if not answered and not photos:
        return None
    number = row.rounds + 1
    reply = Reply(
        id=new_id(),
        clinic_id=found.clinic.id,
        channel=Channel.CHECKIN,
        provider_id=provider_id_of(row, number),
        from_address=found.message.to_address,
        from_index=found.message.to_index,
        to_address="",
        text=text,
        answers=[each.as_json() for each in answered],
        received_at=now,
        status="received",
        patient_id=found.patient.id,
        question_id=found.message.id,
    )
    files = [
        Attachment(
            clinic_id=found.clinic.id,
            position=position,
            content_type=photo.content_type,
            size=photo.size,
            content=photo.content,
            status="stored",
            created_at=now,
        )
        for position, photo in enumerate(photos)
    ]
    if not replies.add(tx, reply, files):
        return None
    checkins.drop_photos(tx, found.clinic.id, row.id)
    row.rounds, row.reply_id = number, reply.id
    row.given = [*row.given, *(each.slug for each in answered)]
    row.lying = False
    return reply


def _ungiven(found: Found) -> list[PageQuestion]:
    return [each for each in found.questions if each.slug not in found.check_in.given]
