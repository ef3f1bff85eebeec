"""Which language a reply is in, as far as its own words tell."""

from collections.abc import Mapping, Sequence

_SCRIPTS = (
    ("\u0400", "\u04ff", "ru"), ("\u0600", "\u06ff", "ar"), ("\u0590", "\u05ff", "he"), ("\u0900", "\u097f", "hi"),
    ("\u3040", "\u30ff", "ja"), ("\uac00", "\ud7af", "ko"), ("\u4e00", "\u9fff", "zh"), ("\u0e00", "\u0e7f", "th"),
    ("\u0370", "\u03ff", "el"), ("\u0980", "\u09ff", "bn"), ("\u0530", "\u058f", "hy"), ("\u1200", "\u137f", "am"),
    ("\u0a00", "\u0a7f", "pa"), ("\u0b80", "\u0bff", "ta"), ("\u1780", "\u17ff", "km"), ("\u0e80", "\u0eff", "lo"),
)  # fmt: skip


def script_of(text: str) -> str | None:
    """The language that a non-Latin script stands for, when most letters are of it."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return None
    counts: dict[str, int] = {}
    for letter in letters:
        if letter > "\u036f":
            for low, high, name in _SCRIPTS:
                if low <= letter <= high:
                    counts[name] = counts.get(name, 0) + 1
    if not counts:
        return None
    name = "ja" if "ja" in counts else max(counts, key=lambda one: counts[one])
    return name if sum(counts.values()) * 2 > len(letters) else None


def language_of(words: Sequence[str], marks: Mapping[str, str], script: str | None) -> str:
    """`en`, `es` or another code; `marks` gives the language that a very common word belongs to; `en` when unsure."""
    if script:
        return script
    votes: dict[str, int] = {}
    for word in words:
        name = marks.get(word)
        if name:
            votes[name] = votes.get(name, 0) + 1
    if not votes:
        return "en"
    best = max(votes, key=lambda one: (votes[one], one == "en"))
    if best not in ("en", "es") and votes[best] < 2:
        return "es" if votes.get("es", 0) > votes.get("en", 0) else "en"
    return best
