"""Handing mail over, with Python's own SMTP client."""

import smtplib
from dataclasses import replace

import pytest

from followup.simulator import FaultRule, Misbehaviour, RunningSimulator, SimulatorSettings, run_in_thread
from tests.simulator.mailbox.conftest import ADA, BEN, CLINIC_MAIL, clinic_mail, inbox, send, smtp


def test_a_mail_lies_in_the_persons_mailbox_word_for_word(sim: RunningSimulator) -> None:
    body = "¿Cómo está? 😀\n.\n..two dots\n" + "long " * 40 + "\n"
    send(sim, clinic_mail(body=body))
    (mail,) = sim.mailbox("Ada <ADA@patients.example>")
    assert (mail.sender, mail.recipient, mail.header("Message-ID")) == (CLINIC_MAIL, ADA, "<m1@clinic.example>")
    part = mail.parsed.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == body
    assert [taken.recipient for taken in sim.simulator.mailboxes.accepted] == [ADA]


def test_the_server_offers_what_mail_clients_look_for(sim: RunningSimulator) -> None:
    with smtp(sim) as line:
        line.ehlo()
        assert {"size", "8bitmime", "smtputf8"} <= set(line.esmtp_features)
        assert line.noop()[0] == 250
        assert line.rset()[0] == 250
        assert line.docmd("SEND", "nothing")[0] == 500


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Misbehaviour.SMTP_CLOSING, 421), (Misbehaviour.SMTP_BUSY, 450), (Misbehaviour.SMTP_UNKNOWN, 550)],
)
def test_a_chosen_address_is_refused_and_others_are_not(sim: RunningSimulator, kind: Misbehaviour, code: int) -> None:
    sim.misbehave(FaultRule(kind, number=ADA))
    with smtp(sim) as line, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        line.send_message(clinic_mail())
    assert caught.value.recipients[ADA][0] == code
    send(sim, clinic_mail(BEN))
    assert (len(sim.mailbox(ADA)), len(sim.mailbox(BEN))) == (0, 1)


def test_a_line_that_drops_after_the_words_leaves_the_mail_taken(sim: RunningSimulator) -> None:
    sim.misbehave(FaultRule(Misbehaviour.SMTP_DROP_AFTER, number=ADA, count=1))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sim)
    assert len(sim.mailbox(ADA)) == 1
    assert len(sim.simulator.mailboxes.accepted) == 1


def test_a_bounce_reaches_the_inbox_and_names_the_mail(sim: RunningSimulator) -> None:
    sim.misbehave(FaultRule(Misbehaviour.BOUNCE, number=ADA))
    send(sim)
    assert sim.mailbox(ADA) == []
    with inbox(sim) as box:
        (report,) = box.fetch()
    assert report.obj.get_content_type() == "multipart/report"
    assert report.obj.get_param("report-type") == "delivery-status"
    kinds = [part.get_content_type() for part in report.obj.walk()]
    assert {"text/plain", "message/delivery-status", "message/rfc822"} <= set(kinds)
    raw = report.obj.as_string()
    assert f"Final-Recipient: rfc822; {ADA}" in raw
    assert "Status: 5.1.1" in raw
    assert "<m1@clinic.example>" in raw


def test_a_mail_over_the_size_limit_is_refused(settings: SimulatorSettings) -> None:
    with run_in_thread(replace(settings, smtp_size_limit=1000)) as sim:
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            send(sim, clinic_mail(body="word " * 1000))
        assert caught.value.smtp_code == 552
        assert sim.mailbox(ADA) == []


def test_where_a_login_is_needed_only_the_right_one_may_send(settings: SimulatorSettings) -> None:
    with run_in_thread(replace(settings, smtp_login="clinic", smtp_password="right")) as sim:
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            send(sim)
        assert caught.value.smtp_code == 530
        with smtp(sim) as line, pytest.raises(smtplib.SMTPAuthenticationError):
            line.login("clinic", "wrong")
        with smtp(sim) as line:
            line.login("clinic", "right")
            line.send_message(clinic_mail())
        assert len(sim.mailbox(ADA)) == 1
