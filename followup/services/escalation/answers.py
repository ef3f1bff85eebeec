"""Texts from staff to a number that pages: an answer to a page, or words that are kept for whoever opens the case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from followup.domain.actor import Actor, ActorKind
from followup.domain.delivery import Channel, Kind
from followup.domain.paging import ANSWERS_WITHIN, AnsweredBy, StaffWords, staff_words
from followup.services import outbox
from followup.services.context import Services
from followup.services.escalation.acknowledge import acknowledge_page, pass_on
from followup.services.escalation.reach import roll_in
from followup.services.escalation.words import answer_in
from followup.store import case_events, cases, clinics, contact_points, pages, patients, senders
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import ContactPoint, Page, PageAnswer, Sender

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of a text: whose it is, which page it answers, and what it means."""

    clinic_id: UUID
    staff_id: UUID
    page_id: UUID | None
    meaning: StaffWords
    number: str
    provider_id: str
    new: bool


def from_staff_in(
    tx: Tx, sender: Sender, number: str, body: str, provider_id: str, now: datetime
) -> ContactPoint | None:
    """Whose text this is, if it is for the pages: None when a patient may have written it.

    On a number that only pages, whoever of the staff has the phone. On one that patients write to as well: staff whose
    phone no patient has; and where a patient has it too, only a bare answer to a page that waits for one, because
    nothing that a patient says may be taken from them.
    """
    found = contact_points.with_number(tx, sender.clinic_id, number)
    if not found:
        return None
    known = pages.answer_of(tx, provider_id)
    if known is not None:
        return next((one for one in found if one.staff_id == known.staff_id), None)
    waiting = _waiting(tx, sender.clinic_id, [one.staff_id for one in found], now)
    point = next((one for one in found if waiting is not None and one.staff_id == waiting.staff_id), found[0])
    if sender.purpose == senders.PAGES:
        return point
    if patients.with_address(tx, sender.clinic_id, Channel.SMS, number):
        bare = staff_words(body) in (StaffWords.TAKE, StaffWords.DECLINE)
        return point if bare and waiting is not None else None
    return point if pages.texted_to(tx, sender.clinic_id, [point.staff_id], now - ANSWERS_WITHIN) else None


def _waiting(tx: Tx, clinic_id: UUID, staff_ids: list[UUID], now: datetime) -> Page | None:
    """The newest page by text that one of these people has not answered."""
    sent = pages.texted_to(tx, clinic_id, staff_ids, now - ANSWERS_WITHIN)
    return next((page for page in sent if page.acknowledged_at is None and page.declined_at is None), None)


def keep(services: Services, point: ContactPoint, *, provider_id: str, body: str) -> Kept:
    """Keep a text from staff verbatim, before anything is made of it; a repeat means what it meant the first time."""
    now, meaning = services.now(), staff_words(body)
    with services.db.write() as tx:
        sent = pages.texted_to(tx, point.clinic_id, [point.staff_id], now - ANSWERS_WITHIN)
        page = _waiting(tx, point.clinic_id, [point.staff_id], now) or (sent[0] if sent else None)
        row = PageAnswer(
            id=new_id(),
            clinic_id=point.clinic_id,
            staff_id=point.staff_id,
            page_id=page.id if page is not None else None,
            provider_id=provider_id,
            words=body,
            meaning=meaning.value,
            received_at=now,
        )
        new = pages.add_answer(tx, row)
        if new and meaning in (StaffWords.STOP, StaffWords.START):
            stopped_at = now if meaning is StaffWords.STOP else None
            contact_points.mark_stopped(tx, point.clinic_id, point.address_index, stopped_at)
        if new and page is not None and page.case_id is not None and meaning in (StaffWords.OTHER, StaffWords.STOP):
            # Words that are no answer are for whoever opens the case: they stand on its timeline.
            actor = Actor(ActorKind.STAFF, point.staff_id)
            case_events.add(tx, point.clinic_id, page.case_id, "page_said", actor, now, {"words": body})
        kept = row if new else pages.answer_of(tx, provider_id)
        assert kept is not None
        return Kept(
            kept.clinic_id, kept.staff_id, kept.page_id, StaffWords(kept.meaning), point.address, provider_id, new
        )  # fmt: skip


def act_on(services: Services, kept: Kept) -> None:
    """Do what a text from staff asks for, and say by text what became of it."""
    log.info("staff_text", page=str(kept.page_id or ""), meaning=kept.meaning)
    if kept.page_id is None or kept.meaning in (StaffWords.STOP, StaffWords.START):
        return
    said = "page-not-taken"
    if kept.meaning is StaffWords.TAKE:
        done = acknowledge_page(services, kept.page_id, AnsweredBy.SMS)
        said = "page-taken" if done.mine and not done.over else ""
    elif kept.meaning is StaffWords.DECLINE:
        pass_on(services, kept.page_id)
        said = ""
    if said:
        _say(services, kept, kept.page_id, said)


def _say(services: Services, kept: Kept, page_id: UUID, name: str) -> None:
    now = services.now()
    with services.db.write() as tx:
        page, clinic = pages.by_id(tx, page_id), clinics.by_id(tx, kept.clinic_id)
        if page is None or clinic is None:
            return
        case = cases.by_id(tx, kept.clinic_id, page.case_id) if page.case_id is not None else None
        if case is None and name == "page-not-taken":
            name = "page-drill"
        roll = roll_in(tx, services, kept.clinic_id)
        language = roll.language_of(roll.people[kept.staff_id])
        outbox.write_in(
            tx,
            services,
            clinic=clinic,
            kind=Kind.PAGE,
            channel=Channel.SMS,
            to_address=kept.number,
            language=language,
            body=answer_in(tx, services, name=name, clinic=clinic, page=page, case=case, language=language),
            dedupe_key=f"page-answer:{kept.provider_id}",
            case_id=page.case_id,
            staff_id=kept.staff_id,
            expires_at=now + ANSWERS_WITHIN,
            now=now,
        )
    services.queue.wake("followup.send_due")
