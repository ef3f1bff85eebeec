"""Tokens in links and reply addresses: short, lower case, and signed, so that nobody can make one up."""

import base64
import hashlib
import hmac
from uuid import UUID

_SIGNATURE_BYTES = 10


def sign(secret: bytes, purpose: str, subject: UUID) -> str:
    """A token of 42 lower-case letters and digits for one purpose and one thing; mail systems may change its case."""
    mac = hmac.new(secret, f"{purpose}:{subject.hex}".encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
    return base64.b32encode(subject.bytes + mac).decode().lower().rstrip("=")


def read(secret: bytes, purpose: str, token: str) -> UUID | None:
    """What a token stands for; None when it was not made by us for this purpose."""
    padded = token.upper() + "=" * (-len(token) % 8)
    try:
        raw = base64.b32decode(padded)
        subject = UUID(bytes=raw[:16])
    except ValueError:
        return None
    return subject if hmac.compare_digest(sign(secret, purpose, subject), token.lower()) else None
