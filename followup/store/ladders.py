"""The rungs of a clinic's ladder, and the webhooks they may name, as rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select

from followup.domain.ladder import Rung
from followup.store.database import Tx
from followup.store.models import LadderRung, PageWebhook


def of_clinic(tx: Tx, clinic_id: UUID) -> Sequence[LadderRung]:
    """The rungs, from the first."""
    return tx.scalars(select(LadderRung).where(LadderRung.clinic_id == clinic_id).order_by(LadderRung.position)).all()


def replace(tx: Tx, clinic_id: UUID, rungs: Sequence[Rung]) -> None:
    """Put these rungs in the place of all that there are."""
    tx.execute(delete(LadderRung).where(LadderRung.clinic_id == clinic_id).execution_options(synchronize_session=False))
    tx.add_all(
        LadderRung(
            clinic_id=clinic_id,
            position=position,
            after_minutes=int(rung.after.total_seconds() // 60),
            who=rung.who.value,
            role=rung.role.value if rung.role else None,
            staff_id=rung.staff_id,
            webhook_id=rung.webhook_id,
            channels=[channel.value for channel in rung.channels],
        )
        for position, rung in enumerate(rungs)
    )
    tx.flush()


def webhooks(tx: Tx, clinic_id: UUID) -> Sequence[PageWebhook]:
    """The webhooks of a clinic that are told, by name."""
    return tx.scalars(
        select(PageWebhook)
        .where(PageWebhook.clinic_id == clinic_id, PageWebhook.retired_at.is_(None))
        .order_by(PageWebhook.name, PageWebhook.id)
    ).all()


def webhook(tx: Tx, clinic_id: UUID, webhook_id: UUID) -> PageWebhook | None:
    """A webhook of this clinic, or None."""
    return tx.scalar(select(PageWebhook).where(PageWebhook.clinic_id == clinic_id, PageWebhook.id == webhook_id))


def add_webhook(tx: Tx, clinic_id: UUID, *, name: str, url: str, secret: str, now: datetime) -> PageWebhook:
    """Keep one more webhook."""
    row = PageWebhook(clinic_id=clinic_id, name=name, url=url, secret=secret, created_at=now)
    tx.add(row)
    tx.flush()
    return row


def webhook_in_use(tx: Tx, clinic_id: UUID, webhook_id: UUID) -> bool:
    """True when a rung names it."""
    return bool(
        tx.scalar(select(exists().where(LadderRung.clinic_id == clinic_id, LadderRung.webhook_id == webhook_id)))
    )


def retire_webhook(tx: Tx, row: PageWebhook, now: datetime) -> None:
    """Tell it nothing any more; its pages keep naming it."""
    row.retired_at = now
