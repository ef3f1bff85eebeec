"""A protocol as staff look at it: its steps and every text as a patient would get it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from followup.domain.clinic_rules import clinic_rules
from followup.domain.errors import NotFound
from followup.services.context import Services
from followup.services.protocol_preview import PreviewedMessage, preview
from followup.services.protocols import Current, Protocols
from followup.store import clinics


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """One protocol previewed for one procedure time and language."""

    current: Current
    language: str
    performed_at: datetime
    messages: tuple[PreviewedMessage, ...]


def protocol_page(
    services: Services, clinic_id: UUID, slug: str, *, language: str = "", performed_at: str = ""
) -> ProtocolPage:
    """A protocol with its texts for a procedure at `performed_at` (ISO with offset; an hour ago where it is not).

    Raises InvalidInput for an unknown protocol, NotFound without the clinic.
    """
    current = Protocols(services).named(slug)
    with services.db.read() as tx:
        clinic = clinics.by_id(tx, clinic_id)
    if clinic is None:
        raise NotFound
    try:
        at = datetime.fromisoformat(performed_at)
        if at.tzinfo is None:
            raise ValueError
    except ValueError:
        at = services.now() - timedelta(hours=1)
    chosen = language if language in current.protocol.languages else current.protocol.languages[0]
    shown = preview(
        current.protocol,
        current.files,
        services.texts,
        clinic,
        clinic_rules(clinic.settings),
        performed_at=at,
        zone=clinic.zone,
        language=chosen,
    )
    return ProtocolPage(current, chosen, at, shown)
