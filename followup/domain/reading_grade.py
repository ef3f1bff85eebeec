"""How many years of school a text asks of its reader: Flesch-Kincaid in English, Fernández-Huerta in Spanish."""

import re
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
_ABBREVIATIONS = re.compile(r"\b([ap])\. ?m\.", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+://\S+|\S+@\S+")

# English writes some vowels that are not said, and writes side by side some that are said apart.
_EN_SILENT = re.compile(r"(?<=[^aeiouy])(?:e|es|ed)$")
_EN_SAID = re.compile(r"(?:[^aeiouyl]l(?:e|es|ed)|(?:[cgsxz]|ch|sh)es|[td]ed)$")
_EN_APART = re.compile(
    r"(?<=[aeiouy])(?=ing)|(?<![ctgs]i)(?<=i)(?=[aou])|(?<![ct]i)(?<=i)(?=e[nt])|(?<=u)(?=ou|al)|(?<=e)(?=o)"
)
_EN_KNOWN = {
    "every": 2, "everyone": 3, "people": 2, "something": 2, "someone": 2, "sometimes": 2, "business": 2, "people's": 2,
    "area": 3, "being": 2, "does": 1, "doing": 2, "going": 2, "seeing": 2, "trying": 2, "eye": 1, "eyes": 1, "are": 1,
    "anyone": 3, "idea": 3, "realistic": 4, "great": 1, "easy": 2, "clinic's": 2,
    "were": 1, "there": 1, "where": 1, "here": 1, "these": 1, "those": 1, "hours": 1, "hour": 1, "wednesday": 2,
    "bruise": 1, "bruises": 2, "bruising": 2, "clothes": 1, "yourself": 2, "myself": 2, "care": 1, "careful": 2,
    "carefully": 3, "safely": 2, "likely": 2, "emergency": 4, "minutes": 2, "private": 2, "okay": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readability:
    """A text's school grade, with the counts that it comes from."""

    grade: float
    words: int
    sentences: int
    syllables: int


def readability(text: str, language: str) -> Readability:
    """The school grade of a text in `language` ("en" or "es"); 0 for a text without words.

    English: Flesch-Kincaid grade, 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid 1975).
    Spanish: Fernández-Huerta ease, 206.84 - 60 syllables/word - 1.02 words/sentence (Fernández Huerta 1959), turned
    into a grade by its own table: 90 and more is grade 4, 80 grade 5, 70 grade 6, 60 grade 8, 50 grade 12; between
    two rows the grade is read off the line that joins them, so that one word does not jump a grade.
    Numbers, addresses and links are not words.
    """
    clean = _ABBREVIATIONS.sub(r"\1m", _ADDRESS.sub(" ", text))
    words = [word.casefold() for word in _WORD.findall(clean)]
    sentences = sum(1 for part in _SENTENCE_END.split(clean) if _WORD.search(part))
    if not words:
        return Readability(0.0, 0, 0, 0)
    count = spanish_syllables if language == "es" else english_syllables
    syllables = sum(count(word) for word in words)
    by_sentence, by_word = len(words) / sentences, syllables / len(words)
    if language == "es":
        grade = _spanish_grade(206.84 - 60 * by_word - 1.02 * by_sentence)
    else:
        grade = max(0.0, 0.39 * by_sentence + 11.8 * by_word - 15.59)
    return Readability(round(grade, 1), len(words), sentences, syllables)


# Fernández-Huerta ease and the school grade its table gives, easiest first.
_TABLE = ((100.0, 3.0), (90.0, 4.0), (80.0, 5.0), (70.0, 6.0), (60.0, 8.0), (50.0, 12.0), (30.0, 14.0), (0.0, 16.0))


def _spanish_grade(ease: float) -> float:
    if ease >= _TABLE[0][0]:
        return _TABLE[0][1]
    for (high, low_grade), (low, high_grade) in pairwise(_TABLE):
        if ease >= low:
            return low_grade + (high_grade - low_grade) * (high - ease) / (high - low)
    return _TABLE[-1][1]


def english_syllables(word: str) -> int:
    """About how many syllables an English word has: vowel groups, less silent endings, plus vowels said apart."""
    word = word.casefold()
    if word in _EN_KNOWN:
        return _EN_KNOWN[word]
    letters = re.sub(r"['’]s?", "", word)
    groups = len(re.findall(r"[aeiouy]+", _EN_APART.sub("-", letters)))
    if _EN_SILENT.search(letters) and not _EN_SAID.search(letters):
        groups -= 1
    return max(1, groups)


def spanish_syllables(word: str) -> int:
    """How many syllables a Spanish word has: vowel groups, split between strong vowels and at an accented weak one."""
    letters = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "g", word.casefold().replace("h", ""))
    letters = re.sub(r"y$", "i", letters)
    count = 0
    previous = ""
    for letter in letters:
        if letter in "aeoáéó":
            count += not previous or previous in "aeoáéóíú"
        elif letter in "íú":
            count += 1
        elif letter in "iuü":
            count += not previous or previous in "íú"
        previous = letter if letter in "aeiouáéíóúü" else ""
    return max(1, count)
