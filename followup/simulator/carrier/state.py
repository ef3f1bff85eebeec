"""Holds what one carrier is made of, handed to each of its parts."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from followup.simulator.carrier.keywords import BlockList
from followup.simulator.carrier.texts import TextRecord
from followup.simulator.carrier.webhooks import Webhooks
from followup.simulator.changes import Changes
from followup.simulator.faults import Faults
from followup.simulator.settings import SimulatorSettings


@dataclass(slots=True)
class Number:
    """A number of the account and where its webhooks go ("": nowhere)."""

    number: str
    sms_url: str = ""
    sms_fallback_url: str = ""
    voice_url: str = ""


@dataclass(slots=True)
class Call:
    """A phone call: what the person heard, what they pressed, and whom they were connected to."""

    sid: str
    inbound: bool
    from_: str
    to: str
    created: datetime
    status: str = "queued"
    heard: list[str] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    connected_to: list[str] = field(default_factory=list)
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def phone(self) -> str:
        """The person's number."""
        return self.from_ if self.inbound else self.to


@dataclass(slots=True)
class Carrier:
    """One account with one carrier. `base_url` is known once its port is."""

    settings: SimulatorSettings
    changes: Changes
    faults: Faults
    texts: TextRecord
    block_list: BlockList
    webhooks: Webhooks
    numbers: dict[str, Number]
    started: datetime
    base_url: str = ""
    calls: dict[str, Call] = field(default_factory=dict)
    digits: dict[str, list[str]] = field(default_factory=dict)  # what a person presses, by phone, in turn
    held_texts: dict[str, list[asyncio.Event]] = field(default_factory=dict)  # by phone: who waits to be overtaken
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


def make_carrier(settings: SimulatorSettings, changes: Changes, faults: Faults) -> Carrier:
    """A carrier that has carried nothing yet."""
    return Carrier(
        settings=settings,
        changes=changes,
        faults=faults,
        texts=TextRecord(settings.keep),
        block_list=BlockList(settings),
        webhooks=Webhooks(settings, changes),
        numbers={number: Number(number, sms_url=url) for number, url in settings.numbers.items()},
        started=settings.wire_clock(),
    )


def new_sid(prefix: str) -> str:
    """A SID nobody has had, also not before a restart: services remember SIDs for years."""
    return prefix + secrets.token_hex(16)
