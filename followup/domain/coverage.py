"""Which hours have nobody who can be paged: for the first rung, and behind whoever is paged first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from followup.domain.ladder import Ladder, PageChannel, Rung, Who
from followup.domain.rota import Rota

Reachable = Mapping[UUID, Collection[PageChannel]]
"""Over which channels each member of staff can be paged; whoever is not in it cannot be."""


class Need(StrEnum):
    """What an hour can lack."""

    FIRST = "first"  # the first rung pages nobody
    BACKUP = "backup"  # no later rung pages anybody else, should the first not answer

    @property
    def label(self) -> str:
        """The words staff see."""
        return {"first": "Nobody can be paged", "backup": "Nobody stands behind the first"}[self.value]


@dataclass(frozen=True, slots=True)
class Gap:
    """From `begins` (included) to `ends` (not included), UTC instants: what is lacking throughout.

    `unreachable` are on duty for the rungs in question, but cannot be paged over the channels that these name.
    """

    need: Need
    begins: datetime
    ends: datetime
    unreachable: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class _Paged:
    """Whom some rungs page at an instant, and who is named by them in vain. A webhook stands for itself."""

    reached: frozenset[UUID]
    in_vain: tuple[UUID, ...]


def gaps(rota: Rota, ladder: Ladder, reachable: Reachable, begins: datetime, ends: datetime) -> tuple[Gap, ...]:
    """Every stretch between two instants that lacks somebody, in order of time, the first rung's before the backup's.

    Exact to the instant, also where a zone's clock is changed: who is on duty is asked at each turn of the rota, and
    stands until the next. Rungs for whoever has the case do not count, for nobody has it at first. While nobody can be
    paged first, the backup is not missed as well. With no rung at all the whole time is a gap.
    """
    roles = {rung.role for rung in ladder.rungs if rung.role is not None}
    turns = sorted({begins, *(turn for role in roles for turn in rota.turning_points(role, begins, ends))})
    found: list[Gap] = []
    for at, until in zip(turns, [*turns[1:], ends], strict=True):
        lacking = _lacking(rota, ladder, reachable, at)
        if lacking is None or at >= until:
            continue
        need, in_vain = lacking
        last = found[-1] if found else None
        if last and last.ends == at and (last.need, last.unreachable) == (need, in_vain):
            found[-1] = Gap(need, last.begins, until, in_vain)
        else:
            found.append(Gap(need, at, until, in_vain))
    return tuple(found)


def on_call_until(rota: Rota, ladder: Ladder, at: datetime, horizon: datetime) -> tuple[tuple[UUID, ...], datetime]:
    """Whom the first rung names at an instant, and until when (at most the horizon); for a line on the screen."""
    first = next(iter(_climbed(ladder)), None)
    if first is None:
        return (), horizon
    if first.role is None:
        return tuple(_named(rota, first, at)), horizon
    now = rota.on_duty(first.role, at)
    for turn in rota.turning_points(first.role, at, horizon):
        if rota.on_duty(first.role, turn) != now:
            return now, turn
    return now, horizon


def _lacking(
    rota: Rota, ladder: Ladder, reachable: Reachable, at: datetime
) -> tuple[Need, tuple[UUID, ...]] | None:  # fmt: skip
    rungs = _climbed(ladder)
    first = _paged(rota, rungs[:1], reachable, at)
    if not first.reached:
        return Need.FIRST, first.in_vain
    later = _paged(rota, rungs[1:], reachable, at)
    if not later.reached - first.reached:
        return Need.BACKUP, tuple(one for one in later.in_vain if one not in first.reached)
    return None


def _climbed(ladder: Ladder) -> Sequence[Rung]:
    return [rung for rung in ladder.rungs if rung.who is not Who.OWNER]


def _paged(rota: Rota, rungs: Sequence[Rung], reachable: Reachable, at: datetime) -> _Paged:
    reached: set[UUID] = set()
    in_vain: list[UUID] = []
    for rung in rungs:
        if rung.who is Who.WEBHOOK:
            reached.add(rung.webhook_id or UUID(int=0))
        for person in _named(rota, rung, at):
            if set(rung.channels) & set(reachable.get(person, ())):
                reached.add(person)
            else:
                in_vain.append(person)
    return _Paged(frozenset(reached), tuple(one for one in dict.fromkeys(in_vain) if one not in reached))


def _named(rota: Rota, rung: Rung, at: datetime) -> Iterator[UUID]:
    if rung.who is Who.ROLE and rung.role is not None:
        yield from rota.on_duty(rung.role, at)
    elif rung.who is Who.STAFF and rung.staff_id is not None:
        yield rung.staff_id
