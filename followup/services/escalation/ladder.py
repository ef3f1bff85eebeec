"""The ladder and the webhooks it may name: read, and changed as a whole."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.ladder import Ladder, PageChannel, Rung, Who, check_ladder
from followup.domain.rota import RotaRole
from followup.services.audited import record_change
from followup.services.context import Services
from followup.store import ladders, staff
from followup.store.database import Tx

_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class KeptWebhook:
    """A webhook as it is shown; `host` is all of its address that is."""

    id: UUID
    name: str
    host: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AddedWebhook:
    """A new webhook; its secret is shown this once."""

    id: UUID
    secret: str


def read_ladder(services: Services, clinic_id: UUID) -> Ladder:
    """The ladder of a clinic, empty where it has none."""
    with services.db.read() as tx:
        return ladder_in(tx, clinic_id)


def ladder_in(tx: Tx, clinic_id: UUID) -> Ladder:
    """The same, in a transaction."""
    return Ladder(
        tuple(
            Rung(
                timedelta(minutes=row.after_minutes),
                Who(row.who),
                tuple(PageChannel(channel) for channel in row.channels),
                RotaRole(row.role) if row.role else None,
                row.staff_id,
                row.webhook_id,
            )
            for row in ladders.of_clinic(tx, clinic_id)
        )
    )


def set_ladder(services: Services, clinic_id: UUID, rungs: Sequence[Rung], *, actor: Actor) -> Ladder:
    """Put this ladder in the place of the one before. Cases that are climbing go on at the same height.

    Raises InvalidInput with every fault: `rungs.<n>.<field>`.
    """
    ladder = check_ladder(rungs)
    with services.db.write() as tx:
        here = {one.id for one in staff.of_clinic(tx, clinic_id, active_only=True)}
        known = {one.id for one in ladders.webhooks(tx, clinic_id)}
        faults = [
            Fault(f"rungs.{number}.staff_id", "choose somebody who works here")
            for number, rung in enumerate(rungs)
            if rung.staff_id is not None and rung.staff_id not in here
        ] + [
            Fault(f"rungs.{number}.webhook_id", "choose a webhook of this clinic")
            for number, rung in enumerate(rungs)
            if rung.webhook_id is not None and rung.webhook_id not in known
        ]
        if faults:
            raise InvalidInput(faults)
        ladders.replace(tx, clinic_id, ladder.rungs)
        record_change(tx, services, clinic_id, actor, "ladder.set", "clinic", clinic_id, ["ladder"])
    return ladder


def list_webhooks(services: Services, clinic_id: UUID) -> tuple[KeptWebhook, ...]:
    """The webhooks of a clinic, by name."""
    with services.db.read() as tx:
        return tuple(
            KeptWebhook(row.id, row.name, urlsplit(row.url).hostname or "", row.created_at)
            for row in ladders.webhooks(tx, clinic_id)
        )


def add_webhook(services: Services, clinic_id: UUID, name: str, url: str, *, actor: Actor) -> AddedWebhook:
    """Let another system be told of pages. Where it may lie is decided again at each post (see gateways/webhook).

    Raises InvalidInput with every fault.
    """
    title, address = " ".join(name.split()), url.strip()
    parts = urlsplit(address)
    faults: list[Fault] = []
    if not title or len(title) > 100:
        faults.append(Fault("name", "Give a name of up to 100 letters."))
    if parts.scheme not in ("https", "http") or not parts.hostname or len(address) > _LONGEST_URL:
        faults.append(Fault("url", "Give an address that begins with https://"))
    elif parts.username or parts.password:
        faults.append(Fault("url", "Leave name and password out of the address; posts are signed instead."))
    elif services.webhook is not None and (refusal := services.webhook.refusal(address)):
        faults.append(Fault("url", refusal))
    if faults:
        raise InvalidInput(faults)
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    with services.db.write() as tx:
        row = ladders.add_webhook(tx, clinic_id, name=title, url=address, secret=secret, now=services.now())
        record_change(tx, services, clinic_id, actor, "webhook.add", "page_webhook", row.id, ["name", "url"])
    return AddedWebhook(row.id, secret)


def remove_webhook(services: Services, clinic_id: UUID, webhook_id: UUID, *, actor: Actor) -> None:
    """Tell it nothing any more. Raises NotFound, and Conflict while a rung names it."""
    now = services.now()
    with services.db.write() as tx:
        row = ladders.webhook(tx, clinic_id, webhook_id)
        if row is None or row.retired_at is not None:
            raise NotFound("There is no such webhook here.")
        if ladders.webhook_in_use(tx, clinic_id, webhook_id):
            raise Conflict("A rung of the ladder names this webhook; change the ladder first.")
        ladders.retire_webhook(tx, row, now)
        record_change(tx, services, clinic_id, actor, "webhook.remove", "page_webhook", webhook_id, ["retired_at"])
