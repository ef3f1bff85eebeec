"""Mail that its headers call automatic: a machine's notice opens nothing, a patient's words reach a person."""

from datetime import timedelta

from followup.domain.actor import Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.gateways.mailbox import InboundMail
from followup.services import staff
from followup.services.cases.acknowledge import acknowledge
from followup.services.cases.answer import answer
from followup.services.replies.receive_mail import receive_mail

from .conftest import House

ANA = "ana@patients.example"


def mail_from_a_machine(house: House, words: str) -> None:
    """A mail from Ana's address whose headers say that nobody wrote it."""
    uid = str(len(house.replies) + 1)
    head = f"From: {ANA}\r\nTo: care@lake.example\r\nMessage-ID: <{uid}@x.example>\r\nAuto-Submitted: auto-replied\r\n"
    receive_mail(house.services, InboundMail(uid, f"{head}Subject: Re\r\n\r\n{words}\r\n".encode()))


def test_a_notice_of_absence_is_recorded_and_opens_nothing(house: House) -> None:
    house.record(email=ANA)
    mail_from_a_machine(house, "I am out of the office until Monday. For urgent matters call 312-555-0101.")
    mail_from_a_machine(house, "Thank you for your message. We will reply within two business days.")
    assert [reply.acuity for reply in house.replies] == [Acuity.NONE, Acuity.NONE]
    assert house.cases == []


def test_a_concern_under_wrong_headers_reaches_a_nurse_at_its_urgency(house: House) -> None:
    house.record(email=ANA)
    mail_from_a_machine(house, "The bruise is still there, can I take ibuprofen for it?")
    assert [case.acuity for case in house.cases] == [Acuity.ROUTINE]
    mail_from_a_machine(house, "I can't breathe")
    assert [case.acuity for case in house.cases] == [Acuity.EMERGENCY]


def test_a_machines_answer_to_a_nurses_own_mail_is_shown_to_her(house: House) -> None:
    house.record(phone=None, email=ANA)
    mail_from_a_machine(house, "The bruise is still there, can I take ibuprofen for it?")
    nurse = Actor(
        ActorKind.STAFF, staff.add(house.services, house.clinic.id, "n@lake.example", "Nora", "nurse").person.id
    )
    case = acknowledge(house.services, house.clinic.id, house.cases[0].id, nurse)
    answer(house.services, house.clinic.id, case.id, nurse, text="Yes, you can.", form_token="one")
    house.send_due()
    house.clock.move(timedelta(minutes=1))
    mail_from_a_machine(house, "I am on vacation and will get back to you.")
    assert house.replies[-1].case_id == case.id
    assert house.cases[0].unseen
