"""Which parts of a message are the patient's own words, and which are quoted mail, signatures or reactions."""

# ruff: noqa: E501 - a pattern is read in one line
import re
from dataclasses import dataclass

_REACTION = re.compile(
    r"^\s*(?:(?P<like>liked|loved|laughed at|emphasi[sz]ed|le gust[oó]|me gusta|le encant[oó]|se ri[oó] de|"
    r"hizo [eé]nfasis en|(?:ha )?destac[oó])|(?P<dislike>disliked|questioned|no le gust[oó]|pregunt[oó] (?:por|sobre)|"
    r"removed an? \w+ from|elimin[oó] un[ao]? .{1,30}? (?:de|a))|(?P<emoji>reacted|reaccion[oó])\s+(?:with\s+|con\s+)?(?P<face>\S+)\s+(?:to|a))"
    r"\s+(?:an image|a photo|una imagen|[\"“«‘'](?P<quote>.*)[\"”»’']?)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(
    r"^[ \t]*(?:on\b.{4,120}\bwrote\s*:|el\b.{4,120}\bescribi[oó]\s*:|le\b.{4,120}a [ée]crit\s*:|"
    r"em\b.{4,120}\bescreveu\s*:|-{2,}\s*(?:original message|mensaje original|forwarded message|mensaje reenviado).*|"
    r"(?:from|de|von)\s*:\s.*@.*|(?:from|de)\s*:\s.*\n[ \t]*(?:sent|date|to|subject|enviado|fecha|para|asunto)\s*:.*|"
    r"begin forwarded message.*|.{2,80}\bwrote\s*:|\d{1,2} \w+ \d{4}.{0,60}(?:wrote|escribi[oó])\s*:)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_WRAPPED = re.compile(r"^[ \t]*(?:on|el)\b[^\n]{4,120}\n[^\n]{0,80}\b(?:wrote|escribi[oó])\s*:[ \t]*$", re.I | re.M)
_SIGNATURE = re.compile(
    r"^[ \t]*(?:--|—|__|_{5,}.*|={5,}|\*{5,}|"
    r"(?:sent|enviado|envoy[eé]) (?:from|via|by|desde|con|depuis|using)\b.{0,60}|get outlook for.*|obtener outlook.*|"
    r"(?:this |the |e-?mail )?(?:confidential(?:ity)?|privileged|disclaimer|aviso)\b.{0,400}|"
    r"(?:this|the information in this) (?:e-?mail|message|communication)\b.{0,600}|"
    r"este (?:correo|mensaje)\b.{0,80}confidencial.{0,400}|please consider the environment.*)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    r"^[ \t]*(?:(?:kind|best|warm|many|with|kindest|warmest)?\s*(?:regards|wishes|thanks)|sincerely|yours\b.{0,14}|cheers|"
    r"respectfully|cordially|saludos\b.{0,20}|atentamente|atte|un abrazo|cordialmente|blessings|love|best|rgds|v/r)[ \t]*[,.!]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(
    r"^[ \t]*[A-ZÁÉÍÓÚÑ][\w.'’-]*(?: (?:[A-ZÁÉÍÓÚÑ][\w.'’-]*|de|del|la|van|von)){1,3}(?:, [A-Z.]{2,8})*[ \t]*$"
)
_LINE = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Own:
    """The patient's own spans `[start, end)` of the text; whether anything was quoted; a reaction's kind if it is one."""

    spans: tuple[tuple[int, int], ...]
    quoted: bool = False
    reaction: str | None = None
    signature: bool = False


def own_words(text: str) -> Own:
    """Finds what the patient wrote: quoted mail, mail headers, signatures and reactions' quotes are left out."""
    reaction = _REACTION.match(text)
    if reaction and (reaction.group("quote") is not None or reaction.end() >= len(text.rstrip())):
        kind = "like" if reaction.group("like") else "dislike" if reaction.group("dislike") else reaction.group("face")
        return Own((), quoted=True, reaction=kind)
    cut = len(text)
    for pattern in (_HEADER, _WRAPPED):
        found = pattern.search(text)
        while found:
            if text[: found.start()].strip() or _only_quotes(text[found.end() :]):
                cut = min(cut, found.start())
                break
            # The header stands first: the patient wrote below or between the quoted lines.
            found = pattern.search(text, found.end()) if found.end() < len(text) else None
    below = _below_header(text) if cut == len(text) else None
    spans: list[tuple[int, int]] = []
    quoted = cut < len(text)
    start = below or 0
    quoted = quoted or below is not None
    at = start
    while at < cut:
        line = _LINE.match(text, at)
        if line is None or line.end() == at:
            break
        stop = min(line.end(), cut)
        if text[at:stop].lstrip().startswith((">", "|>")):
            quoted = True
        else:
            spans.append((at, stop))
        at = stop
    after = _after_quotes(text, cut)
    if after:
        spans.extend(after)
    return _without_signature(text, spans, quoted)


def patient_words(text: str, own: Own) -> str:
    """The patient's own words as one text; the whole text when nothing but quotes is left."""
    return "".join(text[start:end] for start, end in own.spans).strip() or text


def _only_quotes(text: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith(">") for line in text.splitlines())


def _below_header(text: str) -> int | None:
    """Where the patient's words begin when a mail opens with the quote's header."""
    for pattern in (_WRAPPED, _HEADER):
        found = pattern.search(text)
        if found and not text[: found.start()].strip():
            return found.end()
    return None


def _after_quotes(text: str, cut: int) -> list[tuple[int, int]]:
    """Lines below or between `>` quotes after a header: people answer there too."""
    rest = text[cut:]
    if not re.search(r"^[ \t]*>", rest, re.MULTILINE):
        return []
    spans = []
    at = cut
    seen = False
    for line in rest.splitlines(keepends=True):
        is_quote = line.lstrip().startswith(">")
        if is_quote:
            seen = True
        elif seen and line.strip() and not _HEADER.match(line.strip()):
            spans.append((at, at + len(line)))
        at += len(line)
    return spans


def _without_signature(text: str, spans: list[tuple[int, int]], quoted: bool) -> Own:
    if not spans:
        return Own((), quoted=quoted)
    kept: list[tuple[int, int]] = []
    signed = False
    said = False
    skip_names = 0
    card = _card(text, spans)
    for start, end in spans:
        line = text[start:end]
        bare = line.strip()
        if said and card is not None and start >= card:
            signed = True
            break
        if said and _SIGNATURE.match(line.rstrip("\n")):
            signed = True
            break
        if said and _CLOSING.match(line.rstrip("\n")):
            signed = True
            skip_names = 2
            continue
        if skip_names and bare:
            if len(bare.split()) <= 6 and not bare.endswith("?"):
                skip_names -= 1
                continue
            skip_names = 0
        if bare and "|" in bare and said and bare.count("|") >= 1 and len(bare) < 140 and not bare.endswith("?"):
            signed = True  # a signature card: name | title | phone
            continue
        said = said or bool(bare)
        kept.append((start, end))
    return Own(tuple(kept), quoted=quoted, signature=signed)


def _card(text: str, spans: list[tuple[int, int]]) -> int | None:
    """Where a closing card begins: a name on a line of its own after a gap, then only short lines (office, quote)."""
    for place, (start, end) in enumerate(spans):
        if place == 0 or text[slice(*spans[place - 1])].strip() or not _NAME.match(text[start:end].rstrip("\n")):
            continue
        rest = [text[slice(*span)].strip() for span in spans[place + 1 :]]
        filled = [line for line in rest if line]
        if 1 <= len(filled) <= 5 and all(len(line) <= 90 and not line.endswith("?") for line in filled):
            return start
    return None
