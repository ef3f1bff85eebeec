"""A mail from the clinic, and the two doors it goes through."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from imap_tools import MailBoxUnencrypted
from imap_tools.errors import MailboxLoginError

from followup.simulator import RunningSimulator

CLINIC_MAIL, REPLIES = "care@clinic.example", "replies+k7q2m@clinic.example"
ADA, BEN = "ada@patients.example", "ben@patients.example"


def clinic_mail(to: str = ADA, message_id: str = "<m1@clinic.example>", body: str = "How are you?\n") -> EmailMessage:
    """What the clinic sends."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Lakeside <{CLINIC_MAIL}>", to, "Checking in"
    mail["Message-ID"], mail["Reply-To"] = message_id, REPLIES
    mail.set_content(body)
    return mail


@contextmanager
def smtp(sim: RunningSimulator) -> Iterator[smtplib.SMTP]:
    """A conversation with the mail server."""
    with smtplib.SMTP("127.0.0.1", sim.simulator.smtp_port, timeout=20) as line:
        yield line


def send(sim: RunningSimulator, mail: EmailMessage | None = None) -> None:
    """The clinic sends a mail."""
    with smtp(sim) as line:
        line.send_message(mail or clinic_mail())


@contextmanager
def inbox(sim: RunningSimulator, password: str | None = None) -> Iterator[MailBoxUnencrypted]:
    """The clinic's inbox, opened as the service opens it."""
    settings = sim.simulator.settings
    box = MailBoxUnencrypted("127.0.0.1", sim.simulator.imap_port, timeout=20)
    try:
        box.login(settings.imap_login, password or settings.imap_password)
    except MailboxLoginError:
        box.client.shutdown()  # imap-tools leaves the line open here
        raise
    with box:
        yield box
