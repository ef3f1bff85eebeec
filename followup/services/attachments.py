"""Photos that came with replies, opened for staff of the clinic, one look at a time."""

from dataclasses import dataclass
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import NotFound
from followup.services.context import Services
from followup.store import audit, case_replies

# What a browser shows as a picture without running anything in it.
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it came. `picture` is False for what must only ever be downloaded."""

    content_type: str
    content: bytes
    picture: bool


def open_attachment(services: Services, clinic_id: UUID, attachment_id: UUID, *, actor: Actor) -> Opened:
    """The file, unsealed; the look is audited. Raises NotFound when it is not this clinic's or not stored (yet)."""
    with services.db.write() as tx:
        row = case_replies.file(tx, clinic_id, attachment_id)
        content = row.content if row is not None and row.status == "stored" else None
        if row is None or content is None:
            raise NotFound("There is no such file here.")
        audit.record(
            tx, clinic_id=clinic_id, at=services.now(), actor=actor, action="view", object_kind="attachment",
            object_id=row.id,
        )  # fmt: skip
        kind = row.content_type.split(";")[0].strip().lower()
        picture = kind in PICTURES
        return Opened(kind if picture else "application/octet-stream", content, picture)
