"""Which parts of a text a reading rests on: the text cut into pieces, each with the rules that fired there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `rules` names what fired on it, and is empty where nothing did."""

    text: str
    rules: tuple[str, ...] = ()


def pieces(text: str, evidence: Iterable[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """`text`, whole and in order, cut where evidence begins or ends; spans may overlap.

    `evidence` is what the assessment stored: `start`, `end` (offsets into `text`) and `rule`. A span that does not lie
    in the text (another version read another text) is left out rather than marked wrongly.
    """
    spans = [
        (int(item["start"]), int(item["end"]), str(item.get("rule", "")))
        for item in evidence
        if 0 <= int(item["start"]) < int(item["end"]) <= len(text)
    ]
    cuts = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    return tuple(
        Piece(text[start:end], tuple(dict.fromkeys(rule for low, high, rule in spans if low <= start and end <= high)))
        for start, end in pairwise(cuts)
    )


def within(text: str, evidence: Iterable[Mapping[str, Any]], start: int, end: int) -> tuple[Piece, ...]:
    """The same for the stretch `[start, end)` of a text alone."""
    cut = [
        {**item, "start": max(int(item["start"]), start) - start, "end": min(int(item["end"]), end) - start}
        for item in evidence
        if int(item["start"]) < end and int(item["end"]) > start
    ]
    return pieces(text[start:end], cut)


def excerpt(cut: tuple[Piece, ...], longest: int) -> tuple[Piece, ...]:
    """At most about `longest` characters around the first marked piece, with an ellipsis where something was left out.

    A patient may write 1,600 characters; on a row the part that matters must be in sight.
    """
    if sum(len(piece.text) for piece in cut) <= longest:
        return cut
    before = 0
    for piece in cut:
        if piece.rules:
            break
        before += len(piece.text)
    else:
        before = 0
    start = max(0, before - longest // 4)
    kept: list[Piece] = []
    position = 0
    for piece in cut:
        low, high = max(start - position, 0), min(start + longest - position, len(piece.text))
        if low < high:
            kept.append(Piece(piece.text[low:high], piece.rules))
        position += len(piece.text)
    lead = (Piece("… "),) if start else ()
    tail = (Piece(" …"),) if start + longest < position else ()
    return (*lead, *kept, *tail)
