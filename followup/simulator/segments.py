"""Counts how many segments a text takes on the air (GSM 03.38; 160/153 septets or 70/67 UTF-16 units)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_BASIC_ALONE = 160


def count_segments(body: str) -> int:
    """Segments of `body`; at least 1. A character of two units is never split over two segments."""
    if len(body) <= _BASIC_ALONE and _BASIC.issuperset(body):
        return 1
    if all(char in _BASIC or char in _EXTENDED for char in body):
        sizes = [2 if char in _EXTENDED else 1 for char in body]
        alone, joined = _BASIC_ALONE, 153
    else:
        sizes = [2 if ord(char) > 0xFFFF else 1 for char in body]
        alone, joined = 70, 67
    if sum(sizes) <= alone:
        return 1
    segments, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            segments, filled = segments + 1, 0
        filled += size
    return segments
