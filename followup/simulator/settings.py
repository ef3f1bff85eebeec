"""What a simulator is told before it starts: its account, its numbers, its ports and its manners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

Clock = Callable[[], datetime]


def real_time() -> datetime:
    """The wall clock, aware UTC."""
    return datetime.now(UTC)


class Keywords(StrEnum):
    """What the carrier does by itself with STOP, START and HELP."""

    CONFIRMED = "confirmed"  # a new account: it blocks, and confirms with texts that no log shows
    ADVANCED = "advanced"  # as above, and the webhook names the OptOutType
    OFF = "off"  # filtering switched off: the service alone must honour a stop


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone, a mailbox or both."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """Everything a simulator can be told; each value has a sensible default for one clinic on one machine.

    `numbers` maps each sender to the URL its inbound texts are posted to ("" keeps them in the list only).
    `services` maps a Messaging Service SID to the numbers in it. A port of 0 means any free one. Seconds everywhere.
    """

    account_sid: str = "AC" + "0f" * 16
    auth_token: str = "simulated-auth-token"  # noqa: S105 - the simulator's own, worth nothing elsewhere
    api_keys: Mapping[str, str] = field(default_factory=dict)  # SK... -> secret, accepted beside the token
    numbers: Mapping[str, str] = field(default_factory=lambda: {"+13125550100": ""})
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clinic_name: str = "the clinic"

    host: str = "127.0.0.1"
    carrier_port: int = 0
    smtp_port: int = 0
    imap_port: int = 0

    keywords: Keywords = Keywords.CONFIRMED
    extra_stop_words: tuple[str, ...] = ()  # own words, as a clinic adds ALTO or BASTA (ADVANCED only)
    sent_after: float = 0.02
    delivered_after: float = 0.05  # after `sent`
    media_redirects: bool = True  # the real one answers a media URL with a redirect to its content host

    inbox: tuple[str, ...] = ("*@clinic.example", "*@*.clinic.example")  # addresses whose mail IMAP serves
    imap_login: str = "replies@clinic.example"
    imap_password: str = "simulated-mail-password"  # noqa: S105 - as above
    smtp_size_limit: int = 10_000_000  # bytes
    smtp_login: str = ""  # empty: SMTP asks for no login
    smtp_password: str = ""

    people: tuple[Person, ...] = ()  # shown by name on the page
    zone: str = "America/Chicago"  # of the phones' clocks
    frame_ancestors: tuple[str, ...] = ()  # origins that may show the page in a frame
    seed: int = 0
    keep: int | None = None  # texts and mails to remember; None: all
    clock: Clock = real_time  # shown on phones and in mailboxes
    wire_clock: Clock = real_time  # dates in API answers and mail headers
