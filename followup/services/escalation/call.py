"""One call to staff: what they hear, what their key does, and how the call ended."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from followup.domain.delivery import Status
from followup.domain.errors import NotFound
from followup.domain.paging import AnsweredBy
from followup.services.context import Services
from followup.services.escalation.acknowledge import acknowledge_page, pass_on
from followup.services.escalation.reach import roll_in
from followup.services.escalation.send import settle_lost
from followup.services.escalation.words import SpokenPage, spoken_in
from followup.store import cases, pages
from followup.store.database import Tx
from followup.store.models import Page

log = structlog.get_logger(__name__)
TAKE_KEY, PASS_KEY = "1", "2"
_LOST = {"busy": "busy", "no-answer": "no_answer", "failed": "call_failed", "canceled": "call_failed"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that is said, in which language (BCP 47), and whether a key is waited for after it."""

    language: str
    words: str
    waits: bool = False


def what_is_said(services: Services, page_id: UUID, provider_id: str) -> Heard:
    """What somebody hears who picks up. That they did is proof that the call was made. Raises NotFound."""
    with services.db.write() as tx:
        page, spoken = _spoken_in(tx, services, page_id)
        pages.settle(
            tx,
            page.id,
            from_=[Status.PLANNED, Status.SENDING, Status.UNKNOWN],
            values={"status": Status.SENT.value, "provider_id": provider_id or None, "lease_until": None},
        )
        if page.acknowledged_at is not None:
            return Heard(spoken.language, spoken.taken)
        return Heard(spoken.language, spoken.page, waits=True)


def key_pressed(services: Services, page_id: UUID, key: str) -> Heard:
    """What a key does: 1 takes the case, 2 passes it on, any other is asked again. Raises NotFound."""
    with services.db.read() as tx:
        _, spoken = _spoken_in(tx, services, page_id)
    if key == TAKE_KEY:
        acknowledge_page(services, page_id, AnsweredBy.CALL)
        return Heard(spoken.language, spoken.taken)
    if key == PASS_KEY:
        pass_on(services, page_id)
        return Heard(spoken.language, spoken.passed)
    return Heard(spoken.language, spoken.page, waits=True)


def nothing_pressed(services: Services, page_id: UUID) -> Heard:
    """What somebody hears who pressed nothing. A mailbox presses nothing either. Raises NotFound."""
    with services.db.read() as tx:
        _, spoken = _spoken_in(tx, services, page_id)
    return Heard(spoken.language, spoken.nothing)


def ended(services: Services, page_id: UUID, status: str, provider_id: str) -> None:
    """How the carrier says that a call ended; without a key it reached nobody, and the ladder is climbed at once."""
    if status == "completed":
        with services.db.write() as tx:
            page = pages.hold(tx, page_id)
            if page is None:
                return
            if page.acknowledged_at is not None or page.declined_at is not None:
                pages.settle(
                    tx,
                    page_id,
                    from_=[Status.SENDING, Status.UNKNOWN, Status.SENT],
                    values={"status": Status.DELIVERED.value, "settled_at": services.now(), "lease_until": None},
                )
                return
        settle_lost(services, page_id, Status.UNDELIVERED, "no_key")
    elif status in _LOST:
        log.info("call_lost", page=str(page_id), status=status)
        settle_lost(services, page_id, Status.UNDELIVERED, _LOST[status])
    elif provider_id:
        with services.db.write() as tx:
            pages.settle(
                tx,
                page_id,
                from_=[Status.SENDING, Status.UNKNOWN],
                values={"status": Status.SENT.value, "provider_id": provider_id, "lease_until": None},
            )


def _spoken_in(tx: Tx, services: Services, page_id: UUID) -> tuple[Page, SpokenPage]:
    page = pages.by_id(tx, page_id)
    if page is None or page.staff_id is None:
        raise NotFound("There is no such page.")
    roll = roll_in(tx, services, page.clinic_id)
    person = roll.people.get(page.staff_id)
    language = roll.language_of(person) if person is not None else roll.clinic.language
    case = cases.by_id(tx, page.clinic_id, page.case_id) if page.case_id is not None else None
    return page, spoken_in(tx, clinic=roll.clinic, case=case, language=language)
