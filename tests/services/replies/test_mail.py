"""A mail is taken apart: the writer's words, the rest, and whether a machine wrote it."""

from email.message import EmailMessage

import pytest

from followup.services.replies.mail import parse_mail


def mail(body: str = "Feeling fine.", **headers: str) -> EmailMessage:
    """An invented mail."""
    message = EmailMessage()
    message["From"] = "Ana Example <Ana@Example.com>"
    message["To"] = "care+r-abcdefghijklmnopqrstuvwxyz234567@clinic.example"
    message["Message-ID"] = "<one@example.com>"
    message["Subject"] = "Re: How are you?"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def test_the_writers_words_are_told_from_the_quote_and_both_are_kept() -> None:
    quoted = "On Tue, Mar 3, 2026 at 9:00 AM Lake Clinic <care@clinic.example> wrote:\n> Call 911 for chest pain.\n"
    body = f"It is worse today.\n\n{quoted}"
    parsed = parse_mail(mail(body).as_bytes(), "x")
    assert parsed.text == "It is worse today."
    assert "chest pain" in parsed.whole
    assert parsed.sender == "ana@example.com"
    assert parsed.token == "abcdefghijklmnopqrstuvwxyz234567"


def test_a_mail_that_is_all_quote_is_read_whole() -> None:
    parsed = parse_mail(mail("> Is it worse?\n> Better, same or worse?\n").as_bytes(), "x")
    assert "worse" in parsed.text


def test_a_missing_message_id_is_stood_in_for() -> None:
    message = mail()
    del message["Message-ID"]
    assert parse_mail(message.as_bytes(), "<stand-in>").message_id == "<stand-in>"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Return_Path": "<>"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"From": "MAILER-DAEMON@mx.example.com"},
        {"Subject": "Automatic reply: How are you?"},
        {"Subject": "Respuesta automática: hola"},
    ],
)
def test_a_machine_is_recognised(headers: dict[str, str]) -> None:
    assert parse_mail(mail(**headers).as_bytes(), "x").automatic


def test_a_person_is_not_taken_for_a_machine() -> None:
    assert not parse_mail(mail(Auto_Submitted="no").as_bytes(), "x").automatic


def test_a_delivery_report_names_the_mail_that_did_not_arrive() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example.com\r\nTo: care@clinic.example\r\nMessage-ID: <report@mx.example.com>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        b"Final-Recipient: rfc822; ana@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@clinic.example>\r\n\r\nhello\r\n--b--\r\n"
    )
    parsed = parse_mail(raw, "x")
    assert parsed.bounce is not None
    assert parsed.bounce.message_id == "<ours@clinic.example>"
    assert parsed.bounce.permanent


def test_a_photo_comes_with_the_words() -> None:
    message = mail("see photo")
    message.add_attachment(b"\x89PNG....", maintype="image", subtype="png", filename="arm.png")
    parsed = parse_mail(message.as_bytes(), "x")
    assert [file.content_type for file in parsed.files] == ["image/png"]
    assert parsed.text == "see photo"


def test_an_html_mail_gives_its_words_without_script_or_style() -> None:
    message = mail()
    message.set_content("<style>p{}</style><p>It <b>hurts</b> more</p><script>x()</script>", subtype="html")
    assert parse_mail(message.as_bytes(), "x").text == "It hurts more"


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00garbage", b"From: =?broken?\r\nSubject: \xff\r\n\r\n\xff\xff", b"a" * 300_000]
)
def test_no_mail_is_too_broken_to_be_kept(raw: bytes) -> None:
    assert parse_mail(raw, "<stand-in>").message_id == "<stand-in>"
