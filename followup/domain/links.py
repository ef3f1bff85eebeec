"""Tokens in links and reply addresses: short, lower case, and signed, so that nobody can make one up."""

import base64
import hashlib
import hmac
from uuid import UUID

_SIGNATURE_BYTES = 10
_CLINIC_LETTERS = 3


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


def short(secret: bytes, purpose: str, clinic: UUID, subject: UUID) -> str:
    """A token of 19 letters and digits that fits into a text: three that name the clinic, sixteen that prove the rest.

    It holds nothing of its subject, so it can only be looked up where it was stored (as its `fingerprint`).
    """
    return clinic_part(secret, clinic) + _brief(secret, f"{purpose}:{clinic.hex}:{subject.hex}", _SIGNATURE_BYTES)


def clinic_part(secret: bytes, clinic: UUID) -> str:
    """How a short token of this clinic begins: enough to say who asks, whether or not the rest is one of ours."""
    return _brief(secret, f"clinic:{clinic.hex}", 2)[:_CLINIC_LETTERS]


def same_clinic(token: str, part: str) -> bool:
    """True when a short token begins as those of a clinic do."""
    return token[:_CLINIC_LETTERS].lower() == part


def fingerprint(token: str) -> str:
    """What is kept of a token: enough to know it again, useless to make it from."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


def _brief(secret: bytes, words: str, size: int) -> str:
    mac = hmac.new(secret, words.encode(), hashlib.sha256).digest()[:size]
    return base64.b32encode(mac).decode().lower().rstrip("=")
