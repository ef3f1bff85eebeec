"""Mail over SMTP: lines that stay open for a while, and the headers that automatic mail must carry."""

import contextlib
import email.policy
import email.utils
import smtplib
import ssl
import threading
import time
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from followup.domain.errors import ConfigurationError, GatewayError, PermanentGatewayError, TransientGatewayError
from followup.domain.provider_outcomes import ENHANCED, Verdict, outcome_of
from followup.gateways.email import OutboundMail

_TIMEOUT = 9.0  # seconds for each answer of the server
_IDLE = 20.0  # seconds after which an open line is not trusted any more
# Replies about our own login, whatever follows them.
_ABOUT_US = (454, 530, 534, 535)
# Long lines would be folded inside the unsubscribe address, which some signers then sign differently.
_POLICY = email.policy.SMTP.clone(max_line_length=900)


class _Settings(Protocol):
    """The settings that this gateway needs."""

    @property
    def smtp_url(self) -> str: ...


class SmtpEmail:
    """One mail server, named by smtps://name:password@host:465 or smtp://host:587 (encrypted by STARTTLS where the
    server offers it; a password is never sent without encryption but to this machine)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigurationError("FOLLOWUP_SMTP_URL: must look like smtps://name:password@host:465")
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._encrypted else 587)
        self._name, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._guard = threading.Lock()
        self._idle: list[tuple[smtplib.SMTP, float]] = []

    @classmethod
    def from_settings(cls, settings: _Settings) -> "SmtpEmail":
        """The mail server of these settings."""
        return cls(settings.smtp_url)

    def send(self, mail: OutboundMail) -> None:
        """Hand one mail over. Raises a GatewayError (see EmailGateway).

        1. A line is opened, or an open one is asked whether it still lives: what fails up to here has left
           nothing with the server. 2. The envelope is given: a refusal names the address or the sender. 3. The words
           are given; a line that drops from here on leaves open whether the server took them.
        """
        message = compose(mail).as_bytes(policy=_POLICY)
        line = self._take()
        try:
            self._envelope(line, mail)
            self._words(line, message)
        except BaseException:
            _close(line)
            raise
        with self._guard:
            self._idle.append((line, time.monotonic()))

    def check(self) -> str:
        """Say which server answers. Raises a GatewayError that says what is wrong."""
        _close(self._open())
        return f"mail server {self._host}:{self._port}"

    def close(self) -> None:
        """Close the lines that are open and idle."""
        with self._guard:
            idle, self._idle = self._idle, []
        for line, _ in idle:
            _close(line)

    def _take(self) -> smtplib.SMTP:
        """An open line that still lives, or a new one; whoever takes it has it alone."""
        while True:
            with self._guard:
                if not self._idle:
                    break
                line, used_at = self._idle.pop()
            if time.monotonic() - used_at < _IDLE:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    if line.rset()[0] == 250:
                        return line
            _close(line)
        return self._open()

    def _open(self) -> smtplib.SMTP:
        secure = ssl.create_default_context()
        try:
            if self._encrypted:
                line: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=secure)
            else:
                line = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
        except ssl.SSLError as error:
            raise PermanentGatewayError(
                f"the mail server's certificate is not valid: {error.reason}", "smtp:sender"
            ) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise TransientGatewayError(f"the mail server cannot be reached: {type(error).__name__}") from None
        try:
            line.ehlo()
            if not self._encrypted and line.has_extn("starttls"):
                line.starttls(context=secure)
                line.ehlo()
                protected = True
            else:
                protected = self._encrypted
            if self._name:
                if not protected and self._host not in ("127.0.0.1", "::1", "localhost"):
                    raise PermanentGatewayError("the mail server offers no encryption for the password", "smtp:530")
                line.login(self._name, self._password)
        except GatewayError:
            _close(line)
            raise
        except smtplib.SMTPAuthenticationError as error:
            _close(line)
            # 454 is "temporarily": a server in trouble is not a wrong password.
            raise _refused(454 if error.smtp_code == 454 else 535, b"") from None
        except smtplib.SMTPResponseException as error:
            _close(line)
            raise _refused(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            _close(line)
            raise TransientGatewayError(f"the mail server cannot be used: {type(error).__name__}") from None
        return line

    def _envelope(self, line: smtplib.SMTP, mail: OutboundMail) -> None:
        try:
            code, answer = line.mail(mail.sender)
            if code >= 400:
                if code < 500 or code == 530:
                    raise _refused(code, answer)
                # Who sends is refused: no other patient's mail would fare better.
                raise PermanentGatewayError("the mail server does not let this address send", "smtp:sender")
            code, answer = line.rcpt(mail.to)
            if code >= 400:
                raise _refused(code, answer)
        except (smtplib.SMTPException, OSError) as error:
            raise TransientGatewayError(f"the mail server hung up: {type(error).__name__}") from None

    def _words(self, line: smtplib.SMTP, message: bytes) -> None:
        try:
            code, answer = line.data(message)
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise TransientGatewayError(type(error).__name__, accepted_unknown=True) from None
        if code != 250:
            raise _refused(code, answer)


def compose(mail: OutboundMail) -> EmailMessage:
    """The mail as it goes over the line, with what mail programs need to answer it, to stop it and not to loop."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=mail.sender_name, addr_spec=mail.sender)
    message["To"] = mail.to
    message["Reply-To"] = mail.reply_to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = email.utils.format_datetime(email.utils.localtime())
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to:
        message["In-Reply-To"] = message["References"] = mail.in_reply_to
    if mail.automatic:
        # RFC 3834: programs that answer by themselves leave this one alone.
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe_url:
        # RFC 2369 and RFC 8058: one press in the mail program, without opening a page.
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        if mail.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def _refused(code: int, answer: bytes | str) -> GatewayError:
    """A server's refusal as ours: by its enhanced code (RFC 3463) where we know that, else by its reply code.

    The server's words are not passed on: they often repeat the address.
    """
    words = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    first = words.split(maxsplit=1)[0] if words.split() else ""
    word = f"smtp:{first}" if first in ENHANCED and code not in _ABOUT_US else f"smtp:{code}"
    trouble = outcome_of(word)
    if trouble.verdict in (Verdict.RETRY, Verdict.BACK_OFF):
        return TransientGatewayError(trouble.reason.words, reason_code=word)
    return PermanentGatewayError(trouble.reason.words, word)


def _close(line: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        line.close()
