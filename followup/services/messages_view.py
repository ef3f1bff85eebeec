"""Messages to a patient as staff see them: what each was for, where it stands and why, in a form pages can show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.delivery import Channel, Kind, Status
from followup.store.models import Communication


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `at` is when it went, or is due, or was given up."""

    id: UUID
    kind: Kind
    step: str
    channel: Channel
    language: str
    subject: str
    body: str
    status: Status
    reason: str
    due_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    segments: int | None
    staff_id: UUID | None
    procedure_id: UUID | None
    extra: str = ""

    @property
    def at(self) -> datetime:
        """When it went; else when it was given up; else when it is due."""
        return self.sent_at or (self.settled_at if self.status.final else None) or self.due_at

    @property
    def ahead(self) -> bool:
        """True while it has still to go."""
        return self.status in (Status.PLANNED, Status.QUEUED) and self.kind is Kind.STEP

    @property
    def never_went(self) -> bool:
        """True for what a plan gave up before it left: it belongs to the plan, not to what was said."""
        return self.status in (Status.SKIPPED, Status.CANCELLED) and self.kind is Kind.STEP


def message(row: Communication) -> Message:
    """A stored communication as staff see it."""
    return Message(
        id=row.id,
        kind=Kind(row.kind),
        step=row.step or "",
        channel=Channel(row.channel),
        language=row.language,
        subject=row.subject or "",
        body=row.body or "",
        status=Status(row.status),
        reason=row.reason or "",
        due_at=row.due_at,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
        segments=row.segments,
        staff_id=row.staff_id,
        procedure_id=row.procedure_id,
        extra=row.extra or "",
    )


def messages(rows: Iterable[Communication]) -> tuple[Message, ...]:
    """The same for many, in their order."""
    return tuple(message(row) for row in rows)
