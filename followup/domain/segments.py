"""What a text weighs on the air: its alphabet, its units and the segments that the carrier bills and joins."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

# GSM 03.38: the basic alphabet, one unit a sign, and its extension, two units a sign (escape and sign).
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€\f"
_SINGLE = frozenset(_BASIC)
_UNITS = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)
_TYPOGRAPHY = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "\t": " ",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": None, "\ufeff": None, "\u00ad": None,
    }
)  # fmt: skip


class Alphabet(StrEnum):
    """How a text is coded on the air."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


_ONE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
_JOINED = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Weight:
    """A text's alphabet, its units in it, how many segments they fill, and which signs forced it out of GSM-7."""

    alphabet: Alphabet
    units: int
    segments: int
    outside: tuple[str, ...] = ()


def weigh(text: str) -> Weight:
    """The weight of `text`: one segment up to 160 (GSM-7) or 70 (UCS-2) units, else segments of 153 or 67.

    Source: GSM 03.38 and 03.40. A sign of two units is never cut in two, so joined segments may end a unit short.
    """
    if _SINGLE.issuperset(text):  # almost every text: nothing has to be looked at sign by sign
        units = len(text)
        return Weight(Alphabet.GSM7, units, -(-units // 153) if units > 160 else min(units, 1))
    outside = tuple(dict.fromkeys(sign for sign in text if sign not in _UNITS))
    alphabet = Alphabet.UCS2 if outside else Alphabet.GSM7
    sizes = [_UNITS[sign] if alphabet is Alphabet.GSM7 else 1 + (ord(sign) > 0xFFFF) for sign in text]
    units = sum(sizes)
    if units <= _ONE[alphabet]:
        return Weight(alphabet, units, 1 if units else 0, outside)
    segments, free = 0, 0
    for size in sizes:
        if size > free:
            segments, free = segments + 1, _JOINED[alphabet]
        free -= size
    return Weight(alphabet, units, segments, outside)


def plain_punctuation(text: str) -> str:
    """The same words with typewriter quotes, dashes and spaces: a curly quote alone would triple a text's weight."""
    return text.translate(_TYPOGRAPHY)


def fold_to_gsm(text: str) -> str:
    """A name in letters that weigh one unit where that only costs an accent ("García" gives "Garcia", "José" stays).

    Letters that are more than an accent away ("Łukasz", "李") are kept: a name is never made into another.
    """
    return "".join(sign if sign in _UNITS else _without_accent(sign) for sign in unicodedata.normalize("NFC", text))


def _without_accent(sign: str) -> str:
    base = unicodedata.normalize("NFD", sign)[0]
    return base if base in _UNITS else sign
