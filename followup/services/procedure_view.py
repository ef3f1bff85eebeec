"""A procedure as staff see it: whose it is, and its plan with what became of each message."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import NotFound
from followup.services.context import Services
from followup.services.messages_view import Message, messages
from followup.services.names import names_in
from followup.services.plan_changes import PlanChanged, changes_in
from followup.services.queue_view import Person, person_of
from followup.services.recovery import Recovery, protocol_of, recovery
from followup.store import audit, clinics, patient_history, patients, procedures, protocols


@dataclass(frozen=True, slots=True)
class Site:
    """A body site that the procedure's protocol knows."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """Everything on one procedure's screen."""

    id: UUID
    person: Person
    recovery: Recovery
    status: str
    cancel_reason: str
    office: str
    body_site: str
    sites: tuple[Site, ...]
    source: str
    external_id: str
    recorded_by: str
    recorded_at: datetime
    plan: tuple[Message, ...]
    changes: tuple[PlanChanged, ...]
    zone: str
    timezone: str
    now: datetime


def procedure_page(services: Services, clinic_id: UUID, procedure_id: UUID, *, actor: Actor) -> ProcedurePage:
    """A procedure's page; opening it is audited. Raises NotFound."""
    now = services.now()
    with services.db.write() as tx:
        procedure = procedures.by_id(tx, clinic_id, procedure_id)
        clinic = clinics.by_id(tx, clinic_id)
        patient = patients.by_id(tx, clinic_id, procedure.patient_id) if procedure else None
        if procedure is None or clinic is None or patient is None:
            raise NotFound("There is no such procedure here.")
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="view", object_kind="procedure",
            object_id=procedure_id,
        )  # fmt: skip
        version = protocols.by_id(tx, clinic_id, procedure.protocol_version_id)
        protocol = protocol_of(services, version)
        return ProcedurePage(
            id=procedure.id,
            person=person_of(patient, None),
            recovery=recovery(procedure, version, protocol, clinic.zone, now),
            status=procedure.status,
            cancel_reason=procedure.cancel_reason or "",
            office=procedure.office or "",
            body_site=procedure.body_site or "",
            sites=tuple(Site(site.slug, site.names.get("en", site.slug)) for site in protocol.body_sites)
            if protocol
            else (),
            source=procedure.source,
            external_id=procedure.external_id,
            recorded_by=names_in(tx, clinic_id, [procedure.recorded_by])[procedure.recorded_by],
            recorded_at=procedure.created_at,
            plan=messages(patient_history.messages_of_procedure(tx, clinic_id, procedure_id)),
            changes=changes_in(tx, clinic_id, [procedure_id]),
            zone=clinic.zone,
            timezone=patient.timezone,
            now=now,
        )
