"""The shapes of what the API takes and gives, as OpenAPI shows them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(extra="forbid")


class FieldError(Shape):
    """One field of the request and what is wrong with it."""

    field: str = Field(description="The field with dots (`patient.phone`); empty for the request as a whole.")
    message: str


class Problem(Shape):
    """Problem details (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(description="A word that does not change: invalid_input, conflict, not_found, not_allowed ...")
    errors: list[FieldError] | None = Field(None, description="Every fault at once.")


class Code(Shape):
    """A procedure code."""

    system: str = Field(description="`CPT`, `SCT` or the system's URL as FHIR writes it.")
    code: str


class ConsentIn(Shape):
    """Missing means no. `true` is recorded, and never lifts a stop that stands on the number."""

    sms: bool | None = None
    email: bool | None = None


class PatientIn(Shape):
    """The patient, matched by MRN within the clinic and never by name or phone."""

    mrn: Annotated[str, Field(max_length=64)]
    given_name: Annotated[str, Field(max_length=100)]
    family_name: Annotated[str, Field(max_length=100)]
    birth_date: date
    phone: str | None = Field(None, description="A number that can be texted; US numbers without +1 are understood.")
    email: str | None = None
    language: str | None = Field(None, description="`en` or `es`; the clinic's where it is left out.")
    timezone: str | None = Field(None, description="An IANA name such as America/Chicago; the clinic's where left out.")
    consent: ConsentIn | None = None


class ProcedureIn(Shape):
    """A procedure that was done; give `protocol`, or `code` to have it found."""

    source: Annotated[str, Field(max_length=64, description="The system that tells us.")]
    external_id: Annotated[str, Field(max_length=255, description="Its own id there; (source, external_id) is unique.")]
    protocol: str | None = None
    code: Code | None = None
    performed_at: Annotated[datetime, Field(description="With an offset; at most 15 minutes ahead.")]
    body_site: Annotated[str | None, Field(max_length=64)] = None
    office: Annotated[str | None, Field(max_length=255)] = None
    patient: PatientIn


class ProcedureChange(Shape):
    """What to change; everything unsent is planned anew."""

    performed_at: datetime | None = None
    body_site: str | None = None
    office: str | None = None


class CancelIn(Shape):
    """Why; the reason "entered in error" marks it as such."""

    reason: Annotated[str, Field(max_length=500)]
    entered_in_error: bool = False


class PlanMoveIn(Shape):
    """A change of the whole plan: pause, resume, stop or extra_check."""

    move: str
    until: Annotated[str | None, Field(description="The day (ISO 8601) on which a paused plan goes on.")] = None
    reason: Annotated[str | None, Field(max_length=500, description="Why; only resume needs none.")] = None


class PlannedOut(Shape):
    """One message of the plan."""

    id: UUID
    step: str
    channel: str
    due_at: datetime
    status: str
    reason: str | None = Field(None, description="Why it is not simply on its way, in words a nurse understands.")


class ProcedureOut(Shape):
    """A procedure and the messages of its plan."""

    id: UUID
    patient_id: UUID
    status: str = Field(description="active, cancelled or entered_in_error")
    source: str
    external_id: str
    protocol: str
    code: Code | None = None
    performed_at: datetime
    body_site: str | None = None
    office: str | None = None
    cancel_reason: str | None = None
    paused_until: datetime | None = None
    stopped_at: datetime | None = None
    communications: list[PlannedOut]


class ConsentOut(Shape):
    """What the patient last said of a channel: who took it down, when and how."""

    given: bool
    at: datetime
    by: str
    how: str
    privacy_warning: bool


class StopOut(Shape):
    """A stop that stands on the patient's number or address."""

    since: datetime
    reason: str
    source: str


class PatientOut(Shape):
    """A patient's record."""

    id: UUID
    mrn: str
    given_name: str
    family_name: str
    birth_date: date
    phone: str | None
    email: str | None
    language: str
    timezone: str
    consent: dict[str, ConsentOut | None]
    opt_outs: dict[str, StopOut | None]
    deceased_at: datetime | None
    withdrawn_at: datetime | None
    procedures: list[UUID]


class ConsentChangeIn(Shape):
    """Consent with how it was taken; `true` or `false` alone will do."""

    given: bool
    how: str | None = None
    privacy_warning: bool = False


class ConsentsChange(Shape):
    """By channel; a channel that is left out stays as it is."""

    sms: bool | ConsentChangeIn | None = None
    email: bool | ConsentChangeIn | None = None


class PatientChange(Shape):
    """What to change; null empties phone or email. Everything unsent is planned anew."""

    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    consent: ConsentsChange | None = None
    deceased: bool | None = Field(None, description="true stops everything")
    withdrawn: bool | None = Field(None, description="true stops everything; false takes it back")


class CommunicationOut(Shape):
    """One message, to the patient (outbound) or from them (inbound)."""

    id: UUID
    direction: str
    kind: str
    channel: str
    status: str
    reason: str | None = None
    step: str | None = None
    patient_id: UUID | None = None
    procedure_id: UUID | None = None
    case_id: UUID | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    settled_at: datetime | None = None
    attempts: int = 0
    provider_id: str | None = None
    text: str | None = None
    acuity: str | None = None


class CommunicationPage(Shape):
    """Newest first; `next_cursor` is null on the last page."""

    items: list[CommunicationOut]
    next_cursor: str | None
