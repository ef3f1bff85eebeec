"""Mail over a real SMTP line: what it carries, and what each way of failing means."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from followup.domain.errors import ConfigurationError, PermanentGatewayError, TransientGatewayError
from followup.gateways.email import OutboundMail
from followup.gateways.smtp_email import SmtpEmail, compose
from followup.simulator import RunningSimulator, SimulatorSettings, run_in_thread
from followup.simulator.faults import FaultRule, Misbehaviour

TOKEN = "abcdefgh" * 5


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSimulator]:
    with run_in_thread(SimulatorSettings()) as running:
        yield running


@pytest.fixture
def smtp(server: RunningSimulator) -> Iterator[SmtpEmail]:
    server.behave()
    gateway = SmtpEmail(server.simulator.smtp_url)
    yield gateway
    gateway.close()
    server.behave()


def mail(to: str = "ana@example.com", **changes: object) -> OutboundMail:
    values: dict[str, object] = {
        "message_id": "<0123@clinic.example>",
        "sender_name": "Clínica del Lago, Chicago",
        "sender": "care@clinic.example",
        "to": to,
        "reply_to": f"care+r-{TOKEN}@clinic.example",
        "subject": "A message from Lake Clinic",
        "text": "Rest today. ¿Cómo está?\n" + "A long line without an end. " * 60,
        "html": "<p>Rest today.</p>",
        "unsubscribe_url": f"https://clinic.example/u/{TOKEN}",
    }
    return OutboundMail(**{**values, **changes})  # type: ignore[arg-type]


def newest(server: RunningSimulator, person: str = "ana@example.com") -> EmailMessage:
    raw = server.mailbox(person)[-1].raw
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_mail_says_how_to_answer_it_and_how_to_stop_it(server: RunningSimulator, smtp: SmtpEmail) -> None:
    smtp.send(mail())
    found = newest(server)
    assert found["From"].addresses[0].addr_spec == "care@clinic.example"
    assert found["From"].addresses[0].display_name == "Clínica del Lago, Chicago"
    assert found["Reply-To"] == f"care+r-{TOKEN}@clinic.example"
    assert found["Message-ID"] == "<0123@clinic.example>"
    assert found["List-Unsubscribe"] == f"<https://clinic.example/u/{TOKEN}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    plain = found.get_body(("plain",))
    assert plain is not None
    assert "¿Cómo está?" in plain.get_content()


def test_the_unsubscribe_address_is_not_folded(server: RunningSimulator) -> None:
    raw = compose(mail()).as_bytes()
    assert f"List-Unsubscribe: <https://clinic.example/u/{TOKEN}>\r\n".encode() in raw


def test_what_staff_wrote_is_not_marked_as_automatic(server: RunningSimulator, smtp: SmtpEmail) -> None:
    smtp.send(mail(automatic=False, html=None, in_reply_to="<theirs@example.com>"))
    found = newest(server)
    assert found["Auto-Submitted"] is None
    assert found["In-Reply-To"] == "<theirs@example.com>"
    assert found.get_content_type() == "text/plain"


def test_a_subject_cannot_smuggle_a_header(server: RunningSimulator, smtp: SmtpEmail) -> None:
    smtp.send(mail(subject="Hello\r\nBcc: someone@example.com"))
    assert newest(server)["Bcc"] is None


def test_several_mails_share_one_line(server: RunningSimulator, smtp: SmtpEmail) -> None:
    before = len(server.mailbox("line@example.com"))
    for _ in range(5):
        smtp.send(mail("line@example.com"))
    assert len(server.mailbox("line@example.com")) == before + 5
    assert len(smtp._idle) == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (FaultRule(Misbehaviour.SMTP_CLOSING, count=1), "smtp:421"),
        (FaultRule(Misbehaviour.SMTP_BUSY, count=1), "smtp:450"),
    ],
)
def test_a_server_that_asks_for_patience_is_given_it(
    server: RunningSimulator, smtp: SmtpEmail, rule: FaultRule, code: str
) -> None:
    server.misbehave(rule)
    with pytest.raises(TransientGatewayError) as caught:
        smtp.send(mail())
    assert (caught.value.reason_code, caught.value.accepted_unknown) == (code, False)
    smtp.send(mail())


def test_a_mailbox_that_does_not_exist_is_dead_and_its_address_is_not_repeated(
    server: RunningSimulator, smtp: SmtpEmail
) -> None:
    server.misbehave(FaultRule(Misbehaviour.SMTP_UNKNOWN, number="gone@example.com"))
    with pytest.raises(PermanentGatewayError) as caught:
        smtp.send(mail("gone@example.com"))
    assert caught.value.reason_code == "smtp:5.1.1"
    assert "gone" not in str(caught.value)


def test_a_line_that_drops_after_the_words_leaves_it_open(server: RunningSimulator, smtp: SmtpEmail) -> None:
    server.misbehave(FaultRule(Misbehaviour.SMTP_DROP_AFTER, number="drop@example.com"))
    with pytest.raises(TransientGatewayError) as caught:
        smtp.send(mail("drop@example.com"))
    assert caught.value.accepted_unknown
    assert len(server.mailbox("drop@example.com")) == 1, "it was taken once"


def test_a_line_that_died_while_idle_is_replaced_without_a_doubt(server: RunningSimulator, smtp: SmtpEmail) -> None:
    smtp.send(mail("idle@example.com"))
    [(line, _)] = smtp._idle
    assert line.sock is not None
    line.sock.shutdown(2)
    smtp.send(mail("idle@example.com"))
    assert len(server.mailbox("idle@example.com")) == 2


def test_a_server_that_is_away_has_taken_nothing() -> None:
    with pytest.raises(TransientGatewayError) as caught:
        SmtpEmail("smtp://127.0.0.1:9").send(mail())
    assert not caught.value.accepted_unknown


def test_a_wrong_password_is_a_fault_of_the_set_up() -> None:
    with run_in_thread(SimulatorSettings(smtp_login="clinic", smtp_password="right")) as locked:
        wrong = SmtpEmail(f"smtp://clinic:wrong@127.0.0.1:{locked.simulator.smtp_port}")
        with pytest.raises(PermanentGatewayError) as caught:
            wrong.send(mail())
        assert caught.value.reason_code == "smtp:535"
        nobody = SmtpEmail(f"smtp://127.0.0.1:{locked.simulator.smtp_port}")
        with pytest.raises(PermanentGatewayError) as refused:
            nobody.send(mail())
        assert refused.value.reason_code == "smtp:530"
        right = SmtpEmail(locked.simulator.smtp_url)
        assert "127.0.0.1" in right.check()
        right.send(mail())
        right.close()


def test_a_url_that_names_no_server_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="FOLLOWUP_SMTP_URL"):
        SmtpEmail("mail.example.com")
