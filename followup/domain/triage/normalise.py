"""How what a patient typed becomes plain words that still know where they stood in the original text."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BREAKS = frozenset(".,?")

# Letters of other alphabets that look like ours, replaced only inside words that also hold Latin letters.
_LOOKALIKES = str.maketrans(
    "авсеһіјкмнорѕтухАВСЕНІЈКМОРЅТХУаεοιυραΟΑΕΗΙΚΜΝΡΤΧΥΖΒ",
    "abcehijkmhopstyxABCEHIJKMOPSTXYaeoiupaOAEHIKMNPTXYZB",
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_APOSTROPHES = "'’‘`´ʼʹ′＇"
_PIECE = re.compile(
    r"(?P<number>\d{1,3}/\d{1,3}(?:/\d{2,4})?(?![\d/])|\d+(?:[.,]\d{1,2})?(?![\d]))"
    r"|(?P<word>[^\W\d_]+(?:['’‘`´ʼʹ′＇][^\W\d_]+)*)"
    r"|(?P<stop>[.!…;\n\r|•·]+)|(?P<ask>[?¿]+)|(?P<pause>[,:()\[\]{}—–―]|(?<=\s)[-~](?=\s)|-{2,}|\.{2,})"
    r"|(?P<other>\S)",
    re.UNICODE,
)
_LAUGH = re.compile(r"^(?:(?:ha){2,}h?|(?:ja){2,}j?|(?:he){2,}|(?:je){2,}|l+o+l+z*|(?:lo){2,}l|lmf?ao+|rofl|x+d+)$")
_LATIN = re.compile(r"[^\W\d_]*[a-zA-Z][^\W\d_]*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LONG = re.compile(r"(.)\1{2,}")
_MARKS = {"%": "%", "°": "deg", "º": "deg", "&": "and", "+": "plus", "=": "is", "<": "less", ">": "more", "$": "money"}


@dataclass(frozen=True, slots=True)
class Token:
    """One plain word (lower case, no accents) and its span `[start, end)` in the original text."""

    word: str
    start: int
    end: int
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Plain:
    """The words of a reply joined by single spaces, and the way back from a position to the original."""

    tokens: tuple[Token, ...]
    text: str
    begins: tuple[int, ...]

    def token_at(self, position: int) -> int:
        """The index of the word that holds this position of `text`."""
        low, high = 0, len(self.begins)
        while low < high:
            middle = (low + high) // 2
            if self.begins[middle] <= position:
                low = middle + 1
            else:
                high = middle
        return max(0, low - 1)


def joined(tokens: Sequence[Token]) -> Plain:
    """Words as one string, each word's beginning remembered."""
    begins = []
    at = 0
    for token in tokens:
        begins.append(at)
        at += len(token.word) + 1
    return Plain(tuple(tokens), " ".join(token.word for token in tokens), tuple(begins))


def fold(word: str) -> str:
    """A word in lower case without accents, ligatures, apostrophes, look-alike letters or stretched letters."""
    if word.isascii():
        plain = word.lower()
    else:
        plain = unicodedata.normalize("NFKC", word)
        if any("a" <= letter <= "z" or "A" <= letter <= "Z" for letter in plain):
            plain = plain.translate(_LOOKALIKES)
        plain = unicodedata.normalize("NFD", plain.lower())
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        plain = plain.replace("ß", "ss").replace("ı", "i")
    plain = plain.translate({ord(mark): None for mark in _APOSTROPHES})
    if _LAUGH.match(plain):
        return "haha"
    return _LONG.sub(r"\1\1" if len(plain) < 4 else r"\1", plain)


def cleaned(text: str) -> tuple[str, list[int]]:
    """The text without invisible characters and in compatibility form, with each letter's place in the original."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isascii():
            letters.append(letter)
            places.append(place)
        elif not _INVISIBLE.match(letter):
            for piece in unicodedata.normalize("NFKC", letter):
                letters.append(piece)
                places.append(place)
    return "".join(letters), places


def legible(text: str) -> str:
    """The text as its writer meant it to look: no invisible, look-alike or stretched letters, no shouting."""
    clean = cleaned(text)[0].translate({ord(mark): "'" for mark in _APOSTROPHES})
    if not clean.isascii():
        clean = _LATIN.sub(lambda found: found.group().translate(_LOOKALIKES), clean)
    clean = _STRETCHED.sub(r"\1", clean)
    return clean.lower() if clean.isupper() else clean


def tokens_of(text: str, emoji: Mapping[str, str], keep: Sequence[tuple[int, int]] | None = None) -> list[Token]:
    """Words, numbers and clause breaks of the original text; `keep` names the spans that are the patient's own."""
    clean, places = cleaned(text)
    spans = keep if keep is not None else [(0, len(text))]
    tokens: list[Token] = []
    for found in _PIECE.finditer(clean):
        start = places[found.start()]
        end = places[found.end() - 1] + 1
        if not any(low <= start < high for low, high in spans):
            continue
        kind = found.lastgroup
        raw = found.group()
        if kind == "word":
            word = fold(raw)
            if word:
                tokens.append(Token(word, start, end))
        elif kind == "number":
            tokens.append(Token(raw.replace(",", ".") if raw.count(",") == 1 else raw, start, end))
        elif kind in ("stop", "ask", "pause"):
            mark = {"stop": ".", "ask": "?", "pause": ","}[kind]
            if "?" in raw or "¿" in raw:
                mark = "?" if "?" in raw else ","
            if tokens and tokens[-1].word == mark:
                continue
            tokens.append(Token(mark, start, end))
        elif raw in _MARKS:
            tokens.append(Token(_MARKS[raw], start, end))
        else:
            name = emoji.get(raw)
            if name:
                tokens.extend(Token(word, start, end) for word in name.split())
            elif unicodedata.category(raw) in ("So", "Sk") and not "🏻" <= raw <= "🏿":
                tokens.append(Token("emojiother", start, end))
    return tokens
