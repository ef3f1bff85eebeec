"""What is sealed at rest: encryption with rotating keys, and blind indexes for look-up."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from followup.domain.errors import ConfigurationError

_VERSION = b"\x01"
_KEY_ID = 4
_NONCE = 12


def _derive(secret: str, purpose: bytes) -> bytes:
    """A 32-byte key for one purpose from a configured secret (the secret is random, so one keyed hash is enough)."""
    return hmac.new(secret.encode(), b"followup/" + purpose, hashlib.sha256).digest()


class Vault:
    """Seals text with AES-256-GCM under the newest key; opens what any known key has sealed.

    A sealed value is bound to the column it belongs to (`place`), so that a value copied into another column does not
    open. Layout: version (1 byte), key id (4), nonce (12), ciphertext and tag.
    """

    def __init__(self, keys: tuple[str, ...], index_key: bytes | None = None) -> None:
        self._ciphers: dict[bytes, AESGCM] = {}
        for position, key in enumerate(keys):
            key_id = hashlib.sha256(_derive(key, b"id")).digest()[:_KEY_ID]
            self._ciphers.setdefault(key_id, AESGCM(_derive(key, b"seal")))
            if position == 0:
                self._newest = key_id
        self.index_key = index_key

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt bytes for one column."""
        nonce = os.urandom(_NONCE)
        return _VERSION + self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt bytes of one column. Raises ConfigurationError when no configured key opens them."""
        key_id, nonce = sealed[1 : 1 + _KEY_ID], sealed[1 + _KEY_ID : 1 + _KEY_ID + _NONCE]
        cipher = self._ciphers.get(key_id)
        if cipher is None or sealed[:1] != _VERSION:
            raise ConfigurationError(
                "FOLLOWUP_ENCRYPTION_KEYS: the data was sealed with a key that is not listed; add the older key behind "
                "the newest"
            )
        try:
            return cipher.decrypt(nonce, sealed[1 + _KEY_ID + _NONCE :], place.encode())
        except InvalidTag as error:
            raise ConfigurationError(f"A sealed value in {place} was changed or belongs elsewhere") from error

    def is_newest(self, sealed: bytes) -> bool:
        """True when a value is already sealed with the newest key."""
        return sealed[1 : 1 + _KEY_ID] == self._newest

    def blind(self, kind: str, value: str) -> str:
        """A keyed fingerprint (64 hex digits) that finds a value again without storing it.

        `kind` keeps the same digits in two columns from matching; the caller normalises the value first.
        """
        if self.index_key is None:
            raise ConfigurationError("The database has no index key yet; run: followup db upgrade")
        return hmac.new(self.index_key, f"{kind}\x00{value}".encode(), hashlib.sha256).hexdigest()
