"""What in a patient's words tells who they are, and the same words without it."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

NAME, PHONE, MAIL, DATE, NUMBER, ADDRESS, LINK = (
    "[name]", "[phone]", "[email]", "[date]", "[number]", "[address]", "[link]",
)  # fmt: skip

# Names that are words as well are taken out only where they are written as names.
_ALSO_WORDS = frozenset(
    (
        "angel", "art", "autumn", "bill", "blanca", "brook", "carol", "chase", "clara", "cruz", "dawn", "dolores",
        "drew", "faith", "frank", "gay", "grace", "grant", "hope", "ivy", "jack", "joy", "june", "luz", "lance",
        "mark", "mar", "may", "mercedes", "nick", "pat", "paz", "penny", "perla", "rich", "rob", "robin", "rocio",
        "rosa", "rose", "ruby", "rusty", "salvador", "sol", "sue", "summer", "sunny", "violet", "virginia", "will",
        "woods", "young", "long", "short", "love", "bond", "pain", "stark", "best", "good", "day", "west", "banks",
    )
)  # fmt: skip
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|"
    "diciembre"
)
_YEAR = r"(?:\s*,?\s*(?:del?\s+)?(?:19|20)\d\d)?"
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|io|me|us|info)(?:/\S*)?\b", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# A full date, in digits or with the month's name; a birth date is one. "3/10" and "120/80" are left alone.
_DATES = (
    re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b"),
    re.compile(rf"\b(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?:{_MONTHS})\b{_YEAR}", re.IGNORECASE),
    re.compile(
        r"\b(?:born|dob|d\.o\.b\.?|birth(?:day| ?date)?|nac[ií]\w*|fecha de nacimiento)\b[^\d\n\[,]{0,15}\d[\d/. -]*\d",
        re.IGNORECASE,
    ),
)
_PHONE = re.compile(
    r"(?<![\w.])(?:\+|00)?\d?[\s.-]?\(?\d{3}\)?[\s.-]{0,2}\d{3}[\s.-]?\d{4}(?!\d)|(?<!\d)\d{3}-\d{4}(?!\d)"
)
_RECORD = re.compile(
    r"\b(mrn|ssn|chart|record|expediente|account|member|policy)\b(\W{0,3}(?:(?:number|no|num|id|is)\b)?\W{0,5})"
    r"[A-Z]{0,3}-?\d[\w-]{3,}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\d.])\d{5,}(?:-\d{4})?(?![\d.]*\d)")
_STREET = re.compile(
    r"\b\d{1,6}\s+(?:[NSEW]\.?\s+)?(?:[^\W\d_][\w'.-]*\s+){1,4}"
    r"(?:st(?:reet)?|ave(?:nue)?|r(?:oa)?d|dr(?:ive)?|blvd|boulevard|lane|ln|court|ct|terrace|pkwy|highway|hwy)\b\.?"
    r"(?:\s*,?\s*(?:apt|unit|suite|#)\.?\s*\w+)?"
    r"|\b(?:calle|avenida|av|carrera|cra|colonia|paseo)\.?\s+(?:[\w'.-]+\s+){0,4}"
    r"(?:#|no\.?|n[uú]m\.?|n[uú]mero)?\s*\d{1,6}\b"
    r"|\bapt\.?\s*#?\d+\w?\b",
    re.IGNORECASE,
)
# A name that is given: any words after "my name is", a written name after "this is" before who or what they are.
_GIVEN = re.compile(
    r"(?i:\b(?:my name is|my name's|me llamo|mi nombre es|se llama|(?:her|his) name is)\s+)"
    r"([^\W\d_][\w'’-]*(?:\s+[A-ZÀ-Ý][\w'’-]+){0,2})"
)
_INTRODUCED = re.compile(
    r"(?i:\b(?:this is|it'?s|i'?m|soy|habla|le escribe)\s+)([A-ZÀ-Ý][a-zà-ÿ'’-]+(?:\s+[A-ZÀ-Ý][a-zà-ÿ'’-]+){0,2})"
    r"(?=\s*(?:['’]s\s+(?i:wife|husband|mom|mother|dad|father|son|daughter|sister|brother|partner|spouse)"
    r"|,?\s+(?i:his|her|their|your|the|la|el|su)\s+\w+"
    r"|\s+(?i:calling|writing|texting|from|again|here|de|and|y)\b|[,.!]|\s*$))",
    re.MULTILINE,
)
_NOT_NAMES = frozenset(
    (
        "Not", "The", "Very", "Really", "Worse", "Bad", "Urgent", "Normal", "Fine", "Ok", "Okay", "Good", "Getting",
        "Still", "Now", "Numb", "Dizzy", "Swollen", "Scared", "Better", "Sick", "Here", "There", "Back", "Just", "So",
        "Too", "Alergica", "Alergico", "Bleeding", "Hot",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of who wrote, or of everybody who may have: names, numbers, birth dates (ISO), addresses."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = field(default=())
    mails: tuple[str, ...] = ()


def redact(text: str, known: Known) -> str:
    """`text` with a placeholder for each thing that tells who somebody is.

    What is on record is taken out in any spelling of case and accents; beyond that links, mail addresses, telephone
    numbers, full dates, record numbers, street addresses and names that their bearers give. Measures (38.5, 8/10,
    120/80, 380) stay. Not a proof of anonymity: a story can still tell who its teller is.
    """
    text = unicodedata.normalize("NFC", text)
    for pattern, mark in ((_MAIL, MAIL), (_LINK, LINK)):
        text = pattern.sub(mark, text)
    for mail in known.mails:
        text = _plain(text, mail, MAIL)
    for number in known.numbers:
        text = _plain(text, number, NUMBER)
    text = _RECORD.sub(rf"\1\2{NUMBER}", text)
    for pattern, mark in (*((one, DATE) for one in _DATES), (_STREET, ADDRESS), (_PHONE, PHONE)):
        text = pattern.sub(mark, text)
    for born in known.birth_dates:
        text = _birth(text, born)
    text = _DIGITS.sub(NUMBER, text)
    text = _GIVEN.sub(lambda found: found[0][: found.start(1) - found.start()] + NAME, text)
    text = _INTRODUCED.sub(_introduced, text)
    for part in _parts(known.names):
        text = _name(text, part)
    return text


def _introduced(found: re.Match[str]) -> str:
    if found[1].split()[0] in _NOT_NAMES:
        return found[0]
    return found[0][: found.start(1) - found.start()] + NAME


def _parts(names: Iterable[str]) -> list[str]:
    parts = {part for name in names for part in (name, *re.split(r"[\s-]+", name)) if len(part) > 1}
    return sorted(parts, key=len, reverse=True)


def _folded(text: str) -> str:
    """Without case and accents, letter for letter, so that places in it are places in the text."""
    letters = []
    for sign in text:
        parts = unicodedata.normalize("NFKD", sign)
        bare = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
        letters.append(bare if len(bare) == 1 else sign)
    return "".join(letters)


def _plain(text: str, value: str, mark: str) -> str:
    return _swap(text, rf"(?<!\w){re.escape(_folded(value))}(?!\w)", mark) if value.strip() else text


def _name(text: str, name: str) -> str:
    pattern = rf"(?<![^\W_]){re.escape(_folded(name))}(?![^\W_])"
    if _folded(name) not in _ALSO_WORDS:
        return _swap(text, pattern, NAME)
    return _swap(text, pattern, NAME, only=lambda words: words[:1].isupper())


def _birth(text: str, born: str) -> str:
    """A birth date as people write it without a full year, beside the full dates that are taken out in any case."""
    year, month, day = born.split("-")
    forms = [f"{month}{day}{year}"]
    if day != "10":  # a score out of ten is worth more than a birthday without its year
        forms += [f"{int(month)}/{int(day)}", f"{month}/{day}"]
    for form in forms:
        text = _plain(text, form, DATE)
    return _plain(text, year, DATE)


def _swap(text: str, pattern: str, mark: str, only: Callable[[str], bool] | None = None) -> str:
    pieces, end = [], 0
    for found in re.finditer(pattern, _folded(text)):
        if only is not None and not only(text[found.start() : found.end()]):
            continue
        pieces += [text[end : found.start()], mark]
        end = found.end()
    return "".join((*pieces, text[end:]))
