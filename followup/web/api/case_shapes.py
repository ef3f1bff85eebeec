"""The shapes of cases on the API: what they hold, and what each move on one takes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from followup.web.api.shapes import Shape


class StaffOut(Shape):
    """A member of staff."""

    id: UUID
    name: str


class CasePatient(Shape):
    """Who a case is about."""

    id: UUID
    mrn: str
    given_name: str
    family_name: str
    birth_date: date
    phone: str | None
    email: str | None
    language: str


class CaseProcedure(Shape):
    """The procedure a case is about."""

    id: UUID
    protocol: str
    performed_at: datetime
    body_site: str | None
    status: str


class ReplyOut(Shape):
    """The patient's exact words and how they were read; `evidence` marks what was read from.

    `answers` (channel "checkin"): each `question` as it was asked, with its `answer`.
    """

    id: UUID
    channel: str
    text: str
    received_at: datetime
    acuity: str | None
    opt_out: bool
    evidence: list[dict[str, Any]]
    answers: list[dict[str, str]] = Field(default_factory=list)


class CaseOut(Shape):
    """A case of the queue."""

    id: UUID
    kind: str
    status: str
    acuity: str
    opened_at: datetime
    respond_by: datetime
    waiting_since: datetime | None
    acknowledged_at: datetime | None
    contacted_at: datetime | None
    resolved_at: datetime | None
    disposition: str | None
    beware: list[str]
    version: int
    owner: StaffOut | None
    patient: CasePatient | None
    procedure: CaseProcedure | None
    replies: list[ReplyOut]


class ContactIn(Shape):
    """A contact or a try: only being reached stops the clock."""

    how: str
    outcome: str
    note: str | None = None
    version: int | None = None


class AnswerIn(Shape):
    """Words to the patient; the same `key` twice sends once."""

    text: str
    channel: str | None = None
    key: str | None = None
    version: int | None = None


class NoteIn(Shape):
    """A note for staff."""

    text: str


class HandOverIn(Shape):
    """To whom (a member of staff) and what they should know."""

    to: UUID
    note: str
    version: int | None = None


class EscalateIn(Shape):
    """Why, and to which acuity (one step up where it is left out)."""

    reason: str
    acuity: str | None = None
    version: int | None = None


class CorrectIn(Shape):
    """How a reply of the case should have been read, and why; `lower_case` also lowers the case."""

    reply_id: UUID
    acuity: str
    reason: str
    lower_case: bool = False
    version: int | None = None


class ResolveIn(Shape):
    """What was advised; `confirm` where something came in that nobody has looked at."""

    disposition: str
    note: str | None = None
    version: int | None = None
    confirm: bool = False


class ExpectIn(Shape):
    """What a nurse expects of the patient, through which day (ISO 8601), and why."""

    topic: str
    until: str
    note: str | None = None


class ExpectedOut(Shape):
    """One thing that is expected of a patient; routine replies about it alone stay out of the queue until then."""

    id: UUID
    topic: str
    until: datetime
    who: str
    note: str


class ReopenIn(Shape):
    """Why it goes back into the queue."""

    reason: str | None = None
    version: int | None = None
