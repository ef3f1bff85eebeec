"""The wordings that are known: patterns over plain words, written in data files and found quickly.

A pattern is a regular expression over words joined by single spaces, with three additions: `<name>` stands for the
alternatives of that name in `[words]`, ` ~N ` lets up to N words stand between (never across `.` or `?`), and ` ~~N `
the same across commas and full stops too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from followup.domain.acuity import Acuity
from followup.domain.triage.normalise import Plain

_NAME = re.compile(r"<([a-z_]+)>")
_NEAR = re.compile(r" ~(\d+) ")
_LOOSE = re.compile(r" \??~~?\d+(?: \(\?:[^()]*\)\?)?(?=[|)]|$)")  # a gap with nothing after it holds of itself
_FAR = re.compile(r" ~~(\d+) ")
_LITERAL = re.compile(r"(?<![\\a-z0-9])[a-z0-9]{2,}(?![a-z0-9\\*+?{])")
_KINDS = {
    "emergency": Acuity.EMERGENCY, "urgent": Acuity.URGENT, "routine": Acuity.ROUTINE, "none": Acuity.NONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A named group of patterns: what it means (`kind`), how high it is, and which turns of phrase may undo it."""

    name: str
    kind: str
    acuity: Acuity
    negatable: bool = True
    passes: bool = True  # gone for good undoes it; False where a passed red flag still counts
    concept: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired on the words `[first, last]` of a reply."""

    rule: Rule
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    rule: Rule
    match: re.Pattern[str]


class Lexicon:
    """All rules, indexed by the first two letters a pattern can begin with."""

    def __init__(self, tables: Iterable[Mapping[str, Any]]) -> None:
        words: dict[str, str] = {}
        entries: list[Mapping[str, Any]] = []
        for table in tables:
            for name, value in table.get("words", {}).items():
                alternatives = "|".join(part.strip() for part in re.split(r"[|\n]", value) if part.strip())
                words[name] = f"{words[name]}|{alternatives}" if name in words else alternatives
            entries.extend(table.get("rule", ()))
        self.words = {name: _expanded(value, words) for name, value in words.items()}
        self.rules: dict[str, Rule] = {}
        self._index: dict[str, list[_Pattern]] = {}
        self._anywhere: list[_Pattern] = []
        self._vocabulary: set[str] = set()
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Mapping[str, Any]) -> None:
        level = entry.get("acuity", "none")
        rule = Rule(
            name=entry["name"],
            kind=entry.get("kind", "flag"),
            acuity=_KINDS[level],
            negatable=entry.get("negatable", True),
            passes=entry.get("passes", level != "emergency"),
            concept=entry.get("concept", entry["name"]),
        )
        self.rules[rule.name] = rule
        for line in entry["patterns"].splitlines():
            source = line.split("  #")[0].strip()
            if not source or source.startswith("#"):
                continue
            full = f"(?:{_expanded(source, self.words)})"
            try:
                pattern = _Pattern(rule, re.compile(f"{full}(?![^ ])"))
            except re.error as fault:
                raise ValueError(f"rule {rule.name}: {fault} in {source}") from fault
            self._vocabulary.update(_LITERAL.findall(full))
            starts = beginnings(full)
            for start in starts:
                self._index.setdefault(start, []).append(pattern)
            if not starts:
                self._anywhere.append(pattern)

    def find(self, plain: Plain) -> list[Hit]:
        """Every place where a rule fires, at most one hit of a rule from the same first word."""
        hits: list[Hit] = []
        text = plain.text
        seen: set[tuple[str, int]] = set()
        for first, begin in enumerate(plain.begins):
            word = plain.tokens[first].word
            for key in (word[:2], word[:1]):
                for pattern in self._index.get(key, ()):
                    self._try(pattern, plain, text, first, begin, hits, seen)
                if len(word) == 1:
                    break
            for pattern in self._anywhere:
                self._try(pattern, plain, text, first, begin, hits, seen)
        return hits

    def vocabulary(self) -> frozenset[str]:
        """Every plain word that stands in some pattern: a word that needs no repair."""
        return frozenset(self._vocabulary)

    def _try(
        self, pattern: _Pattern, plain: Plain, text: str, first: int, begin: int, hits: list[Hit],
        seen: set[tuple[str, int]],
    ) -> None:  # fmt: skip
        found = pattern.match.match(text, begin)
        if found and found.end() > begin and (pattern.rule.name, first) not in seen:
            seen.add((pattern.rule.name, first))
            hits.append(Hit(pattern.rule, first, plain.token_at(found.end() - 1)))


def _expanded(source: str, words: Mapping[str, str]) -> str:
    for _ in range(6):
        changed = _NAME.sub(lambda found: f"(?:{words[found.group(1)]})", source)
        if changed == source:
            break
        source = changed
    source = _LOOSE.sub("", source).replace(" ?~", " ~")
    source = _FAR.sub(lambda found: f" (?:[^ ]+ ){{0,{found.group(1)}}}", source)
    return _NEAR.sub(lambda found: f" (?:[^ .?][^ ]* ){{0,{found.group(1)}}}", source)


def beginnings(source: str) -> set[str]:
    """The first two letters (one where a word has one) with which a match can begin; empty when it can be anything."""
    found: set[str] = set()
    if not _walk(source, "", found):
        return set()
    return found


def _walk(source: str, sofar: str, found: set[str]) -> bool:
    """Collects beginnings of `source` after `sofar`; False when the pattern may begin with anything."""
    if len(sofar) == 2:
        found.add(sofar)
        return True
    if not source or source[0] == " ":
        if not sofar:
            return False
        found.add(sofar)
        return True
    if source.startswith("(?<"):
        depth = source.index(")") + 1  # what must stand before: it has no group within
        return _walk(source[depth:], sofar, found)
    if source.startswith("(?:"):
        inside, rest = _group(source)
        quantifier = rest[0] if rest and rest[0] in "?*" else ""
        if rest and rest[0] in "+{":
            return False
        rest = rest[1:] if quantifier else rest
        good = all(_walk(part + rest, sofar, found) for part in _alternatives(inside))
        return good and (_walk(rest, sofar, found) if quantifier else True)
    if source[0] in "([.\\^$|*+?{":
        if sofar and source[0] in "[\\.":
            found.add(sofar)
            return True
        return False
    letter, rest = source[0], source[1:]
    if rest[:1] in ("?", "*"):
        return _walk(rest[1:], sofar + letter, found) and _walk(rest[1:], sofar, found)
    if rest[:1] in ("+", "{"):
        found.add(sofar + letter)
        return True
    return _walk(rest, sofar + letter, found)


def _group(source: str) -> tuple[str, str]:
    depth = 0
    for place, letter in enumerate(source):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return source[3:place], source[place + 1 :]
    raise ValueError(f"a bracket is not closed in {source}")


def _alternatives(inside: str) -> Sequence[str]:
    parts, depth, begin = [], 0, 0
    for place, letter in enumerate(inside):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            parts.append(inside[begin:place])
            begin = place + 1
    parts.append(inside[begin:])
    return parts
