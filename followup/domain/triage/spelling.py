"""How phone spelling, contractions, number words and typing errors become the words the lexicon knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from followup.domain.triage.normalise import BREAKS, Token

_NOT = frozenset(
    ["do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "would", "should", "must", "need"]
)
_SPLIT = {"t": "t", "m": "m", "s": "s", "ve": "ve", "ll": "ll", "re": "re"}
_UNITS = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "cero": 0, "un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8, "nueve": 9, "diez": 10,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
    "ochenta": 80, "noventa": 90,
}  # fmt: skip
_HUNDREDS = {"hundred": 100, "ciento": 100, "cien": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400}
_POINT = frozenset(("point", "punto", "coma"))


@dataclass(frozen=True, slots=True)
class Spelling:
    """Known spellings: abbreviations of English and of Spanish, words worth repairing, words left alone."""

    english: Mapping[str, str]
    spanish: Mapping[str, str]
    targets: tuple[str, ...] = ()
    known: frozenset[str] = field(default_factory=frozenset)

    def respell(self, tokens: Sequence[Token], spanish: bool) -> list[Token]:
        """The tokens in the lexicon's spelling; a word keeps the span it came from."""
        spelled: list[Token] = []
        for token in _contracted(tokens):
            word = token.word
            if word in BREAKS or word[0].isdigit():
                spelled.append(token)
                continue
            plain = self.spanish.get(word) if spanish else self.english.get(word)
            if plain is None and word not in self.known:
                plain = self._undoubled(word) or self._repaired(word)
                if plain is not None:
                    token = replace(token, repaired=True)
            if plain is None or plain == word:
                spelled.append(token)
            else:
                spelled.extend(Token(piece, token.start, token.end, token.repaired) for piece in plain.split())
        return with_digits(spelled)

    def _undoubled(self, word: str) -> str | None:
        """`sooo` was folded to `so` or `soo`: a doubled letter less, where that gives a known word."""
        for place in range(1, len(word)):
            if word[place] == word[place - 1]:
                shorter = word[:place] + word[place + 1 :]
                if shorter in self.known:
                    return shorter
        for place in range(len(word)):
            if word[place] in "oelsp" and word[:place] + word[place] + word[place:] in self.known and len(word) > 3:
                return word[:place] + word[place] + word[place:]
        return None

    def _repaired(self, word: str) -> str | None:
        """The lexicon's word that one slip away (two in a long word) was meant; None when there is none."""
        if len(word) < 4 or not word.isascii() or not self.targets:
            return None
        allowed = 1 if len(word) < 9 else 2
        found = extractOne(word, self.targets, scorer=OSA.distance, score_cutoff=allowed)
        if found is None:
            return None
        target = found[0]
        # A slip in the first letter is rare, and other words begin there: `brushing` is not `gushing`.
        if target[0] != word[0] or (len(word) <= 5 and target[-1] != word[-1] and sorted(target) != sorted(word)):
            return None
        return target


def _contracted(tokens: Sequence[Token]) -> list[Token]:
    """`do not` and `don t` as `dont`, `can not` as `cant`."""
    joined: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        word = token.word
        if after is not None and after.word == "not" and word in _NOT:
            joined.append(Token(word + "nt", token.start, after.end))
            place += 2
        elif after is not None and after.word == "not" and word in ("can", "will"):
            joined.append(Token("cant" if word == "can" else "wont", token.start, after.end))
            place += 2
        elif after is not None and after.word in _SPLIT and word.isalpha() and len(after.word) <= 2 and (
            (after.word == "t" and word in ("don", "can", "won", "didn", "doesn", "isn", "wasn", "haven", "hasn",
                                            "couldn", "wouldn", "aren", "shouldn", "ain"))
            or (after.word in ("m", "ve", "ll") and word == "i")
        ):  # fmt: skip
            joined.append(Token(word + after.word, token.start, after.end))
            place += 2
        else:
            joined.append(token)
            place += 1
    return joined


def with_digits(tokens: Sequence[Token]) -> list[Token]:
    """Numbers of several words as digits: `one hundred and two` is 102, `ninety nine point five` 99.5."""
    result: list[Token] = []
    place = 0
    while place < len(tokens):
        value, length = _number(tokens, place)
        if length > 1 or (length == 1 and value is not None and value >= 20):
            assert value is not None
            words = str(int(value)) if value == int(value) else f"{value:.1f}"
            result.append(Token(words, tokens[place].start, tokens[place + length - 1].end))
            place += length
        else:
            result.append(tokens[place])
            place += 1
    return result


def _number(tokens: Sequence[Token], place: int) -> tuple[float | None, int]:
    """The number said from here on and how many words it takes; (None, 0) when none of two or more words."""

    def word(ahead: int) -> str:
        return tokens[place + ahead].word if place + ahead < len(tokens) else ""

    total: float | None = None
    used = 0
    if word(0) in ("a", "one", "1", "two", "three", "four", "2", "3", "4") and word(1) == "hundred":
        total, used = {"two": 200, "2": 200, "three": 300, "3": 300, "four": 400, "4": 400}.get(word(0), 100), 2
    elif word(0) in _HUNDREDS:
        total, used = _HUNDREDS[word(0)], 1
    elif word(0) in ("one", "1") and word(1) in ("oh", "o") and (word(2) in _UNITS or word(2).isdigit()):
        total, used = 100 + float(_UNITS.get(word(2), 0) or (word(2) if word(2).isdigit() else 0)), 3
    elif word(0) == "hundred":
        total, used = 100, 1
    if (total is not None and used and word(0) != "one") or used == 2:
        step = 1 if word(used) in ("and", "y") and (word(used + 1) in _UNITS or word(used + 1) in _TENS
                                                    or _small(word(used + 1))) else 0  # fmt: skip
        nxt = word(used + step)
        if nxt in _TENS:
            total = (total or 0) + _TENS[nxt]
            used += step + 1
            if word(used) in _UNITS and 0 < _UNITS[word(used)] < 10:
                total += _UNITS[word(used)]
                used += 1
        elif nxt in _UNITS and nxt not in ("un", "una"):
            total = (total or 0) + _UNITS[nxt]
            used += step + 1
        elif step and _small(nxt):
            total = (total or 0) + float(nxt)
            used += step + 1
    elif total is None and word(0) in _TENS:
        total, used = _TENS[word(0)], 1
        step = 1 if word(1) == "y" else 0
        if word(1 + step) in _UNITS and 0 < _UNITS[word(1 + step)] < 10:
            total += _UNITS[word(1 + step)]
            used = 2 + step
    if total is None and (word(0) in _UNITS or _whole(word(0))) and word(1) in _POINT and (
        word(2) in _UNITS or word(2).isdigit()
    ):  # fmt: skip
        total, used = float(_UNITS.get(word(0), 0)) if word(0) in _UNITS else float(word(0)), 1
    if total is None:
        return None, 0
    if word(used) in _POINT and (word(used + 1) in _UNITS or word(used + 1).isdigit()):
        digit = _UNITS[word(used + 1)] if word(used + 1) in _UNITS else int(word(used + 1))
        total += digit / 10 if digit < 10 else digit / 100
        used += 2
    elif word(used) == "y" and word(used + 1) in ("medio", "media"):
        total += 0.5
        used += 2
    return total, used


def _small(word: str) -> bool:
    return word.replace(".", "", 1).isdigit() and float(word) < 100


def _whole(word: str) -> bool:
    return word.isdigit()
