"""How a file of rows is read: its encoding, its separator, its columns, and row by row what each says."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process

from followup.domain.errors import Fault, InvalidInput
from followup.domain.intake import CONSENT_CHANNELS, PATIENT, TOP

COLUMNS = (
    *(name for name in TOP if name not in ("patient", "code")),
    "code.system",
    "code.code",
    *(f"patient.{name}" for name in PATIENT if name != "consent"),
    *(f"patient.consent.{channel.value}" for channel in CONSENT_CHANNELS),
)
REQUIRED = (
    "source", "external_id", "performed_at", "patient.mrn", "patient.given_name", "patient.family_name",
    "patient.birth_date",
)  # fmt: skip
_SEPARATORS = ",;\t|"
_BLOCK = 1 << 20
_LONGEST_CELL = 4096
# What Excel makes of long numbers; the digits are gone for good.
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_KEPT_AS_TEXT = re.compile(r'="(.*)"')
_NOT_TABLES = {
    b"PK\x03\x04": "an Excel or OpenDocument workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: how it is encoded, what separates its cells, and its columns in their order."""

    content: bytes
    encoding: str
    separator: str
    columns: tuple[str, ...]
    header_line: int

    def rows(self) -> Iterator["Row"]:
        """Every row that is not empty, in order, read as it goes; a row that cannot be read carries faults."""
        lines = csv.reader(_open(self.content, self.encoding), delimiter=self.separator)
        while True:
            begins = lines.line_num + 1
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error:
                why = "has a quote that is never closed; nothing from here on could be read"
                yield Row(begins, {}, (Fault("", why),))
                return
            if begins <= self.header_line or not any(cell.strip() for cell in cells):
                continue
            yield self._row(begins, cells)

    def _row(self, line: int, cells: list[str]) -> "Row":
        values = dict(zip(self.columns, (_plain(cell) for cell in cells), strict=False))
        faults: list[Fault] = []
        if len(cells) != len(self.columns):
            why = f"has {len(cells)} cells, and there are {len(self.columns)} columns; check separators and quotes"
            faults.append(Fault("", why))
        for name in ("external_id", "patient.mrn", "patient.phone"):
            if _SCIENTIFIC.fullmatch(values.get(name, "")):
                faults.append(Fault(name, "was turned into a rounded number by a spreadsheet; export it as text"))
        return Row(line, values, tuple(faults))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, its cells by column, and what is wrong with the row as such."""

    line: int
    values: dict[str, str]
    faults: tuple[Fault, ...] = ()

    def nested(self) -> dict[str, Any]:
        """The row as a request to record a procedure: columns with dots become groups, empty cells are not given."""
        request: dict[str, Any] = {}
        for column, value in self.values.items():
            if not value:
                continue
            *groups, name = column.split(".")
            target = request
            for group in groups:
                target = target.setdefault(group, {})
            target[name] = value
        request.setdefault("patient", {})
        return request


def read_table(content: bytes) -> Table:
    """What kind of table a file is. Raises InvalidInput that says everything that is wrong with its head at once.

    UTF-8 and UTF-16 with or without a mark are told apart from Windows-1252, commas from semicolons, tabs and bars.
    """
    for head, what in _NOT_TABLES.items():
        if content.startswith(head):
            raise InvalidInput(Fault("file", f"is {what}; save it as CSV (UTF-8) and send that"))
    if not content.strip(b"\x00\xff\xfe\xef\xbb\xbf \r\n\t"):
        raise InvalidInput(Fault("file", "is empty"))
    encoding = _encoding(content)
    separator, cells, header_line = _head(content, encoding)
    columns = tuple(re.sub(r"\s+", "", _plain(cell)).casefold() for cell in cells)
    faults = _column_faults(columns, cells)
    if faults:
        raise InvalidInput(faults)
    return Table(content, encoding, separator, columns, header_line)


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    start = content[:4096]
    if b"\x00" in start:
        # Plain letters in UTF-16 have every other byte zero.
        if start[1::2].count(0) > len(start) // 4:
            return "utf-16-le"
        if start[0::2].count(0) > len(start) // 4:
            return "utf-16-be"
        raise InvalidInput(Fault("file", "is not text; save the table as CSV (UTF-8) and send that"))
    try:
        with _open(content, "utf-8") as text:
            while text.read(_BLOCK):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _open(content: bytes, encoding: str) -> io.TextIOWrapper:
    """The file as text, decoded as it is read. Windows-1252 leaves five bytes undefined; the row check finds them."""
    errors = "replace" if encoding == "cp1252" else "strict"
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors=errors, newline="")


def _head(content: bytes, encoding: str) -> tuple[str, list[str], int]:
    """The separator, the cells of the head and the line it stands on."""
    try:
        with _open(content, encoding) as text:
            lines = [text.readline(65536) for _ in range(20)]
    except UnicodeDecodeError as error:
        raise InvalidInput(Fault("file", f"is not text in {encoding}; save it as CSV (UTF-8)")) from error
    named = next((line[4] for line in lines[:1] if re.fullmatch(r"sep=.\s*", line)), None)
    for number, line in enumerate(lines, start=1):
        if not line.strip() or (named and number == 1):
            continue
        choices = [named] if named else list(_SEPARATORS)
        parsed = [(separator, next(csv.reader([line], delimiter=separator))) for separator in choices]

        def known(found: tuple[str, list[str]]) -> tuple[int, int]:
            return sum(_plain(cell).casefold() in COLUMNS for cell in found[1]), len(found[1])

        separator, cells = max(parsed, key=known)
        return separator, cells, number
    raise InvalidInput(Fault("file", "has no head that names its columns"))


def _column_faults(columns: tuple[str, ...], cells: list[str]) -> list[Fault]:
    faults: list[Fault] = []
    for number, (column, cell) in enumerate(zip(columns, cells, strict=True), start=1):
        if not column:
            faults.append(Fault(f"column {number}", "has no name; name it or remove it"))
        elif columns.index(column) < number - 1:
            faults.append(Fault(column, "is there twice; keep one"))
        elif column not in COLUMNS:
            near = process.extractOne(column, COLUMNS, score_cutoff=75)
            hint = f"did you mean {near[0]}?" if near else "remove it"
            faults.append(Fault(cell.strip()[:100], f"is not a column we know; {hint}"))
    faults += [Fault(name, "is missing; every file needs this column") for name in REQUIRED if name not in columns]
    if "protocol" not in columns and not {"code.system", "code.code"} <= set(columns):
        faults.append(Fault("protocol", "is missing; give it, or code.system and code.code"))
    return faults


def _plain(cell: str) -> str:
    """A cell without outer blanks, and without the ="..." by which spreadsheets keep leading zeros."""
    bare = cell.strip().lstrip("\ufeff").strip()
    kept = _KEPT_AS_TEXT.fullmatch(bare)
    return (kept.group(1) if kept else bare)[: _LONGEST_CELL + 1]


def report_cell(value: str) -> str:
    """A value that is safe to open in a spreadsheet: one that would be taken for a formula is marked as text."""
    return f"'{value}" if value[:1] in "=+-@\t\r\n＝＋－＠|" and value else value
