"""Knows every mail: what lies in each person's mailbox, and what lies in the clinic's inbox with its flags."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from fnmatch import fnmatchcase

from followup.simulator.changes import Changes
from followup.simulator.settings import SimulatorSettings

SEEN, DELETED = "\\Seen", "\\Deleted"


@dataclass(slots=True)
class Mail:
    """One mail in one mailbox. `raw` is the message as it came; `number` counts up within the mailbox."""

    number: int
    sender: str  # of the envelope; "" for a bounce
    recipient: str
    raw: bytes
    shown: datetime
    received: datetime
    flags: set[str] = field(default_factory=set)
    from_person: bool = False  # True in a person's own mailbox for what they wrote

    @property
    def parsed(self) -> EmailMessage:
        """The message, parsed anew each time: thousands may lie here unread."""
        return message_from_bytes(self.raw, policy=policy.default)

    def header(self, name: str) -> str:
        """One header as text, "" where it is missing."""
        return str(self.parsed.get(name, ""))


@dataclass(frozen=True, slots=True)
class AcceptedMail:
    """A mail that the server took for one recipient, whatever the sender was told."""

    message_id: str
    sender: str
    recipient: str


def bare(address: str) -> str:
    """`ada@example.test` from `Ada <Ada@example.test>`."""
    found = getaddresses([address])
    return (found[0][1] if found else address).strip().lower()


class Mailboxes:
    """Everybody's mail. Addresses that match `settings.inbox` belong to the clinic and share one inbox."""

    def __init__(self, settings: SimulatorSettings, changes: Changes) -> None:
        self._settings = settings
        self._changes = changes
        self._people: dict[str, deque[Mail]] = {}
        self._counters: dict[str, int] = {}
        self.inbox: list[Mail] = []
        self.uid_validity = int(settings.wire_clock().timestamp())
        self.accepted: deque[AcceptedMail] = deque(maxlen=settings.keep)

    def is_clinic(self, address: str) -> bool:
        """Whether mail to this address goes to the clinic's inbox."""
        return any(fnmatchcase(bare(address), pattern.lower()) for pattern in self._settings.inbox)

    def deliver(self, sender: str, recipient: str, raw: bytes) -> Mail:
        """Put a mail where it belongs."""
        recipient = bare(recipient)
        if self.is_clinic(recipient):
            mail = self._make("", sender, recipient, raw)
            self.inbox.append(mail)
            if self._settings.keep is not None:
                del self.inbox[: max(0, len(self.inbox) - self._settings.keep)]
            self._changes.note(("inbox",))
            return mail
        mail = self._make(recipient, sender, recipient, raw)
        self._keep(recipient, mail)
        return mail

    def keep_sent(self, person: str, recipient: str, raw: bytes) -> Mail:
        """Keep a copy of what a person wrote in their own mailbox."""
        mail = self._make(bare(person), bare(person), bare(recipient), raw)
        mail.from_person = True
        self._keep(bare(person), mail)
        return mail

    def _make(self, box: str, sender: str, recipient: str, raw: bytes) -> Mail:
        number = self._counters[box] = self._counters.get(box, 0) + 1
        return Mail(number, sender, recipient, raw, self._settings.clock(), self._settings.wire_clock())

    def _keep(self, box: str, mail: Mail) -> None:
        self._people.setdefault(box, deque(maxlen=self._settings.keep)).append(mail)
        self._changes.note((f"mailbox:{box}",))

    def of(self, address: str) -> list[Mail]:
        """A person's mails, oldest first, their own among them."""
        return list(self._people.get(bare(address), ()))

    def people(self) -> list[str]:
        """Every address with a mailbox, the one with the newest mail first."""
        return sorted(self._people, key=lambda address: self._people[address][-1].received, reverse=True)

    def find(self, address: str, message_id: str) -> Mail | None:
        """A mail in a person's mailbox by its Message-ID."""
        wanted = message_id.strip("<> ")
        mails = reversed(self._people.get(bare(address), ()))
        return next((mail for mail in mails if mail.header("Message-ID").strip("<> ") == wanted), None)

    @property
    def next_uid(self) -> int:
        """The UID that the inbox gives next."""
        return self._counters.get("", 0) + 1

    def expunge(self) -> list[int]:
        """Remove what is marked deleted from the inbox; the positions (from 1) as IMAP reports them."""
        gone: list[int] = []
        for position in range(len(self.inbox), 0, -1):
            if DELETED in self.inbox[position - 1].flags:
                del self.inbox[position - 1]
                gone.append(position)
        return gone

    def __iter__(self) -> Iterator[Mail]:
        for box in self._people.values():
            yield from box
