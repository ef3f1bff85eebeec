"""What a finished text must keep to: its room, plain words, no private word, no hidden link."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from followup.domain.errors import Fault
from followup.domain.reading_grade import readability
from followup.domain.segments import weigh
from followup.domain.texts import READING_GRADE_LIMIT

# Public shorteners: carriers filter texts that hold one, and nobody can see where it leads.
SHORTENERS = frozenset({
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "v.gd", "buff.ly", "rebrand.ly", "cutt.ly", "rb.gy",
    "tiny.cc", "t.ly", "shorturl.at", "bl.ink", "s.id", "soo.gd", "lnkd.in", "adf.ly", "mcaf.ee", "x.co", "qr.ae",
})  # fmt: skip
_HOST = re.compile(r"(?<![\w.@-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/:?\s.,;)]|$)", re.IGNORECASE)


def room_faults(file: str, text: str, limit: int, as_what: str) -> list[Fault]:
    """A text, at its longest, fills at most `limit` segments; `as_what` says in which role it was counted."""
    weight = weigh(text)
    if weight.segments <= limit:
        return []
    signs = "".join(weight.outside[:8])
    why = f", because of {signs!r} in {weight.alphabet}" if weight.outside else f" in {weight.alphabet}"
    return [
        Fault(
            file,
            f"fills {weight.segments} segments {as_what}, with {weight.units} units{why}; the limit is {limit}: "
            "use fewer or plainer words, counted with the longest names",
        )
    ]


def grade_faults(file: str, text: str, language: str) -> list[Fault]:
    """A text asks for at most six years of school."""
    reading = readability(text, language)
    if reading.grade <= READING_GRADE_LIMIT:
        return []
    scale = "Fernández-Huerta" if language == "es" else "Flesch-Kincaid"
    return [
        Fault(
            file,
            f"reads at grade {reading.grade:g} ({scale}); the limit is {READING_GRADE_LIMIT:g}: "
            "use shorter sentences and shorter words",
        )
    ]


def private_word_faults(
    file: str, what: str, text: str, words: Mapping[str, Iterable[str]], source: str = ""
) -> list[Fault]:
    """No word of `words` (kind to words) stands in a text or subject: it would tell whoever sees a locked phone.

    `what` is "a text message" or "an email subject"; `source` is the template, in which the line is looked up.
    """
    folded = fold(text)
    found = [
        (kind, word)
        for kind, listed in words.items()
        for word in dict.fromkeys(listed)
        if re.search(rf"\b{re.escape(fold(word))}\b", folded)
    ]
    return [
        Fault(
            f"{file}{line_of(source, word)}",
            f"{word!r} names a {kind}, and {what} shows on a locked phone; say it without, or in the email's body",
        )
        for kind, word in found
    ]


def link_faults(file: str, text: str) -> list[Fault]:
    """No address in a text is a public shortener's."""
    hosts = dict.fromkeys(match[1].casefold().removeprefix("www.") for match in _HOST.finditer(text))
    return [
        Fault(file, f"{host} is a link shortener, which carriers block and nobody can check; give the full address")
        for host in hosts
        if host in SHORTENERS
    ]


def printed_answer_faults(file: str, text: str, words: Sequence[str]) -> list[Fault]:
    """A text that asks prints each answer word, in the question's order: "the last one" is an answer, too."""
    folded = fold(text)
    faults: list[Fault] = []
    position = 0
    for word in words:
        match = re.compile(rf"\b{re.escape(fold(word))}\b").search(folded)
        if match is None:
            faults.append(Fault(file, f"does not offer the answer {word!r}; print the first word of each answer"))
        elif match.start() < position:
            faults.append(Fault(file, f"offers {word!r} out of the order of protocol.yaml; use one order"))
        else:
            position = match.start()
    return faults


def twin_faults(file: str, screen: str, text: str, html_text: str) -> list[Fault]:
    """A mail says the same in plain words and on a screen; `html_text` is the screen's version without its tags."""
    plain, shown = _words(text), _words(html_text)
    if plain == shown:
        return []
    at = next((n for n, (one, other) in enumerate(zip(plain, shown, strict=False)) if one != other), None)
    at = min(len(plain), len(shown)) if at is None else at
    one, other = (" ".join(words[at : at + 4]) or "nothing" for words in (plain, shown))
    return [Fault(screen, f"says {other!r} where {file} says {one!r}; a mail must say the same in both")]


def fold(text: str) -> str:
    """Small letters without accents, blanks as one."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())


def line_of(source: str, word: str) -> str:
    """ " line 3" where the word stands in the source, else nothing."""
    pattern = re.compile(rf"\b{re.escape(fold(word))}\b")
    for number, line in enumerate(source.splitlines(), start=1):
        if pattern.search(fold(line)):
            return f" line {number}"
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))
