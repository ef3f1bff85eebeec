"""What an operator asks and says: doctor, hold, status, resume."""

import json

import pytest

from tests.cli.conftest import Run, answer
from tests.cli.shell import one_line


def test_doctor_names_each_thing_that_is_wrong_and_how_to_mend_it(run: Run, clinic: str) -> None:
    shown = run("doctor", "--json")
    assert shown.exit_code == 1
    found = {row["name"]: row for row in json.loads(shown.stdout)}
    assert found["settings"]["well"]
    assert found["database"]["well"]
    assert found["clock"]["well"]
    for name in ("broker", "worker", "beat", "texts", "mail out", "mail in"):
        assert not found[name]["well"], name
        assert found[name]["mend"], name
    assert "are wrong" in one_line(shown.stderr)


def test_doctor_speaks_of_wrong_settings_before_anything_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUP_PUBLIC_URL", "clinic.example")
    shown = run("doctor")
    assert shown.exit_code == 1
    assert "FOLLOWUP_PUBLIC_URL" in shown.stdout


def test_doctor_says_that_the_database_was_never_migrated(run: Run) -> None:
    shown = run("doctor")
    assert shown.exit_code == 1
    assert "followup db upgrade" in shown.stdout


def test_doctor_names_a_broker_that_is_away(run: Run, clinic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUP_BROKER_URL", "redis://127.0.0.1:1/0")
    found = {row["name"]: row for row in json.loads(run("doctor", "--json").stdout)}
    assert not found["broker"]["well"]
    assert "FOLLOWUP_BROKER_URL" in found["broker"]["mend"]


def test_sending_is_held_shown_and_let_go(run: Run, clinic: str) -> None:
    assert answer(run("sending", "status", "--json")) == {"held": False, "since": None, "reason": None}
    assert run("sending", "hold", "--reason", "carrier trouble").exit_code == 0
    held = answer(run("sending", "status", "--json"))
    assert held["held"]
    assert held["reason"] == "carrier trouble"
    assert "carrier trouble" in run("sending", "status").stdout
    assert run("sending", "resume").exit_code == 0
    assert "Messages leave" in run("sending", "status").stdout
