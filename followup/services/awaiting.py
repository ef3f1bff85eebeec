"""Which answers a plan awaits, kept beside its communications as it is made and made anew."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from followup.domain.protocol import Protocol
from followup.domain.schedule import PlannedCommunication, PlanReason
from followup.store import checks
from followup.store.database import Tx
from followup.store.models import Procedure

_NOT_ASKED = (PlanReason.ENTERED_LATE, PlanReason.DECEASED, PlanReason.WITHDRAWN, PlanReason.STOPPED, PlanReason.PAUSED)


def awaited(
    procedure: Procedure, protocol: Protocol, planned: Iterable[PlannedCommunication], now: datetime
) -> list[dict[str, Any]]:
    """The questions of a plan, as values by column: those that go, and those that cannot reach the patient."""
    asked: dict[str, datetime] = {}
    for row in planned:
        if row.reason not in _NOT_ASKED:
            asked[row.step] = max(row.due_at, asked.get(row.step, row.due_at))
    found: list[dict[str, Any]] = []
    for step in protocol.steps:
        at = asked.get(step.slug)
        if step.asks is not None and at is not None:
            found.append(
                checks.values(
                    clinic_id=procedure.clinic_id,
                    patient_id=procedure.patient_id,
                    procedure_id=procedure.id,
                    name=step.slug,
                    step=step.slug,
                    asked_at=at,
                    look_at=at + (step.ask_again or step.silent_after),
                    now=now,
                )
            )
    return found


def keep_in(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the questions of a plan that was made anew."""
    for row in rows:
        checks.keep(tx, row)
