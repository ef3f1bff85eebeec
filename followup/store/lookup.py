"""How a contact, a record number, a surname and a birth date are written before they are looked up blindly."""

import unicodedata
from datetime import date

from followup.domain.delivery import Channel
from followup.store.database import Tx
from followup.store.types import vault_of


def address_index(tx: Tx, channel: Channel | str, address: str) -> str:
    """The fingerprint of a phone number (E.164) or mail address (any case) within its channel."""
    return _blind(tx, f"address:{Channel(channel).value}", address.strip().casefold())


def mrn_index(tx: Tx, mrn: str) -> str:
    """The fingerprint of a medical record number; case and outer blanks do not matter, leading zeros do."""
    return _blind(tx, "mrn", plain_mrn(mrn).casefold())


def name_index(tx: Tx, family_name: str) -> str:
    """The fingerprint of a surname; case, accents and the width of blanks do not matter."""
    return _blind(tx, "family_name", folded_name(family_name))


def birth_date_index(tx: Tx, born: date | str) -> str:
    """The fingerprint of a birth date, given as a date or as ISO text."""
    return _blind(tx, "birth_date", born if isinstance(born, str) else born.isoformat())


def plain_mrn(mrn: str) -> str:
    """A record number in its one written form: compatibility characters resolved, blanks trimmed and single."""
    return " ".join(unicodedata.normalize("NFKC", mrn).split())


def folded_name(name: str) -> str:
    """A name without case, accents, hyphens, apostrophes or spare blanks, so that Muñoz, MUNOZ and munoz meet."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = "".join(" " if sign in "-‐‑" else "" if sign in "'’`´." else sign for sign in bare)
    return " ".join(words.casefold().split())


def _blind(tx: Tx, kind: str, value: str) -> str:
    return vault_of(tx.get_bind().dialect).blind(kind, value)
