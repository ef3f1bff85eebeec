"""A photo is known by its content and loses what the camera wrote beside it."""

import struct
import zlib

import pytest

from followup.domain.photos import JPEG, PNG, bare, kind_of


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*extra: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(b"\0abc")) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(way_up: int, order: str = ">") -> bytes:
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way_up, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 26)
    return b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 2) + entries + b"GPS 41.88 -87.63"


FRAME = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
SCAN = segment(0xDA, b"\1\1\0\0?\0") + b"abc\xff\x00de\xff\xd0fg"


def jpeg(*extra: bytes, tail: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(extra) + FRAME + SCAN + b"\xff\xd9" + tail


def test_what_a_file_is_called_does_not_matter() -> None:
    assert kind_of(jpeg()) == JPEG
    assert kind_of(png()) == PNG
    for other in (b"", b"GIF89a", b"<svg onload=x>", b"%PDF-1.7", b"\0\0\0\x18ftypheic", b"RIFF0000WEBP"):
        assert kind_of(other) is None


def test_a_jpeg_loses_place_device_notes_and_what_hangs_behind_it() -> None:
    noted = jpeg(
        segment(0xE0, b"JFIF\0\1\1"), segment(0xE1, exif(1)), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0GPS"),
        segment(0xE2, b"MPF\0GPS"), segment(0xED, b"Photoshop GPS"), segment(0xFE, b"comment GPS"), tail=b"video GPS",
    )  # fmt: skip
    assert bare(noted) == jpeg(segment(0xE0, b"JFIF\0\1\1"))


def test_a_jpeg_keeps_its_colours_its_scans_and_which_way_up_it_is() -> None:
    colours = segment(0xE2, b"ICC_PROFILE\0\1\1abc")
    assert bare(jpeg(colours)) == jpeg(colours)
    for order in "<>":
        for way_up in range(2, 9):
            kept = bare(jpeg(segment(0xE1, exif(way_up, order))))
            assert b"GPS" not in kept
            assert struct.pack(">HHIH", 0x0112, 3, 1, way_up) in kept
            assert bare(kept) == kept
    two_scans = b"\xff\xd8" + FRAME + SCAN + segment(0xC4, b"table") + SCAN + b"\xff\xd9"
    assert bare(two_scans) == two_scans


def test_an_orientation_that_makes_no_sense_is_upright() -> None:
    for wrong in (exif(9), exif(0), b"Exif\0\0XX", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0MM\0*"):
        assert bare(jpeg(segment(0xE1, wrong))) == jpeg()


def test_a_png_loses_its_texts_and_times() -> None:
    noted = png(chunk(b"tEXt", b"GPS\0x"), chunk(b"eXIf", exif(1)), chunk(b"tIME", b"1234567"), chunk(b"iTXt", b"GPS"))
    assert bare(noted + b"GPS behind") == png()
    kept = png(chunk(b"gAMA", b"\0\0\0\1"))
    assert bare(kept) == kept


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"hello", b"\xff\xd8\xff", jpeg()[:-2], jpeg()[:12], b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe1\0\1",
        png()[:-4], png()[:20], png()[:40] + b"x" + png()[41:], b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
        b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8" + b"\xff" * 50,
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"it |part"):
        bare(broken)
