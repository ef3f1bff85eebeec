"""What must change among a procedure's stored communications when its plan is computed anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from followup.domain.delivery import Channel
from followup.domain.schedule import PlannedCommunication, PlanReason, PlanStatus


@dataclass(frozen=True, slots=True)
class Stored:
    """An unsent communication as it is stored: planned, or skipped with a reason (which a new plan may revive).

    What is sent, being sent, failed or cancelled for good is not handed in here: it is `settled` for the plan.
    """

    id: str
    step: str
    channel: Channel
    due_at: datetime
    expires_at: datetime
    status: PlanStatus
    reason: PlanReason | None = None

    @property
    def as_planned(self) -> PlannedCommunication:
        """The same, without its id."""
        return PlannedCommunication(self.step, self.channel, self.due_at, self.expires_at, self.status, self.reason)


@dataclass(frozen=True, slots=True)
class Changes:
    """`update`: stored ids and what they become; `cancel`: ids that the new plan does not have; `add`: new ones."""

    update: tuple[tuple[str, PlannedCommunication], ...] = ()
    cancel: tuple[str, ...] = ()
    add: tuple[PlannedCommunication, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.update or self.cancel or self.add)


def replan(existing: Iterable[Stored], planned: Iterable[PlannedCommunication]) -> Changes:
    """The changes that turn the unsent communications `existing` into `planned`; nothing that was sent is touched.

    A communication keeps its row (and so its unique key) as long as the plan has its step and channel. One that the
    plan no longer has is cancelled where it was planned, and left as it is where it was skipped already.
    """
    stored = {(row.step, row.channel): row for row in existing}
    wanted = {row.key: row for row in planned}
    return Changes(
        update=tuple(
            (stored[key].id, row) for key, row in wanted.items() if key in stored and stored[key].as_planned != row
        ),
        cancel=tuple(
            row.id for key, row in stored.items() if key not in wanted and row.status is PlanStatus.PLANNED
        ),
        add=tuple(row for key, row in wanted.items() if key not in stored),
    )  # fmt: skip
