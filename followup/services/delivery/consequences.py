"""What follows when a message does not reach anybody: the other channel, a stop, a nurse who is told."""

from datetime import datetime
from uuid import UUID

from followup.domain.actor import SYSTEM
from followup.domain.delivery import Channel, Kind, Status
from followup.domain.provider_outcomes import SendReason
from followup.services import fall_back, opt_outs
from followup.services.cases import intake
from followup.services.context import Services
from followup.services.delivery.outgoing import end
from followup.services.escalation.lost import communication_lost_in
from followup.store import cases
from followup.store.database import Tx
from followup.store.models import Communication

NOT_TOLD, UNDELIVERED = "not_told", "undelivered"


def lost_in(tx: Tx, services: Services, row: Communication, status: Status, reason: str, now: datetime) -> None:
    """Settle a row that reached nobody, and see to what follows.

    A plan's step goes over the other channel, or a nurse calls. An emergency answer turns its case into "not told:
    call now". What staff wrote shows on the case as undelivered. A page that is lost lets its ladder be climbed.
    """
    end(row, status, reason, now)
    tx.flush()
    if row.kind == Kind.STEP:
        fall_back.fall_back_in(tx, services, row, now)
    elif row.kind == Kind.EMERGENCY:
        mark_case_in(tx, row, NOT_TOLD)
    elif row.kind in (Kind.ANSWER, Kind.AFTER_HOURS):
        mark_case_in(tx, row, UNDELIVERED)
    elif row.kind == Kind.PAGE:
        communication_lost_in(tx, row, reason, now)


def opted_out_in(tx: Tx, services: Services, row: Communication, now: datetime) -> None:
    """The carrier says that this number said stop: the stop stands here from now on too, and a nurse calls instead."""
    # Staff who said stop are no patient: their pages go another way, and nobody's plan is touched.
    if row.to_address is not None and row.kind != Kind.PAGE:
        stopped = opt_outs.stop_in(
            tx,
            services,
            clinic_id=row.clinic_id,
            channel=Channel(row.channel),
            address=row.to_address,
            reason="stop",
            source="carrier",
            actor=SYSTEM,
            now=now,
        )
        if stopped.new:
            opt_outs.leave_call_instead_in(tx, services, stopped.running, now)
    lost_in(tx, services, row, Status.FAILED, SendReason.OPTED_OUT.value, now)


def mark_case_in(tx: Tx, row: Communication, beware: str) -> UUID | None:
    """Let the case that a row belongs to say what staff must not miss; its id, or None where there is none."""
    if row.case_id is None:
        return None
    case = cases.locked(tx, row.clinic_id, row.case_id)
    if case is None:
        return None
    intake.mark_in(tx, case, beware)
    return case.id


def announce(services: Services, row: Communication) -> None:
    """Tell the clinic's open screens, after the commit."""
    services.queue.announce(row.clinic_id, "queue")
    if row.case_id is not None:
        services.queue.announce(row.clinic_id, f"case:{row.case_id}")
