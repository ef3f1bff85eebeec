"""Intake from the command line: one procedure, a file of them, taking one back."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run, answer
from tests.cli.shell import one_line

COLUMNS = (
    "source,external_id,protocol,performed_at,patient.mrn,patient.given_name,patient.family_name,patient.birth_date,"
    "patient.phone,patient.consent.sms"
)


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat(timespec="seconds")


def words(**changes: str) -> list[str]:
    given = {
        "external-id": "visit-1",
        "protocol": "trigger-point-injection",
        "performed-at": ago(minutes=30),
        "mrn": "M-1",
        "given-name": "Rosa",
        "family-name": "Delgado",
        "birth-date": "1961-05-17",
        "phone": "312-555-0101",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    return [
        "procedure",
        "record",
        *(part for name, value in given.items() for part in (f"--{name}", value)),
        "--consent-sms",
    ]


def test_recording_twice_is_recording_once(run: Run, clinic: str) -> None:
    once = words()
    first, second = answer(run(*once, "--json")), answer(run(*once, "--json"))
    assert first["new"]
    assert not second["new"]
    assert second["id"] == first["id"]
    assert second["communications"] == first["communications"]
    assert {row["step"] for row in first["communications"]} == {"rest-today", "activity-48h", "day-two-check"}


def test_a_repeat_that_differs_is_refused_and_names_the_field(run: Run, clinic: str) -> None:
    run(*words())
    wrong = run(*words(body_site="neck"))
    assert wrong.exit_code == 1
    assert "body_site" in one_line(wrong.stderr)


def test_every_fault_is_named_at_once(run: Run, clinic: str) -> None:
    wrong = run(*words(protocol="none", performed_at="yesterday", birth_date="1861-05-17", phone="12"))
    assert wrong.exit_code == 1
    said = one_line(wrong.stderr)
    for field in ("protocol", "performed_at", "patient.birth_date", "patient.phone"):
        assert field in said


def test_a_cancelled_procedure_stays_cancelled(run: Run, clinic: str) -> None:
    made = answer(run(*words(), "--json"))
    done = answer(run("procedure", "cancel", made["id"], "--reason", "wrong patient", "--entered-in-error", "--json"))
    assert done == {"id": made["id"], "status": "entered_in_error"}


def test_cancelling_what_is_not_there_is_one_line(run: Run, clinic: str) -> None:
    wrong = run("procedure", "cancel", "01a209cb-3cb7-7d9d-9b37-e04afdb78350", "--reason", "x")
    assert wrong.exit_code == 1
    one_line(wrong.stderr)


def test_good_rows_of_a_file_go_in_and_each_bad_one_is_reported(run: Run, clinic: str, tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    at = ago(hours=1)
    rows = [
        f"ehr,v1,trigger-point-injection,{at},M1,Ann,Lee,1970-01-02,312-555-0111,true",
        f"ehr,v2,no-such-protocol,{at},M2,Bo,Ray,1970-01-02,312-555-0112,true",
        f"ehr,v3,trigger-point-injection,{at},M3,Cy,Fox,1970-13-45,12,true",
        f"ehr,v4,trigger-point-injection,{at},M4,Di,Oak,1980-05-06,312-555-0114,true",
    ]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([COLUMNS, *rows]).encode())
    done = run("procedure", "import", str(file), "--json")
    assert done.exit_code == 1
    counts = json.loads(done.stdout)
    assert {key: counts[key] for key in ("total", "recorded", "repeated", "refused")} == {
        "total": 4, "recorded": 2, "repeated": 0, "refused": 2,
    }  # fmt: skip
    with Path(counts["report"]).open(newline="", encoding="utf-8-sig") as report:
        refused = [(row["line"], row["field"]) for row in csv.DictReader(report)]
    assert refused == [("3", "protocol"), ("4", "patient.birth_date"), ("4", "patient.phone")]
    again = json.loads(run("procedure", "import", str(file), "--json").stdout)
    assert (again["recorded"], again["repeated"]) == (0, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
        (b"mrn;name\n1;x\n", ""),
        (COLUMNS.encode() + b"\n", "no rows"),
        (COLUMNS.encode() + b"\nehr,\xff\xfe,x\n", ""),
    ],
)
def test_a_file_that_is_no_table_of_procedures_is_refused_in_one_line(
    run: Run, clinic: str, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "day.csv"
    file.write_bytes(content)
    wrong = run("procedure", "import", str(file))
    assert wrong.exit_code == 1
    assert said in one_line(wrong.stderr.splitlines()[-1])
    assert "Traceback" not in wrong.stderr


def test_a_file_that_is_not_there_is_one_line(run: Run, clinic: str, tmp_path: Path) -> None:
    wrong = run("procedure", "import", str(tmp_path / "none.csv"))
    assert wrong.exit_code == 1
    assert "cannot be read" in one_line(wrong.stderr)
