"""Takes mail by SMTP (with aiosmtpd), refuses or loses some where told to, and bounces what it is told to bounce."""

import asyncio
import logging
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from followup.simulator.faults import Faults, Misbehaviour
from followup.simulator.mailbox.letters import bounce
from followup.simulator.mailbox.mails import AcceptedMail, Mailboxes, bare
from followup.simulator.settings import SimulatorSettings

# aiosmtpd writes addresses and commands into this log; the simulator's log holds nobody's address.
logging.getLogger("mail.log").setLevel(logging.ERROR)

_HEADERS = BytesHeaderParser()  # the plain policy: reading every header fully costs a millisecond a mail
_HOST = "mail.simulator.example"
_CLOSING = "421 4.3.2 Service not available, closing transmission channel"


class MailServer:
    """What is decided for each recipient and each mail."""

    def __init__(self, settings: SimulatorSettings, faults: Faults, mailboxes: Mailboxes) -> None:
        self._settings = settings
        self._faults = faults
        self._mailboxes = mailboxes
        self._server: asyncio.Server | None = None
        self.open: set[_Connection] = set()

    async def start(self) -> int:
        """Listen; the port is returned. Raises OSError where it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self._settings.host, self._settings.smtp_port)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.open):
            connection.cut()

    def _connection(self) -> SMTP:
        return _Connection(
            self,
            hostname=_HOST,
            ident="Simulated mail server",
            data_size_limit=self._settings.smtp_size_limit,
            enable_SMTPUTF8=True,
            authenticator=self._authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, way: str, data: object) -> AuthResult:
        login, password = self._settings.smtp_login.encode(), self._settings.smtp_password.encode()
        good = isinstance(data, LoginPassword) and (not login or (data.login, data.password) == (login, password))
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The sender: refused before a login where one is needed."""
        if delay := self._faults.delay(Misbehaviour.SMTP_LATENCY):
            await asyncio.sleep(delay)
        if self._settings.smtp_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: "_Connection", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient."""
        person = bare(address)
        if self._faults.draw(Misbehaviour.SMTP_CLOSING, person):
            server.close_after_answer()
            return _CLOSING
        if self._faults.draw(Misbehaviour.SMTP_BUSY, person):
            return "450 4.2.1 Mailbox busy, try again later"
        if self._faults.draw(Misbehaviour.SMTP_UNKNOWN, person):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Connection", session: Session, envelope: Envelope) -> str:
        """The mail itself."""
        raw = envelope.original_content or b""
        message_id = str(_HEADERS.parsebytes(raw).get("Message-ID", "")).strip()
        sender = bare(envelope.mail_from or "") if envelope.mail_from else ""
        dropped = False
        for recipient in envelope.rcpt_tos:
            person = bare(recipient)
            self._mailboxes.accepted.append(AcceptedMail(message_id, sender, person))
            if self._faults.draw(Misbehaviour.BOUNCE, person):
                if sender:  # a bounce is never bounced
                    self._mailboxes.deliver("", sender, bounce(raw, sender, person, self._settings.wire_clock()))
            else:
                self._mailboxes.deliver(sender, person, raw)
            dropped = bool(self._faults.draw(Misbehaviour.SMTP_DROP_AFTER, person)) or dropped
        if dropped:
            server.cut()
        return "250 2.0.0 OK: taken"


class _Connection(SMTP):
    """One SMTP conversation that can end in the middle."""

    def __init__(self, server: MailServer, **given: Any) -> None:
        super().__init__(server, **given)
        self._all = server.open
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        super().connection_made(transport)
        self._all.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone."""
        self._all.discard(self)
        super().connection_lost(error)

    def close_after_answer(self) -> None:
        """Hang up once the answer under way is out."""
        self._closing = True

    def cut(self) -> None:
        """Hang up at once, without an answer."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]

    async def push(self, status: Any) -> None:
        """Send one answer."""
        await super().push(status)
        if self._closing and self.transport is not None:
            self.transport.close()
