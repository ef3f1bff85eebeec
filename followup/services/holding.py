"""Sending held: by the operator, or after a restore until what happened since is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from followup.domain.actor import Actor
from followup.services.context import Services
from followup.services.restored import take_over_since
from followup.store import audit, clinics, switches
from followup.store.database import Tx


@dataclass(frozen=True, slots=True)
class Held:
    """Since when nothing leaves, and why; `restored` after a backup was put back."""

    since: datetime
    reason: str
    restored: bool


def held(services: Services) -> Held | None:
    """How sending is held; None when messages leave."""
    with services.db.read() as tx:
        value = switches.value_of(tx, switches.SENDING_HELD)
    if value is None:
        return None
    return Held(datetime.fromisoformat(value["since"]), value["reason"], restored=value.get("restored", False))


def hold(services: Services, reason: str, actor: Actor) -> None:
    """Hold all sending but emergency answers. Holding again keeps the first moment."""
    now = services.now()
    with services.db.write() as tx:
        if switches.value_of(tx, switches.SENDING_HELD) is None:
            switches.put(tx, switches.SENDING_HELD, {"since": now.isoformat(), "reason": reason}, services.real_now())
        _note(tx, services, actor, "sending.hold")


def resume(services: Services, actor: Actor) -> Sequence[str]:
    """Let messages leave again; returns what was found out, a line each.

    After a restore the provider is asked for everything since the backup first: what it has is taken over, so that
    nothing goes out twice and no reply is missing. Raises a GatewayError when it cannot be asked, and holds on.
    """
    standing = held(services)
    report: Sequence[str] = ()
    if standing is not None and standing.restored:
        report = take_over_since(services, standing.since)
    with services.db.write() as tx:
        switches.clear(tx, switches.SENDING_HELD)
        _note(tx, services, actor, "sending.resume")
    services.queue.wake("followup.send_due")
    return report


def _note(tx: Tx, services: Services, actor: Actor, action: str) -> None:
    for clinic in clinics.all_clinics(tx):
        audit.record(
            tx,
            clinic_id=clinic.id,
            at=services.now(),
            actor=actor,
            action=action,
            object_kind="clinic",
            object_id=clinic.id,
        )
