"""Clinics, staff and keys from the command line."""

import pytest

from tests.cli.conftest import Run, answer
from tests.cli.shell import one_line


def test_a_clinic_is_added_with_what_it_writes_from(run: Run, clinic: str) -> None:
    made = answer(
        run(
            "clinic",
            "add",
            "hill",
            "--name",
            "Hill Clinic",
            "--zone",
            "America/Denver",
            "--sms-from",
            "+13125550102",
            "--json",
        )
    )
    assert made["slug"] == "hill"
    assert made["senders"] == {"sms": "+13125550102"}
    assert [row["slug"] for row in answer(run("clinic", "list", "--json"))] == ["hill", "lakeview"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["clinic", "add", "lakeview", "--name", "Again", "--zone", "America/Chicago"], "lakeview"),
        (["clinic", "add", "far", "--name", "Far", "--zone", "Mars/Olympus"], "Mars/Olympus"),
        (["clinic", "add", "twin", "--name", "Twin", "--zone", "America/Chicago", "--sms-from", "+13125550100"],
         "sender"),
        (["staff", "add", "no-address", "--name", "No", "--role", "nurse"], "no-address"),
        (["staff", "add", "a@lakeview.example", "--name", "A", "--role", "nurse", "--clinic", "none"], "none"),
        (["apikey", "create", "Machine", "--scope", "everything"], "everything"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(run: Run, clinic: str, words: list[str], said: str) -> None:
    wrong = run(*words)
    assert wrong.exit_code == 1
    assert said in one_line(wrong.stderr)


def test_a_clinic_must_be_named_where_there_are_several(run: Run, clinic: str) -> None:
    run("clinic", "add", "hill", "--name", "Hill Clinic", "--zone", "America/Denver")
    words = ["staff", "add", "a@hill.example", "--name", "Ada", "--role", "admin"]
    assert "--clinic" in one_line(run(*words).stderr)
    assert run(*words, "--clinic", "hill").exit_code == 0


def test_a_person_gets_a_first_password_and_a_machine_its_key_once(run: Run, clinic: str) -> None:
    person = answer(run("staff", "add", "nora@lakeview.example", "--name", "Nora Reyes", "--role", "nurse", "--json"))
    assert len(person["password"]) >= 12
    machine = answer(run("apikey", "create", "Practice system", "--scope", "procedures:write", "--json"))
    assert machine["key"].startswith("fup_")
    assert run("staff", "add", "nora@lakeview.example", "--name", "Nora", "--role", "nurse").exit_code == 1
