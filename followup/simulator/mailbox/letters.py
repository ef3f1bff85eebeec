"""Writes the mails that people and mail servers send back: replies, new mails, absences and bounces."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from followup.simulator.mailbox.mails import bare

Attachment = tuple[str, str, bytes]  # name, content type, content


def reply(
    original: EmailMessage,
    person: str,
    body: str,
    now: datetime,
    *,
    quote: bool = True,
    files: Sequence[Attachment] = (),
) -> EmailMessage:
    """A person's answer to a mail: to its Reply-To (or From), threaded, quoting it below as mail programs do."""
    answer = _new(person, str(original.get("Reply-To") or original.get("From") or ""), now)
    subject = str(original.get("Subject", ""))
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    message_id = str(original.get("Message-ID", "")).strip()
    if message_id:
        answer["In-Reply-To"] = message_id
        answer["References"] = f"{str(original.get('References', '')).strip()} {message_id}".strip()
    answer.set_content(f"{body}\n{_quoted(original) if quote else ''}")
    _attach(answer, files)
    return answer


def letter(
    person: str, to: str, subject: str, body: str, now: datetime, files: Sequence[Attachment] = ()
) -> EmailMessage:
    """A mail that answers nothing."""
    mail = _new(person, to, now)
    mail["Subject"] = subject
    mail.set_content(body + "\n")
    _attach(mail, files)
    return mail


def absence(original: EmailMessage, person: str, now: datetime) -> EmailMessage:
    """What a mail program answers while its owner is away (RFC 3834)."""
    answer = reply(original, person, "I am away and will read your mail when I am back.", now, quote=False)
    answer["Auto-Submitted"] = "auto-replied"
    answer["Precedence"] = "bulk"
    answer["X-Auto-Response-Suppress"] = "All"
    del answer["Subject"]
    answer["Subject"] = f"Automatic reply: {original.get('Subject', '')}"
    return answer


def bounce(raw: bytes, sender: str, recipient: str, now: datetime) -> bytes:
    """The report that a mail could not be delivered (RFC 3464), addressed to its envelope sender."""
    original = message_from_bytes(raw, policy=policy.default)
    report = MIMEMultipart("report", policy=policy.default)
    report.set_param("report-type", "delivery-status")
    report["From"] = "Mail Delivery System <mailer-daemon@mail.simulator.example>"
    report["To"] = sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(now)
    report["Message-ID"] = f"<{uuid.uuid4().hex}@mail.simulator.example>"
    report["Auto-Submitted"] = "auto-replied"
    report["Return-Path"] = "<>"
    report.attach(MIMEText(f"Your mail to {recipient} could not be delivered: there is no such mailbox.\n"))
    status = MIMENonMultipart("message", "delivery-status", policy=policy.compat32)
    about_server, about_person = Message(), Message()
    about_server["Reporting-MTA"] = "dns; mail.simulator.example"
    about_person["Final-Recipient"] = f"rfc822; {recipient}"
    about_person["Action"] = "failed"
    about_person["Status"] = "5.1.1"
    about_person["Diagnostic-Code"] = "smtp; 550 5.1.1 No such mailbox here"
    status.set_payload([about_server, about_person])
    report.attach(status)
    headers = EmailMessage(policy=policy.default)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "Reply-To"):
        if original.get(name):
            headers[name] = str(original[name])
    report.attach(MIMEMessage(headers))
    return report.as_bytes(policy=policy.SMTP)


def _new(person: str, to: str, now: datetime) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = person
    mail["To"] = to
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@{bare(person).rpartition('@')[2] or 'example.test'}>"
    return mail


def _quoted(original: EmailMessage) -> str:
    part = original.get_body(("plain", "html"))
    words = "" if part is None else str(part.get_content())
    lines = "\n".join(f"> {line}" for line in words.strip().splitlines())
    return f"\nOn {original.get('Date', 'an earlier day')}, {original.get('From', 'the clinic')} wrote:\n{lines}\n"


def _attach(mail: EmailMessage, files: Sequence[Attachment]) -> None:
    for name, content_type, content in files:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=name)
