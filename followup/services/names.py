"""Names for those whom the record writes as "staff:<id>" or "system"."""

from collections.abc import Collection
from uuid import UUID

from followup.store import staff
from followup.store.database import Tx

_OTHERS = {
    "system": "Followup",
    "operator": "Operator",
    "patient": "Patient",
    "carrier": "Carrier",
    "api": "Connected system",
}


def names_in(tx: Tx, clinic_id: UUID, actors: Collection[str]) -> dict[str, str]:
    """A name for each actor of a clinic, in one statement."""
    ids: dict[str, UUID] = {}
    for actor in actors:
        kind, _, rest = actor.partition(":")
        if kind == "staff" and rest:
            try:
                ids[actor] = UUID(rest)
            except ValueError:
                continue
    found = staff.by_ids(tx, clinic_id, set(ids.values()))
    return {
        actor: found[ids[actor]].name
        if actor in ids and ids[actor] in found
        else _OTHERS.get(actor.partition(":")[0], actor)
        for actor in actors
    }
