"""Commands on the database: forward, back, a copy and its return, new keys."""

import json
from pathlib import Path

from followup.embedded import directory
from tests.cli.conftest import Run, answer
from tests.cli.shell import one_line


def test_a_database_goes_forward_is_checked_and_goes_back(run: Run) -> None:
    assert run("db", "check").exit_code == 1
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").exit_code == 0
    assert "as this version needs it" in run("db", "check").stdout
    assert run("db", "downgrade", "--revision", "base", typed="n\n").exit_code == 1
    assert run("db", "check").exit_code == 0
    assert run("db", "downgrade", "--revision", "base", "--yes").exit_code == 0
    assert "empty" in one_line(run("db", "check").stderr)


def test_an_unknown_revision_is_one_sentence(run: Run, clinic: str) -> None:
    for words in (["db", "upgrade", "--revision", "nonsense"], ["db", "downgrade", "--revision", "nonsense", "--yes"]):
        wrong = run(*words)
        assert wrong.exit_code == 1
        assert "nonsense" in one_line(wrong.stderr)
    assert run("db", "check").exit_code == 0


def test_a_copy_comes_back_and_holds_sending_until_it_is_resumed(run: Run, clinic: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert run("db", "backup", str(copy)).exit_code == 0
    assert copy.stat().st_mode & 0o077 == 0
    run("staff", "add", "late@lakeview.example", "--name", "Late", "--role", "nurse")
    back = run("db", "restore", str(copy), "--yes")
    assert back.exit_code == 0
    assert "Sending is held" in back.stdout
    assert [row["slug"] for row in answer(run("clinic", "list", "--json"))] == ["lakeview"]
    assert run("staff", "add", "late@lakeview.example", "--name", "Late", "--role", "nurse").exit_code == 0
    held = answer(run("sending", "status", "--json"))
    assert held["held"]
    assert held["reason"] == "restored from a backup"


def test_a_copy_that_breaks_off_changes_nothing(run: Run, clinic: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert run("db", "backup", str(copy)).exit_code == 0
    copy.write_bytes(copy.read_bytes()[:-40])
    wrong = run("db", "restore", str(copy), "--yes")
    assert wrong.exit_code == 1
    assert "nothing was changed" in one_line(wrong.stderr)
    assert [row["slug"] for row in answer(run("clinic", "list", "--json"))] == ["lakeview"]


def test_a_copy_that_cannot_be_written_is_one_sentence(run: Run, clinic: str, tmp_path: Path) -> None:
    wrong = run("db", "backup", str(tmp_path / "nowhere" / "copy"))
    assert wrong.exit_code == 1
    assert "cannot be written" in one_line(wrong.stderr)


def test_nothing_is_restored_or_taken_back_under_a_running_service(
    run: Run, clinic: str, data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    run("db", "backup", str(copy))
    held = directory.lock(data)
    try:
        for words in (["db", "restore", str(copy)], ["db", "downgrade", "--revision", "base"]):
            wrong = run(*words, "--yes")
            assert wrong.exit_code == 1
            assert "already runs" in one_line(wrong.stderr)
    finally:
        held.close()
    assert run("db", "check").exit_code == 0


def test_keys_rotate_and_the_old_one_may_go(run: Run, clinic: str, data: Path) -> None:
    secrets = data / directory.SECRETS_FILE
    old = json.loads(secrets.read_text())
    new_key = "n" * 48
    secrets.write_text(json.dumps(old | {"ENCRYPTION_KEYS": f"{new_key},{old['ENCRYPTION_KEYS']}"}))
    assert run("db", "rotate-keys").exit_code == 0
    secrets.write_text(json.dumps(old | {"ENCRYPTION_KEYS": new_key}))
    assert run("clinic", "list").exit_code == 0
    assert run("db", "check").exit_code == 0
