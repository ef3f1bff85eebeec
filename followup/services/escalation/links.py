"""The link in a page: whose it is, and taking the case by it without signing in."""

from dataclasses import dataclass
from uuid import UUID

from followup.domain import links
from followup.domain.errors import NotFound
from followup.domain.ladder import PageChannel
from followup.domain.paging import ANSWERS_WITHIN, AnsweredBy
from followup.services.context import Services
from followup.services.escalation.acknowledge import Acknowledged, acknowledge_page, look_at_page
from followup.services.escalation.reach import roll_in
from followup.services.escalation.words import TAKE_PURPOSE, initials_in
from followup.store import cases, pages, staff


@dataclass(frozen=True, slots=True)
class Taken:
    """What the link's page says; nothing of the patient but the initials."""

    page: Acknowledged
    clinic: str
    name: str
    initials: str
    language: str


def look_at_link(services: Services, token: str) -> Taken:
    """How the page stands that a link belongs to. Raises NotFound when it is not ours or more than a day old."""
    page_id = _page_of(services, token)
    return _taken(services, page_id, look_at_page(services, page_id))


def take_by_link(services: Services, token: str) -> Taken:
    """Acknowledge the page that a link belongs to. Raises NotFound as above."""
    page_id = _page_of(services, token)
    with services.db.read() as tx:
        page = pages.by_id(tx, page_id)
    by_mail = page is not None and page.channel == PageChannel.EMAIL
    return _taken(
        services, page_id, acknowledge_page(services, page_id, AnsweredBy.EMAIL if by_mail else AnsweredBy.SMS)
    )


def _page_of(services: Services, token: str) -> UUID:
    page_id = links.read(services.secret, TAKE_PURPOSE, token)
    if page_id is None:
        raise NotFound("This link is not ours.")
    with services.db.read() as tx:
        page = pages.by_id(tx, page_id)
        person = staff.by_id(tx, page.clinic_id, page.staff_id) if page is not None and page.staff_id else None
    if person is None or not person.active:
        raise NotFound("This link belongs to nobody who may come in.")
    if page is None or services.now() > page.created_at + ANSWERS_WITHIN:
        raise NotFound("This link is more than a day old.")
    return page_id


def _taken(services: Services, page_id: UUID, done: Acknowledged) -> Taken:
    with services.db.read() as tx:
        page = pages.by_id(tx, page_id)
        assert page is not None
        assert page.staff_id is not None
        roll = roll_in(tx, services, page.clinic_id)
        person = roll.people[page.staff_id]
        language = roll.language_of(person)
        case = cases.by_id(tx, page.clinic_id, page.case_id) if page.case_id is not None else None
        return Taken(done, roll.clinic.sender_name, person.name, initials_in(tx, case, language), language)
