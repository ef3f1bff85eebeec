"""Commands run on an embedded data directory of their own, in this process; a few tests start real processes."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from followup.cli.main import main
from tests.cli.shell import clean_environment

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, _migrated_sqlite: Path) -> Path:
    """A data directory whose database is migrated; its secrets are made by the first command."""
    place = tmp_path / "data"
    place.mkdir()
    return place


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command sets logging up for its process; here the process goes on."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("followup", "workers")}
    yield
    root.handlers[:], root.level = handlers, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command; gives its result with `stdout`, `stderr` and `exit_code`."""
    environment = clean_environment(FOLLOWUP_DATA_DIR=str(data))
    for name in os.environ.keys() - environment.keys():
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, list(words), input=typed, prog_name="followup")

    return call


@pytest.fixture
def clinic(run: Run) -> str:
    """A migrated database with the clinic lakeview, which has a number and an address."""
    assert run("db", "upgrade").exit_code == 0
    added = run(
        *("clinic", "add", "lakeview", "--name", "Lakeview Pain Center", "--zone", "America/Chicago"),
        *("--phone", "312-555-0199", "--sms-from", "+13125550100", "--email-from", "care@lakeview.example"),
    )
    assert added.exit_code == 0, added.stderr
    return "lakeview"


def answer(result: Result) -> Any:
    """What a command with --json said; it must have gone well."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)
