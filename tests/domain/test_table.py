"""Reading files of rows as they really come."""

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.table import REQUIRED, read_table, report_cell

HEAD = ",".join([*REQUIRED, "protocol"])
LINE = "pms,v-1,2026-03-03T09:30:00-06:00,0001,Rosa,Núñez,1961-05-17,tpi"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_told_apart(encoding: str, separator: str) -> None:
    content = f"{HEAD}\r\n{LINE}\r\n".replace(",", separator).encode(encoding)
    row = next(read_table(content).rows())
    assert row.values["patient.family_name"] == "Núñez"
    assert row.faults == ()


def test_the_line_in_which_excel_names_its_separator_is_understood() -> None:
    content = f"sep=;\r\n{HEAD}\r\n{LINE}\r\n".replace(",", ";").encode()
    assert [row.line for row in read_table(content).rows()] == [3]


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    content = f"\r\n{HEAD}\r\n\r\n{LINE}\r\n,,,,,,,\r\n{LINE}\r\n".encode()
    assert [row.line for row in read_table(content).rows()] == [4, 6]


def test_a_quoted_cell_may_hold_separators_and_line_breaks() -> None:
    line = LINE.replace("Núñez", '"Núñez, ""la\nVieja"""')
    rows = list(read_table(f"{HEAD}\n{line}\n{LINE}\n".encode()).rows())
    assert rows[0].values["patient.family_name"] == 'Núñez, "la\nVieja"'
    assert [row.line for row in rows] == [2, 4]


def test_head_names_may_differ_in_case_and_blanks() -> None:
    content = f"{HEAD.upper().replace(',', ' , ')}\n{LINE}\n".encode()
    assert next(read_table(content).rows()).values["patient.mrn"] == "0001"


def test_a_row_with_too_few_or_too_many_cells_is_a_fault_of_its_own() -> None:
    rows = list(read_table(f"{HEAD}\n{LINE},more\na,b\n{LINE}\n".encode()).rows())
    assert [bool(row.faults) for row in rows] == [True, True, False]
    assert "9 cells" in rows[0].faults[0].message


def test_a_number_that_a_spreadsheet_rounded_is_refused() -> None:
    rows = list(read_table(f"{HEAD}\n{LINE.replace('0001', '1.23E+11')}\n".encode()).rows())
    assert [(fault.field, "spreadsheet" in fault.message) for fault in rows[0].faults] == [("patient.mrn", True)]


def test_the_way_spreadsheets_keep_leading_zeros_is_understood() -> None:
    line = LINE.replace("0001", '"=""0001"""')
    assert next(read_table(f"{HEAD}\n{line}\n".encode()).rows()).values["patient.mrn"] == "0001"


def test_a_quote_that_is_never_closed_is_said_and_does_not_hide_the_rows_before_it() -> None:
    content = f'{HEAD}\n{LINE}\n"{"x" * 200_000}'.encode()
    rows = list(read_table(content).rows())
    assert [row.line for row in rows] == [2, 3]
    assert "never closed" in rows[1].faults[0].message


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n  ", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02\x03" * 50, "not text"),
        (b"a,b,c\n1,2,3\n", "not a column we know"),
        (f"{HEAD},\n".encode(), "has no name"),
        (HEAD.replace("patient.mrn,", "").encode(), "patient.mrn: is missing"),
        (HEAD.replace(",protocol", ",code.code").encode(), "protocol: is missing"),
        (HEAD.replace("protocol", "protocol,patient.phon").encode(), "did you mean patient.phone"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read_table(content)


@pytest.mark.parametrize("value", ["=1+1", "+12", "-3", "@x", "\tx", "\rx", "＝1"])
def test_what_a_spreadsheet_would_run_is_marked_as_text(value: str) -> None:
    assert report_cell(value) == f"'{value}"


def test_other_values_stay_as_they_are() -> None:
    assert [report_cell(value) for value in ("", "Rosa", "12-3")] == ["", "Rosa", "12-3"]
