"""Where a patient is in recovery, and what staff call the procedure and the question: words for every page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.errors import FollowupError
from followup.domain.hours import local_day
from followup.domain.plan_moves import ends_at
from followup.domain.protocol import Protocol
from followup.domain.protocol_files import ProtocolFiles
from followup.services.context import Services
from followup.store import procedures, protocols
from followup.store.database import Tx
from followup.store.models import Procedure, ProtocolVersion


@dataclass(frozen=True, slots=True)
class Recovery:
    """A procedure as a row or banner shows it: `day` counts calendar days of the clinic, `hours` true hours."""

    procedure_id: UUID
    name: str
    body_site: str
    performed_at: datetime
    day: int
    hours: int
    active: bool
    paused_until: datetime | None
    stopped: bool
    ends_at: datetime | None  # of the plan, where its protocol can be read


def protocol_of(services: Services, version: ProtocolVersion | None) -> Protocol | None:
    """What a stored version says; None where it cannot be read any more (a page must still open)."""
    if version is None:
        return None
    try:
        return services.protocols.read(ProtocolFiles(version.slug, version.files))
    except FollowupError:
        return None


def recovery(
    procedure: Procedure, version: ProtocolVersion | None, protocol: Protocol | None, zone: str, now: datetime
) -> Recovery:
    """How far a patient is from a procedure at `now`."""
    site = protocol.body_site(procedure.body_site) if protocol and procedure.body_site else None
    name = protocol.name if protocol else version.slug.replace("-", " ") if version else "Procedure"
    return Recovery(
        procedure_id=procedure.id,
        name=name,
        body_site=site.names.get("en", "") if site else (procedure.body_site or "").replace("-", " "),
        performed_at=procedure.performed_at,
        day=max((local_day(now, zone) - local_day(procedure.performed_at, zone)).days, 0),
        hours=max(int((now - procedure.performed_at).total_seconds() // 3600), 0),
        active=procedure.status == "active",
        paused_until=procedure.paused_until if procedure.paused_until and procedure.paused_until > now else None,
        stopped=procedure.stopped_at is not None,
        ends_at=ends_at(protocol, procedure.performed_at, zone) if protocol else None,
    )


def recoveries_in(
    tx: Tx, services: Services, clinic_id: UUID, procedure_ids: Collection[UUID], zone: str, now: datetime
) -> Mapping[UUID, Recovery]:
    """The same for many procedures, in two statements."""
    rows = procedures.by_ids(tx, clinic_id, procedure_ids)
    versions = protocols.by_ids(tx, clinic_id, {row.protocol_version_id for row in rows.values()})
    read = {version_id: protocol_of(services, version) for version_id, version in versions.items()}
    return {
        row.id: recovery(row, versions.get(row.protocol_version_id), read.get(row.protocol_version_id), zone, now)
        for row in rows.values()
    }
