"""The mails that come back."""

from datetime import UTC, datetime

from followup.simulator.mailbox.letters import absence, letter, reply
from tests.simulator.mailbox.conftest import ADA, CLINIC_MAIL, REPLIES, clinic_mail

NOON = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


def plain(mail: object) -> str:
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())


def test_a_reply_goes_to_the_reply_address_and_continues_the_thread() -> None:
    first = reply(clinic_mail(), ADA, "Better, thank you", NOON)
    assert (first["To"], first["From"], first["Subject"]) == (REPLIES, ADA, "Re: Checking in")
    assert first["In-Reply-To"] == "<m1@clinic.example>"
    second = reply(first, "someone@patients.example", "Good", NOON)
    assert second["Subject"] == "Re: Checking in"
    assert second["References"] == f"<m1@clinic.example> {first['Message-ID']}"


def test_a_reply_quotes_below_unless_told_not_to() -> None:
    assert plain(reply(clinic_mail(), ADA, "Better", NOON)).endswith("wrote:\n> How are you?\n")
    assert plain(reply(clinic_mail(), ADA, "Better", NOON, quote=False)) == "Better\n"


def test_without_a_reply_address_the_sender_is_answered() -> None:
    mail = clinic_mail()
    del mail["Reply-To"]
    assert CLINIC_MAIL in reply(mail, ADA, "Better", NOON)["To"]


def test_an_absence_says_that_a_machine_wrote_it() -> None:
    answer = absence(clinic_mail(), ADA, NOON)
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["Subject"] == "Automatic reply: Checking in"


def test_a_file_can_be_sent_along() -> None:
    mail = letter(ADA, REPLIES, "Look", "My foot", NOON, [("foot.png", "image/png", b"\x89PNG")])
    assert [part.get_filename() for part in mail.iter_attachments()] == ["foot.png"]
    assert mail.get("In-Reply-To") is None
