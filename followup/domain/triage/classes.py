"""What a word is about: coarse classes of English and Spanish words, looked up by whole word or by its beginning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Classes:
    """Which classes a word belongs to; `starts` holds the beginnings that any ending may follow."""

    whole: Mapping[str, tuple[str, ...]]
    starts: Mapping[str, tuple[str, ...]]

    def of(self, word: str) -> tuple[str, ...]:
        """The classes of a word in the order of the file; empty for an unknown word."""
        found = list(self.whole.get(word, ()))
        for length in range(len(word), _SHORTEST - 1, -1):
            for name in self.starts.get(word[:length], ()):
                if name not in found:
                    found.append(name)
        return tuple(found)


def parsed(text: str) -> Classes:
    """The classes of a file of `name: word word stem*` lines; lines that begin with `#` are remarks."""
    whole: dict[str, list[str]] = {}
    starts: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, words = line.partition(":")
        if line.startswith("#") or not words:
            continue
        for word in words.split():
            table = starts if word.endswith("*") else whole
            table.setdefault(word.rstrip("*"), []).append(name)
    return Classes(_frozen(whole), _frozen(starts))


def _frozen(table: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(names) for word, names in table.items()}
