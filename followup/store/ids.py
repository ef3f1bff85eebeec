"""Identifiers: time-ordered, so that indexes stay small at their growing end (RFC 9562, version 7)."""

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


def new_id() -> UUID:
    """A new UUID version 7: 48 bits of real time in milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=value)


def first_id(at: datetime) -> UUID:
    """The least id that could be made at a moment: whatever was made before has a lower one."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def made_at(made: UUID) -> datetime:
    """When an id was made, in real time."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
