"""The rota: read as the rules want it, and changed shift by shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.domain.rota import Rota, RotaRole, Shift
from followup.services.audited import record_change
from followup.services.context import Services
from followup.store import clinics, rota, staff
from followup.store.database import Tx
from followup.store.models import RotaEntry

_FIELDS = ("role", "staff_id", "weekday", "on_date", "begins", "ends")


@dataclass(frozen=True, slots=True)
class KeptShift:
    """A shift as it is kept; `name` is whose it is, empty for nobody."""

    id: UUID
    shift: Shift
    name: str


def read_rota(services: Services, clinic_id: UUID) -> Rota:
    """The rota of a clinic. Raises NotFound when there is no such clinic."""
    with services.db.read() as tx:
        return rota_in(tx, clinic_id)


def rota_in(tx: Tx, clinic_id: UUID) -> Rota:
    """The same, in a transaction; whoever may no longer come in is on duty nowhere."""
    clinic = clinics.by_id(tx, clinic_id)
    if clinic is None:
        raise NotFound("There is no such clinic.")
    here = {one.id for one in staff.of_clinic(tx, clinic_id, active_only=True)}
    kept = [_shift(row) for row in rota.of_clinic(tx, clinic_id) if row.staff_id is None or row.staff_id in here]
    return Rota(clinic.zone, tuple(kept))


def list_shifts(services: Services, clinic_id: UUID) -> tuple[KeptShift, ...]:
    """Every shift, in the order in which they were entered."""
    with services.db.read() as tx:
        names = {one.id: one.name for one in staff.of_clinic(tx, clinic_id)}
        return tuple(
            KeptShift(row.id, _shift(row), names.get(row.staff_id, "") if row.staff_id else "")
            for row in rota.of_clinic(tx, clinic_id)
        )


def _shift(row: RotaEntry) -> Shift:
    begins, ends = time.fromisoformat(row.begins), time.fromisoformat(row.ends)
    return Shift(RotaRole(row.role), row.staff_id, begins, ends, row.weekday, row.on_date)


def add_shifts(
    services: Services, clinic_id: UUID, shifts: Sequence[Shift], *, actor: Actor
) -> tuple[UUID, ...]:  # fmt: skip
    """Put shifts on the rota, all or none; their ids. Raises InvalidInput for somebody who does not work here."""
    now = services.now()
    with services.db.write() as tx:
        here = {one.id for one in staff.of_clinic(tx, clinic_id, active_only=True)}
        faults = [
            Fault(f"shifts.{number}.staff_id", "choose somebody who works here")
            for number, shift in enumerate(shifts)
            if shift.staff_id is not None and shift.staff_id not in here
        ]
        if faults:
            raise InvalidInput(faults)
        added = tuple(rota.add(tx, clinic_id, shift, now).id for shift in shifts)
        for entry_id in added:
            record_change(tx, services, clinic_id, actor, "rota.add", "rota_entry", entry_id, _FIELDS)
    return added


def remove_shift(services: Services, clinic_id: UUID, shift_id: UUID, *, actor: Actor) -> None:
    """Take a shift off the rota. Raises NotFound."""
    with services.db.write() as tx:
        if not rota.remove(tx, clinic_id, shift_id):
            raise NotFound("There is no such shift here.")
        record_change(tx, services, clinic_id, actor, "rota.remove", "rota_entry", shift_id, _FIELDS)
