"""Whose mail lies where."""

import pytest

from followup.simulator.changes import Changes
from followup.simulator.mailbox.mails import Mailboxes
from followup.simulator.settings import SimulatorSettings
from tests.simulator.mailbox.conftest import ADA, BEN, clinic_mail


def mailboxes(**given: object) -> Mailboxes:
    return Mailboxes(SimulatorSettings(**given), Changes())  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["care@clinic.example", "Replies+K7@Clinic.Example", "r-x7@reply.clinic.example"])
def test_the_clinics_addresses_share_one_inbox(address: str) -> None:
    box = mailboxes()
    box.deliver(ADA, address, clinic_mail().as_bytes())
    assert [mail.number for mail in box.inbox] == [1]
    assert box.people() == []


def test_an_address_is_one_whatever_its_case_and_name() -> None:
    box = mailboxes()
    for address in ("Ada <ADA@patients.example>", ADA):
        box.deliver("care@clinic.example", address, clinic_mail().as_bytes())
    assert [mail.number for mail in box.of(" ada@Patients.example ")] == [1, 2]


def test_the_newest_mailbox_comes_first_and_a_mail_is_found_by_its_id() -> None:
    box = mailboxes()
    for person, number in ((ADA, 1), (BEN, 2), (ADA, 3)):
        box.deliver("care@clinic.example", person, clinic_mail(person, f"<m{number}@clinic.example>").as_bytes())
    assert box.people() == [ADA, BEN]
    found = box.find(ADA, "m3@clinic.example")
    assert found is not None
    assert found.header("Message-ID") == "<m3@clinic.example>"
    assert box.find(BEN, "<m3@clinic.example>") is None
    assert len(list(box)) == 3


def test_a_bounded_server_forgets_the_oldest_and_never_gives_a_number_twice() -> None:
    box = mailboxes(keep=2)
    for number in range(4):
        box.deliver(ADA, "care@clinic.example", clinic_mail(message_id=f"<{number}@x>").as_bytes())
        box.deliver("care@clinic.example", ADA, clinic_mail(message_id=f"<{number}@x>").as_bytes())
    assert [mail.number for mail in box.inbox] == [3, 4]
    assert [mail.number for mail in box.of(ADA)] == [3, 4]
    assert box.next_uid == 5
