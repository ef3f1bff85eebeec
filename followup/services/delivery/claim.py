"""Which due messages go next: by priority, then age, shared fairly over clinics, within each sender's pace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain import pace
from followup.domain.delivery import Channel, Priority, Status
from followup.services.context import Services
from followup.services.delivery.hold import held_since_in
from followup.services.delivery.timing import BATCH, MOST_QUEUED, TIMING, Timing
from followup.store import claims, clinics, communications, senders
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Sender

URGENT = (Priority.EMERGENCY, Priority.PAGE)
ORDINARY = (Priority.ANSWER, Priority.STEP)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows claimed together: one broker message, one look, a few settlements."""

    id: UUID
    size: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class _Lane:
    """One sender with something due, and what it may send of it."""

    sender: Sender
    channel: Channel
    priorities: Sequence[Priority]


def channels_of(services: Services) -> list[Channel]:
    """The channels that this process can send on."""
    doors = ((Channel.SMS, services.sms), (Channel.EMAIL, services.email))
    return [channel for channel, door in doors if door is not None]


def claim_batch(services: Services, *, urgent: bool, size: int = BATCH, timing: Timing = TIMING) -> Batch | None:
    """Claim the next messages of all senders together; None when nothing is due or may go.

    1. The senders with something due are held, the longest idle first; one that another claimer holds is passed over.
    2. Each gets an equal share of the batch, then what the others left, never more than its pace allows. Emergencies
       and pages are not held back by pace, but what they use is missing to the reminders.
    3. The rows change to `queued` under a lease, and the pace is charged, in this one transaction. The caller hands
       the batch to the broker after the commit; if that is lost, the lease gives the rows back.
    """
    now, real_now = services.now(), services.real_now()
    batch_id = new_id()
    lease_until = real_now + (timing.urgent_claim if urgent else timing.lease)
    taken = 0
    with services.db.write() as tx:
        held = held_since_in(tx)
        if held is not None and not urgent:
            return None
        not_live = clinics.held_ids(tx)
        lanes = _lanes(tx, channels_of(services), URGENT if urgent else ORDINARY, not_live, now, real_now)
        for share in (max(1, size // len(lanes)), size) if lanes else ():
            for lane in lanes:
                if taken < size:
                    limit = min(share, size - taken)
                    taken += _claim_lane(tx, lane, limit, batch_id, lease_until, held, now, real_now)
            if taken >= size:
                break
    return Batch(batch_id, taken, urgent) if taken else None


def _lanes(
    tx: Tx,
    channels: Collection[Channel],
    priorities: Sequence[Priority],
    not_live: Collection[UUID],
    now: datetime,
    real_now: datetime,
) -> list[_Lane]:
    """A clinic's pages leave from their own sender where it has one; everything else from those for patients.

    A clinic that is `not_live` yet answers what it is asked, and begins nothing.
    """
    lanes: list[_Lane] = []
    for channel in channels:
        found = senders.with_due(tx, channel=channel, priorities=priorities, now=now, real_now=real_now)
        pagers = senders.clinics_with_pagers(tx, channel, real_now) if Priority.PAGE in priorities and found else set()
        for sender in found:
            pages = sender.purpose == senders.PAGES or sender.clinic_id not in pagers
            patients = sender.purpose == senders.PATIENTS
            mine = [one for one in priorities if (pages if one is Priority.PAGE else patients)]
            if sender.clinic_id in not_live:
                mine = [one for one in mine if one is not Priority.STEP]
            if mine:
                lanes.append(_Lane(sender, channel, mine))
    return lanes


def _claim_lane(
    tx: Tx,
    lane: _Lane,
    limit: int,
    batch_id: UUID,
    lease_until: datetime,
    held: datetime | None,
    now: datetime,
    real_now: datetime,
) -> int:
    sender, taken = lane.sender, 0
    for priority in lane.priorities:
        room = limit - taken
        if priority not in URGENT:
            room = min(room, pace.allowance(sender.pace_at, sender.pace_per_second, real_now))
        if priority is Priority.STEP:
            room = min(room, _left_of_day(tx, sender, real_now))
        if room <= 0:
            continue
        claimed = claims.claim(
            tx,
            sender=sender,
            channel=lane.channel,
            priority=priority,
            now=now,
            created_since=held,
            limit=room,
            batch_id=batch_id,
            lease_until=lease_until,
        )
        if claimed:
            # One segment each for now; what a message turns out to weigh is added when its words are known.
            senders.charge(tx, sender, claimed, real_now)
            taken += claimed
    return taken


def _left_of_day(tx: Tx, sender: Sender, real_now: datetime) -> int:
    """What a sender may still send unasked today, without what is claimed already and will be counted when it goes."""
    left = pace.left_for_unasked(sender.day, sender.day_used, sender.daily_cap, real_now)
    return left - claims.in_flight(tx, sender.id) if left < MOST_QUEUED else left


def claim_one(services: Services, communication_id: UUID, timing: Timing = TIMING) -> Batch | None:
    """Claim one message for this process, if it is planned and nobody else has it; pace does not hold it back."""
    real_now = services.real_now()
    batch_id = new_id()
    with services.db.write() as tx:
        row = communications.peek(tx, communication_id)
        if row is None or row.status != Status.PLANNED or Channel(row.channel) not in channels_of(services):
            return None
        held = held_since_in(tx)
        if held is not None and row.created_at < held:
            return None
        if row.priority == Priority.STEP and row.clinic_id in clinics.held_ids(tx):
            return None
        sender = senders.for_one(tx, row)
        if sender is None or not claims.claim_one(
            tx, communication_id, sender_id=sender.id, batch_id=batch_id, lease_until=real_now + timing.urgent_claim
        ):
            return None
    return Batch(batch_id, 1, urgent=row.priority <= Priority.PAGE)
