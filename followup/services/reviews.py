"""The review list: a few of the replies that nobody was asked to read, for a nurse to say whether that was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Conflict, NotFound
from followup.domain.steering import steering
from followup.services.case_view import Said, said
from followup.services.context import Services
from followup.services.names import names_in
from followup.services.queue_view import Person, person_of
from followup.store import audit, case_replies, clinics, corrections, patients, replies, reviews
from followup.store.database import Tx
from followup.store.models import Reply

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One reply with who wrote it and how it was read."""

    person: Person
    said: Said


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The first of the replies that wait, and how many there are in all."""

    items: tuple[Item, ...]
    waiting: int
    percent: float
    now: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction of a reading."""

    at: datetime
    who: str
    stood: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """One reply, how it was read and what nurses said of that."""

    item: Item
    patient_id: UUID | None
    case_id: UUID | None
    stands: str
    version: str
    corrections: tuple[Corrected, ...]
    now: datetime


def review_list(services: Services, clinic_id: UUID, actor: Actor) -> ReviewList:
    """What waits to be looked at. Opening the list is audited as a look."""
    now = services.now()
    with services.db.write() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        if clinic is None:
            raise NotFound
        found = reviews.waiting(tx, clinic_id, SHOWN)
        for reply in found:
            audit.record(
                tx, clinic_id=clinic_id, at=now, actor=actor, action="view", object_kind="reply", object_id=reply.id
            )
        return ReviewList(
            _items(tx, clinic_id, found), reviews.count_waiting(tx, clinic_id),
            steering(clinic.settings).sample_percent, now,
        )  # fmt: skip


def confirm(services: Services, clinic_id: UUID, reply_id: UUID, actor: Actor) -> None:
    """Say that a reply was rightly left alone. Raises NotFound, and Conflict when somebody else has settled it."""
    now = services.now()
    with services.db.write() as tx:
        if not reviews.settle(tx, clinic_id, reply_id, reviews.RIGHT, actor, now):
            row = reviews.of_reply(tx, clinic_id, reply_id)
            if row is None:
                raise NotFound("This reply is not on the review list.")
            if row.verdict == reviews.QUEUED:
                raise Conflict("A case was opened for this reply meanwhile; look there.")
            who = names_in(tx, clinic_id, [row.actor])[row.actor] if row.actor else "Somebody"
            raise Conflict(f"{who} was first and has looked at this reply already.")
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="review", object_kind="reply", object_id=reply_id,
            fields=["verdict"],
        )  # fmt: skip
    services.queue.announce(clinic_id, "queue")


def reply_page(services: Services, clinic_id: UUID, reply_id: UUID, actor: Actor) -> ReplyPage:
    """One reply and its corrections; opening it is audited. Raises NotFound."""
    now = services.now()
    with services.db.write() as tx:
        reply = replies.by_id(tx, clinic_id, reply_id)
        if reply is None:
            raise NotFound("There is no such reply here.")
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="view", object_kind="reply", object_id=reply_id
        )
        rows = corrections.of_replies(tx, clinic_id, [reply.id]).get(reply.id, [])
        names = names_in(tx, clinic_id, {row.actor for row in rows})
        return ReplyPage(
            item=_items(tx, clinic_id, [reply])[0],
            patient_id=reply.patient_id,
            case_id=reply.case_id,
            stands=corrections.standing(tx, reply),
            version=reply.assessment_version or "",
            corrections=tuple(
                Corrected(row.at, names[row.actor], row.from_acuity, row.to_acuity, row.reason) for row in rows
            ),
            now=now,
        )


def _items(tx: Tx, clinic_id: UUID, found: Sequence[Reply]) -> tuple[Item, ...]:
    people = patients.by_ids(tx, clinic_id, {reply.patient_id for reply in found if reply.patient_id})
    asked = case_replies.questions(tx, clinic_id, {reply.question_id for reply in found if reply.question_id})
    files = case_replies.files_of(tx, clinic_id, {reply.id for reply in found})
    corrected = corrections.of_replies(tx, clinic_id, {reply.id for reply in found})
    names = names_in(tx, clinic_id, {f"staff:{reply.staff_id}" for reply in found if reply.staff_id})
    return tuple(
        Item(
            person_of(people.get(reply.patient_id) if reply.patient_id else None, reply),
            said(
                reply,
                question=(asked[reply.question_id].body or "") if reply.question_id in asked else "",
                files=files.get(reply.id, ()),
                written_down_by=names.get(f"staff:{reply.staff_id}", "") if reply.staff_id else "",
                this_case=False,
                corrected=corrected[reply.id][-1].to_acuity if reply.id in corrected else "",
            ),
        )
        for reply in found
    )
