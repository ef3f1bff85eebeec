"""A clinic's ladder: who is paged over which channels, and how long after the first rung; the last rung repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from followup.domain.acuity import Acuity
from followup.domain.errors import Fault, InvalidInput
from followup.domain.rota import RotaRole

MOST_RUNGS = 12
LONGEST = timedelta(hours=12)
# Between rungs and between repeats there is always time to answer a call.
SHORTEST_WAIT = timedelta(minutes=1)
REPEAT = timedelta(minutes=5)
# Something urgent that stays unanswered is not worth waking somebody every five minutes.
REPEAT_URGENT = timedelta(minutes=30)


class PageChannel(StrEnum):
    """How a page travels."""

    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    WEBHOOK = "webhook"

    @property
    def label(self) -> str:
        """The words staff see."""
        return {"sms": "Text", "call": "Phone call", "email": "Email", "webhook": "Webhook"}[self.value]


class Who(StrEnum):
    """Whom a rung names."""

    ROLE = "role"  # whoever the rota has on duty
    OWNER = "owner"  # whoever has the case
    STAFF = "staff"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung; `after` counts from the first page. Of `role`, `staff_id` and `webhook_id` the one that `who` needs."""

    after: timedelta
    who: Who
    channels: tuple[PageChannel, ...]
    role: RotaRole | None = None
    staff_id: UUID | None = None
    webhook_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NextRung:
    """What a climb does: page `rung` (its place is `position`), then wait; `following` is paged after that."""

    position: int
    rung: Rung
    following: int
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs in order. An empty ladder is possible: then every administrator is paged by email."""

    rungs: tuple[Rung, ...] = ()

    def next_rung(self, at: int, acuity: Acuity) -> NextRung | None:
        """What to page when `at` rungs have been paged; past the end the last one repeats. None for an empty ladder."""
        if not self.rungs:
            return None
        last = len(self.rungs) - 1
        position = min(max(at, 0), last)
        if position == last:
            return NextRung(position, self.rungs[last], last, repeat_every(acuity))
        wait = self.rungs[position + 1].after - self.rungs[position].after
        return NextRung(position, self.rungs[position], position + 1, max(wait, SHORTEST_WAIT))


def repeat_every(acuity: Acuity) -> timedelta:
    """How long the end of a ladder waits before it pages again."""
    return REPEAT if acuity is Acuity.EMERGENCY else REPEAT_URGENT


DEFAULT_LADDER = Ladder(
    (
        Rung(timedelta(0), Who.ROLE, (PageChannel.SMS,), RotaRole.ON_CALL),
        Rung(timedelta(minutes=5), Who.ROLE, (PageChannel.CALL,), RotaRole.ON_CALL),
        Rung(timedelta(minutes=10), Who.ROLE, (PageChannel.SMS, PageChannel.CALL), RotaRole.BACKUP),
        Rung(
            timedelta(minutes=15),
            Who.ROLE,
            (PageChannel.SMS, PageChannel.CALL, PageChannel.EMAIL),
            RotaRole.MANAGER,
        ),
    )
)


def check_ladder(rungs: Sequence[Rung]) -> Ladder:
    """These rungs as a ladder. Raises InvalidInput that names every fault by `rungs.<n>.<field>`."""
    faults: list[Fault] = []
    if len(rungs) > MOST_RUNGS:
        faults.append(Fault("rungs", f"there are {len(rungs)}; at most {MOST_RUNGS} can be climbed in useful time"))
    for number, rung in enumerate(rungs):
        faults += [Fault(f"rungs.{number}.{field}", words) for field, words in _rung_faults(rung)]
        if number == 0 and rung.after != timedelta(0):
            faults.append(Fault("rungs.0.after", "the first rung is paged at once: 0 minutes"))
        if number and rung.after < rungs[number - 1].after + SHORTEST_WAIT:
            faults.append(Fault(f"rungs.{number}.after", "must be at least a minute after the rung before"))
    if faults:
        raise InvalidInput(faults)
    return Ladder(tuple(rungs))


def _rung_faults(rung: Rung) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    if not timedelta(0) <= rung.after <= LONGEST:
        faults.append(("after", f"is outside 0 to {LONGEST.total_seconds() / 60:.0f} minutes"))
    if not rung.channels or len(set(rung.channels)) != len(rung.channels):
        faults.append(("channels", "choose at least one, and each once"))
    needs = {Who.ROLE: "role", Who.STAFF: "staff_id", Who.WEBHOOK: "webhook_id"}.get(rung.who)
    for field in ("role", "staff_id", "webhook_id"):
        if (getattr(rung, field) is None) == (field == needs):
            faults.append((field, "is missing" if field == needs else f"does not belong to {rung.who}"))
    webhook = PageChannel.WEBHOOK in rung.channels
    if webhook != (rung.who is Who.WEBHOOK) or (webhook and len(rung.channels) > 1):
        faults.append(("channels", "a webhook is told by webhook alone, and people are not"))
    return faults
