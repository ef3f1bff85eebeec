"""Protocols as files, from the command line."""

import json
import shutil
from pathlib import Path

from followup.paths import templates_dir
from tests.cli.conftest import Run, answer
from tests.cli.shell import one_line

SLUG = "trigger-point-injection"


def test_protocols_are_listed_with_steps_and_version(run: Run) -> None:
    rows = {row["slug"]: row for row in answer(run("protocol", "list", "--json"))}
    assert rows[SLUG]["steps"] == ["rest-today", "activity-48h", "day-two-check"]
    assert set(rows[SLUG]["languages"]) == {"en", "es"}
    assert len(rows[SLUG]["version"]) == 12


def test_the_protocols_that_ship_have_no_faults(run: Run) -> None:
    assert answer(run("protocol", "check", "--json")) == []


def test_every_fault_of_a_folder_is_reported_at_once(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / SLUG
    shutil.copytree(templates_dir() / "protocols" / SLUG, folder)
    (folder / "rest-today.en.sms.txt").write_text("Dear {{ patient_nmae }}, rest after your injection.\n")
    (folder / "day-two-check.es.sms.txt").unlink()
    wrong = run("protocol", "check", str(folder), "--json")
    assert wrong.exit_code == 1
    said = " ".join(f"{row['field']} {row['message']}" for row in json.loads(wrong.stdout))
    assert "patient_nmae" in said
    assert "day-two-check.es.sms.txt" in said
    one_line(wrong.stderr)


def test_a_folder_that_is_not_there_is_a_fault(run: Run, tmp_path: Path) -> None:
    wrong = run("protocol", "check", str(tmp_path / "none"))
    assert wrong.exit_code == 1
    one_line(wrong.stderr)


def test_a_preview_shows_every_message_with_its_date_and_weight(run: Run) -> None:
    rows = answer(
        run("protocol", "preview", SLUG, "--lang", "es", "--performed-at", "2026-03-03T09:30:00-06:00", "--json")
    )
    assert {row["step"] for row in rows} == {"rest-today", "activity-48h", "day-two-check"}
    assert all("2026-03-0" in row["local_due"] for row in rows)
    assert all(row["segments"] for row in rows if row["channel"] == "sms")


def test_a_preview_refuses_unknown_protocols_and_zones(run: Run) -> None:
    assert "nonsense" in one_line(run("protocol", "preview", "nonsense").stderr)
    assert "Mars/Olympus" in one_line(run("protocol", "preview", SLUG, "--zone", "Mars/Olympus").stderr)
