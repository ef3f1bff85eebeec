"""Words typed and not sent, kept on the server so that a lock, a lost line or another desk loses none."""

from uuid import UUID

from followup.services.context import Services
from followup.store import drafts

LONGEST = 10_000


def keep(services: Services, clinic_id: UUID, staff_id: UUID, place: str, words: str) -> None:
    """Keep the latest words of one place ("case:<id>:answer"); blank ones take the draft away."""
    with services.db.write() as tx:
        drafts.keep(tx, clinic_id, staff_id, place[:200], words[:LONGEST], services.real_now())


def of_place(services: Services, clinic_id: UUID, staff_id: UUID, prefix: str) -> dict[str, str]:
    """The drafts under a place, by the last part of their names."""
    with services.db.read() as tx:
        found = drafts.under(tx, clinic_id, staff_id, prefix + ":")
    return {place[len(prefix) + 1 :]: words for place, words in found.items()}
