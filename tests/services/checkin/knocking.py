"""A clinic whose patient has just got the day-two check by email (or text) with a link, for tests of the page."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from followup.gateways.clock import MovableClock
from followup.gateways.memory_email import MemoryEmail
from followup.services.checkin import answering, door, visit
from followup.services.checkin.visit import Visit
from followup.services.context import Services
from tests.services.replies.conftest import House, make_house

BORN = "1970-02-03"
MAIL = "ana@example.com"
_LINK = re.compile(r"/c/([a-z2-7]+)")


@dataclass(slots=True)
class Asked:
    """A clinic, and the link that one of its patients has."""

    house: House
    mail: MemoryEmail
    procedure_id: UUID
    token: str

    @property
    def services(self) -> Services:
        """The clinic's services."""
        return self.house.services

    def open(self) -> Visit:
        """Come in by the birth date."""
        door.knock(self.services, self.token, BORN, "here")
        return self.look()

    def look(self, language: str = "") -> Visit:
        """What the page shows."""
        return visit.visit(self.services, self.token, language)

    def answer(self, language: str = "en", **values: str) -> list[answering.Kept]:
        """Answer some questions, by slug."""
        return [
            answering.keep_answer(self.services, self.token, slug, value, language) for slug, value in values.items()
        ]

    def send(self, language: str = "en", stop: str = "") -> answering.Kept:
        """Send what was answered."""
        return answering.send(self.services, self.token, language, stop)


def asked(
    services: Services, clock: MovableClock, *, settings: dict[str, Any] | None = None, **patient: Any
) -> Asked:  # fmt: skip
    """Two days after the procedure of a patient who has only email, unless `patient` says otherwise."""
    from followup.domain.actor import OPERATOR
    from followup.services.clinics import change_clinic

    mail = MemoryEmail()
    house = make_house(replace(services, email=mail), clock)
    if settings:
        change_clinic(house.services, house.clinic.id, {"settings": settings}, OPERATOR)
    person = {"phone": None, "email": MAIL} | patient
    procedure_id = house.record(**person)
    house.pass_time(48)
    return Asked(house, mail, procedure_id, link_in(house, mail, person["phone"]))


def link_in(house: House, mail: MemoryEmail, phone: str | None) -> str:
    """The link in the last message that has one."""
    said = house.said(phone) if phone else [each.text for each in mail.sent]
    found = [match[1] for words in said for match in [_LINK.search(words)] if match]
    return found[-1] if found else ""
