"""Patients' mail, read from a mailbox over IMAP."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from followup.domain.errors import ConfigurationError, TransientGatewayError
from followup.gateways.mailbox import InboundMail

_TIMEOUT = 20.0
# Above this only the head of a mail is fetched: its words are read, and what hangs on it stays in the mailbox.
_LARGEST = 30 * 1024 * 1024


class ImapMailbox:
    """One mailbox, named by imaps://person:password@host:port/FOLDER (imap:// without encryption, for this machine)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not parts.hostname or not parts.username:
            raise ConfigurationError("FOLLOWUP_IMAP_URL: must look like imaps://name:password@host/INBOX")
        self._encrypted = parts.scheme == "imaps"
        self._host = parts.hostname
        self._port = parts.port or (993 if self._encrypted else 143)
        self._name = unquote(parts.username)
        self._password = unquote(parts.password or "")
        self._folder = unquote(parts.path.strip("/")) or "INBOX"

    @contextmanager
    def _open(self) -> Iterator[BaseMailBox]:
        kind = MailBox if self._encrypted else MailBoxUnencrypted
        try:
            with kind(self._host, self._port, timeout=_TIMEOUT).login(
                self._name, self._password, initial_folder=self._folder
            ) as box:
                yield box
        except (OSError, ImapToolsError) as error:
            raise TransientGatewayError(f"The mailbox at {self._host}:{self._port} cannot be read: {error}") from error

    def unread(self, limit: int = 100) -> Iterator[InboundMail]:
        """Mails that were not marked read, oldest first. Nothing is marked by reading."""
        with self._open() as box:
            for message in box.fetch(AND(seen=False), limit=limit, mark_seen=False, bulk=False, headers_only=False):
                raw = message.obj.as_bytes()
                yield InboundMail(uid=message.uid or "", raw=raw[:_LARGEST])

    def mark_read(self, uid: str) -> None:
        """Mark a mail read, once it is stored here."""
        with self._open() as box:
            box.flag(uid, MailMessageFlags.SEEN, True)

    def check(self) -> str:
        """Say which mailbox answers. Raises TransientGatewayError that says what is wrong."""
        with self._open() as box:
            return f"{self._name} at {self._host}:{self._port}, folder {box.folder.get()}"
