"""Exit codes: 0 done, 1 something is wrong and said in one line, 2 wrong usage."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click import Group

from followup.cli.main import main
from tests.cli.conftest import Run
from tests.cli.shell import clean_environment, followup, one_line

# Every command of the outside contract.
CONTRACT = {
    "demo", "serve", "web", "triage", "doctor",
    "db upgrade", "db downgrade", "db check", "db backup", "db restore", "db rotate-keys",
    "clinic add", "staff add", "apikey create",
    "procedure record", "procedure import", "procedure cancel",
    "protocol list", "protocol check", "protocol preview",
    "sending hold", "sending status", "sending resume",
    "bench delivery", "bench inbound", "bench queue", "bench triage",
}  # fmt: skip


def _commands() -> set[str]:
    context = main.make_context("followup", [], resilient_parsing=True)
    found = set()
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.help, f"{name} says nothing of itself"
        if not isinstance(command, Group):
            found.add(name)
            continue
        for each, below in command.commands.items():
            assert below.help, f"{name} {each} says nothing of itself"
            found.add(f"{name} {each}")
    return found


def test_every_command_of_the_contract_is_there() -> None:
    assert CONTRACT - _commands() == set()


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_every_command_explains_itself(run: Run, name: str) -> None:
    shown = run(*name.split(), "--help")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Usage: followup {name}")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["clinic", "add"], ["serve", "--port", "0"], ["triage"], ["triage", "a", "--jsonl", "b"]]
)
def test_wrong_usage_exits_with_2(run: Run, words: list[str]) -> None:
    wrong = run(*words)
    assert wrong.exit_code == 2
    assert "Usage:" in wrong.stderr


def test_what_is_wrong_is_said_in_one_line_with_exit_code_1(tmp_path: Path) -> None:
    done = followup("clinic", "list", FOLLOWUP_DATA_DIR=str(tmp_path / "new"))
    assert done.returncode == 1
    assert one_line(done.stderr) == "followup: The database is empty; run: followup db upgrade"
    assert done.stdout == ""


def test_a_misspelt_setting_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUP_TWILO_FROM", "x")
    wrong = run("db", "check")
    assert wrong.exit_code == 1
    assert "FOLLOWUP_TWILO_FROM: no such setting" in one_line(wrong.stderr)


def test_a_data_directory_that_cannot_be_written_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FOLLOWUP_DATA_DIR", str(tmp_path / "file"))
    wrong = run("db", "upgrade")
    assert wrong.exit_code == 1
    assert "cannot be written" in one_line(wrong.stderr)


@pytest.mark.parametrize(
    "words", [["db", "check"], ["db", "upgrade"], ["db", "backup", "copy"], ["clinic", "list"], ["sending", "status"]]
)
def test_a_database_that_is_away_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    monkeypatch.setenv("FOLLOWUP_DATABASE_URL", f"postgresql://127.0.0.1:{port}/none")
    monkeypatch.setenv("FOLLOWUP_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("FOLLOWUP_ENCRYPTION_KEYS", "k" * 40)
    wrong = run(*words)
    assert wrong.exit_code == 1
    assert "database cannot be reached" in one_line(wrong.stderr)


def test_a_file_that_is_no_database_is_one_sentence(run: Run, data: Path) -> None:
    (data / "followup.sqlite").write_text("this is a shopping list, not a database\n" * 50)
    for words in (["db", "upgrade"], ["db", "check"]):
        wrong = run(*words)
        assert wrong.exit_code == 1
        assert "not a database" in one_line(wrong.stderr)


def test_a_reader_that_goes_away_ends_a_command_quietly() -> None:
    command = [sys.executable, "-m", "followup.cli", "protocol", "preview", "trigger-point-injection"]
    with subprocess.Popen(
        command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert "Traceback" not in writer.stderr.read()
