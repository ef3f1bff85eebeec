"""A change of a clinic's own settings is written into its audit trail, at the present care time."""

from collections.abc import Sequence
from uuid import UUID

from followup.domain.actor import Actor
from followup.services.context import Services
from followup.store import audit
from followup.store.database import Tx


def record_change(
    tx: Tx,
    services: Services,
    clinic_id: UUID,
    actor: Actor,
    action: str,
    kind: str,
    object_id: UUID,
    fields: Sequence[str],
) -> None:
    """Say who changed which fields of what, in the change's own transaction; never the values."""
    audit.record(
        tx,
        clinic_id=clinic_id,
        at=services.now(),
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=object_id,
        fields=fields,
    )
