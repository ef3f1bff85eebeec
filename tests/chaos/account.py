"""The account of a run: what the carrier accepted and holds against what the service knows, message by message."""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from followup.domain.attempt import AttemptOutcome
from followup.domain.delivery import Channel, Kind, Status
from followup.services.context import Services
from followup.store.models import Attempt, Communication, Procedure, Reply
from tests.chaos.household import ask
from tests.chaos.traffic import Told

_GONE = {Status.SENT, Status.DELIVERED}
# Why a message may rightly not have gone: the care clock jumped past its use.
_PAST_USE = {"missed", "held_past_use"}
_ATTEMPT = re.compile(r"/hooks/twilio/status/([0-9a-f-]{36})")
_SHOWN = 10  # ids of each kind


@dataclass(slots=True)
class Account:
    """What was found; every list holds what is wrong, by id. `delays` are seconds from due to accepted."""

    accepted: int = 0
    gone: int = 0
    past_use: int = 0
    found: int = 0  # sends in doubt that were looked up in the carrier's list and were there
    written: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    wrong_state: list[str] = field(default_factory=list)
    inbound_lost: list[str] = field(default_factory=list)
    stored_twice: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # of the run itself: processes that fell, requests nobody took
    delays: list[float] = field(default_factory=list)
    emergency_delays: list[float] = field(default_factory=list)

    @property
    def faults(self) -> Mapping[str, Sequence[str]]:
        """Each count that must be nought, with its ids."""
        return {
            "lost": self.lost,
            "duplicated": self.duplicated,
            "wrong state": self.wrong_state,
            "inbound lost": self.inbound_lost,
            "stored twice": self.stored_twice,
            "broken": self.broken,
        }

    @property
    def well(self) -> bool:
        """True when nothing is wrong."""
        return not any(self.faults.values())

    def lines(self) -> list[str]:
        """The account in words."""
        found = [
            f"carrier accepted {self.accepted} texts; we know of {self.gone} that went",
            f"in doubt, looked up and found in the carrier's list: {self.found}",
            f"people wrote {self.written} texts",
            f"past their use when the care clock jumped, and so not sent: {self.past_use}",
            ", ".join(f"{name} {len(ids)}" for name, ids in self.faults.items()),
        ]
        if self.delays:
            longest, median = max(self.delays), statistics.median(self.delays)
            found.append(f"longest delay {longest:.1f} s (median {median:.1f} s)")
        if self.emergency_delays:
            longest, median = max(self.emergency_delays), statistics.median(self.emergency_delays)
            found.append(
                f"{len(self.emergency_delays)} emergencies answered; longest {longest:.1f} s (median {median:.1f} s)"
            )
        for name, ids in self.faults.items():
            found += [f"  {name}: {each}" for each in ids[:_SHOWN]]
            if len(ids) > _SHOWN:
                found.append(f"  {name}: and {len(ids) - _SHOWN} more")
        return found


@dataclass(frozen=True, slots=True)
class Carried:
    """What the carrier holds: every send that it took, and every text with where it stands."""

    accepted: Sequence[Mapping[str, Any]]
    texts: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, carrier: str) -> "Carried":
        """Ask it."""
        accepted = ask("GET", f"{carrier}/simulator/accepted", seconds=60)[1]["accepted"]
        texts = ask("GET", f"{carrier}/simulator/messages", seconds=60)[1]["messages"]
        return cls(accepted, {text["sid"]: text for text in texts})

    @property
    def written(self) -> list[Mapping[str, Any]]:
        """What people wrote."""
        return [text for text in self.texts.values() if text["direction"] == "in"]


def draw_up(services: Services, carried: Carried, told: Told, due: "DueAt") -> Account:
    """Compare what the carrier says with what we say."""
    account = Account()
    with services.db.read() as tx:
        # Nobody agreed to mail, so every row of that channel was put aside when the plan was made.
        rows = {row.id: row for row in tx.scalars(select(Communication).where(Communication.channel == Channel.SMS))}
        tried = list(tx.scalars(select(Attempt)))
        replies = list(tx.scalars(select(Reply)))
        recorded = list(tx.execute(select(Procedure.external_id, Procedure.id)))
    account.found = sum(one.looks > 0 and one.outcome == AttemptOutcome.ACCEPTED for one in tried)
    _outbound(account, carried, rows, {one.id: one.communication_id for one in tried}, due)
    _inbound(account, carried, replies)
    _emergencies(account, carried, told)
    _procedures(account, told, recorded)
    return account


def _outbound(
    account: Account,
    carried: Carried,
    rows: Mapping[UUID, Communication],
    attempts: Mapping[UUID, UUID],
    due: "DueAt",
) -> None:
    sends: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for send in carried.accepted:
        found = _ATTEMPT.search(send["status_callback"])
        row_id = attempts.get(UUID(found[1])) if found else None
        if row_id is None:
            account.duplicated.append(f"{send['sid']} was accepted, and no attempt of ours stands for it")
        else:
            sends[row_id].append(send)
    account.accepted = len(carried.accepted)
    for row_id, row in rows.items():
        status, mine = Status(row.status), sends.get(row_id, [])
        account.gone += status in _GONE
        if len(mine) > 1:
            account.duplicated.append(f"communication {row_id}: {', '.join(send['sid'] for send in mine)}")
        if not mine:
            if status in _GONE or not status.final:
                account.lost.append(f"communication {row_id} ({row.kind}) is {status}, and the carrier never had it")
            elif _past_use(row):
                account.past_use += 1
            else:
                account.lost.append(f"communication {row_id} ({row.kind}) was {status}: {row.reason}")
            continue
        account.delays.append(mine[0]["at"] - due.reached(row.due_at, row.created_at))
        text = carried.texts[mine[0]["sid"]]
        if status not in _GONE or (status == Status.DELIVERED and text["status"] != "delivered"):
            account.wrong_state.append(f"communication {row_id} is {status}; the carrier says {text['status']}")
        elif row.provider_id not in {send["sid"] for send in mine}:
            account.wrong_state.append(f"communication {row_id} is named {row.provider_id}, not {mine[0]['sid']}")
    # Beside our own ids, in the carrier's words alone: nobody gets the same words of a plan twice.
    steps = {(row.to_address, row.body) for row in rows.values() if row.kind == Kind.STEP}
    for words, count in Counter((send["to"], send["body"]) for send in carried.accepted).items():
        if count > 1 and words in steps:
            account.duplicated.append(f"{count} texts of the same words to {words[0]}")


def _past_use(row: Communication) -> bool:
    """Whether it was rightly not sent: the care clock had jumped past its use, or past its time before it was made."""
    if row.reason == "entered_late":
        return row.created_at > row.due_at
    settled = row.settled_at or row.created_at
    if row.reason == "capped_past_use":
        return settled >= row.due_at  # that the cap leaves no room while it is of use is known before that time is over
    return row.reason in _PAST_USE and settled >= (row.expires_at or row.due_at)


def _inbound(account: Account, carried: Carried, replies: Iterable[Reply]) -> None:
    stored: dict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        stored[reply.provider_id].append(reply)
    account.written = len(carried.written)
    for text in carried.written:
        mine = stored.pop(text["sid"], [])
        if not mine:
            account.inbound_lost.append(f"{text['sid']} was never stored")
        elif len(mine) > 1:
            account.stored_twice.append(f"{text['sid']} is {len(mine)} replies")
        elif mine[0].status == "received" or mine[0].acuity is None:
            account.inbound_lost.append(f"{text['sid']} is reply {mine[0].id}, which nobody has read")
        elif mine[0].text != text["body"]:
            account.wrong_state.append(f"reply {mine[0].id} has other words than {text['sid']}")
    account.stored_twice += [f"reply {reply.id} is of no text" for left in stored.values() for reply in left]


def _emergencies(account: Account, carried: Carried, told: Told) -> None:
    answered: dict[str, float] = {}
    for send in carried.accepted:
        if "911" in send["body"]:
            answered.setdefault(send["to"], send["at"])
    for who, at in told.emergencies.items():
        if who in answered:
            account.emergency_delays.append(answered[who] - at)
        else:
            account.lost.append(f"the emergency of {who} was never answered")


def _procedures(account: Account, told: Told, recorded: Iterable[Any]) -> None:
    account.broken += told.untaken
    counts = Counter(external_id for external_id, _ in recorded)
    account.stored_twice += [
        f"procedure {each} is recorded {count} times" for each, count in counts.items() if count > 1
    ]
    for external_id, ids in told.procedures.items():
        if external_id not in counts:
            account.lost.append(f"procedure {external_id} was taken and is not there")
        if len(ids) > 1:
            account.stored_twice.append(f"procedure {external_id} was answered with {len(ids)} ids")


@dataclass(slots=True)
class DueAt:
    """When, in monotonic seconds, the care clock passed a moment; `jumps` are (monotonic, care time before, after)."""

    began: tuple[float, datetime]
    jumps: list[tuple[float, datetime, datetime]] = field(default_factory=list)

    def reached(self, due_at: datetime, created_at: datetime) -> float:
        """The real moment at which a message that was made then was due."""
        moment = max(due_at, created_at)
        since, care = self.began
        for at, before, after in self.jumps:
            if moment <= before:
                break
            if moment <= after:
                return at
            since, care = at, after
        return since + (moment - care).total_seconds()
