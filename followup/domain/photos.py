"""What a photo is by its content, and the same photo without what the camera wrote beside it (place, time, device)."""

import struct
import zlib

LARGEST = 10 * 1024 * 1024
MOST = 3
JPEG, PNG = "image/jpeg", "image/png"

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
# What a PNG's picture is made of. Anything else in the file is text, time or a program's own notes.
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"}
)
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_ORIENTATION = 0x0112


def kind_of(content: bytes) -> str | None:
    """image/jpeg or image/png by the first bytes, whatever the file is called; None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    return PNG if content.startswith(_PNG_HEAD) else None


def bare(content: bytes) -> bytes:
    """The picture alone: no place, time, device, preview, text or trailing data. It is not compressed again.

    A JPEG keeps which way up it is and its colours. Raises ValueError for what is no whole JPEG or PNG.
    """
    kind = kind_of(content)
    try:
        if kind == JPEG:
            return _bare_jpeg(content)
        if kind == PNG:
            return _bare_png(content)
    except (IndexError, struct.error) as error:
        raise ValueError("it ends too early") from error
    raise ValueError("it is neither JPEG nor PNG")


def _bare_png(content: bytes) -> bytes:
    parts, at = [_PNG_HEAD], len(_PNG_HEAD)
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise ValueError("a part of it is broken")
        if len(parts) == 1 and name != b"IHDR":
            raise ValueError("it does not begin as a PNG does")
        if name in _PNG_KEPT:
            parts.append(content[at:end])
        if name == b"IEND":
            return b"".join(parts)
        at = end


def _bare_jpeg(content: bytes) -> bytes:
    parts, at, way_up, framed = [b"\xff\xd8"], 2, 1, False
    while True:
        if content[at] != 0xFF:
            raise ValueError("a part of it is broken")
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            if not framed:
                raise ValueError("it holds no picture")
            return b"".join([parts[0], _exif_of(way_up), *parts[1:], b"\xff\xd9"])
        if marker in _ALONE:
            parts.append(content[at : at + 2])
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise ValueError("a part of it is broken")
        body = content[at + 4 : end]
        if marker == _APP1 and body.startswith(b"Exif\x00\x00"):
            way_up = _way_up(body[6:])
        if _stays(marker, body):
            parts.append(content[at:end])
        at = end
        if marker == _SOS:
            framed = True
            at = _scan_end(content, end)
            parts.append(content[end:at])


def _stays(marker: int, body: bytes) -> bool:
    """Colours and the picture stay; every camera's and program's notes go."""
    if marker == _APP2:
        return body.startswith(b"ICC_PROFILE\x00")
    if marker in (_APP0, _APP14):
        return body.startswith((b"JFIF\x00", b"Adobe"))
    return not (_APP0 <= marker <= _APP15 or marker == _COM)


def _scan_end(content: bytes, at: int) -> int:
    """Where the compressed picture ends: at the first marker that does not belong to it."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise ValueError("it ends too early")
        following = content[at + 1]
        if following == 0 or following in _ALONE:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at


def _way_up(tiff: bytes) -> int:
    """The orientation (1 to 8) that the camera noted; 1 where it is missing or makes no sense."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for number in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        return 1
    return 1


def _exif_of(way_up: int) -> bytes:
    """An EXIF part that says which way up the picture is and nothing else; none where it stands upright."""
    if way_up == 1:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, way_up, 0)
    body = b"Exif\x00\x00" + b"MM\x00*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
