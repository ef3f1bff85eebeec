"""Cursors of lists: opaque to who gets them, and refused with clear words when they are not ours."""

import base64
from uuid import UUID

from followup.domain.errors import Fault, InvalidInput


def of_id(last: UUID | None) -> str | None:
    """A cursor that goes on behind an id; None when there is nothing behind it."""
    return None if last is None else base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def to_id(cursor: str | None) -> UUID | None:
    """The id that a cursor goes on behind. Raises InvalidInput."""
    if not cursor:
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise _unknown() from error


def of_offset(offset: int | None) -> str | None:
    """A cursor that goes on at a place; None when there is no more."""
    return None if offset is None else base64.urlsafe_b64encode(f"o{offset}".encode()).decode().rstrip("=")


def to_offset(cursor: str | None) -> int:
    """The place at which a cursor goes on. Raises InvalidInput."""
    if not cursor:
        return 0
    try:
        words = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not words.startswith("o") or not 0 <= int(words[1:]) < 10_000_000:
            raise ValueError(words)
        return int(words[1:])
    except ValueError as error:
        raise _unknown() from error


def _unknown() -> InvalidInput:
    return InvalidInput(Fault("cursor", "is not one that we gave; begin again without it"))
