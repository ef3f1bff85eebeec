"""Imports only look down, as the contracts in pyproject.toml say."""

import tomllib

from importlinter.cli import lint_imports

from tests.house.tree import ROOT


def test_every_import_keeps_the_contracts() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_contracts_name_every_room() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract for contract in settings["contracts"] if contract["type"] == "layers")["layers"]
    placed = {room.strip() for layer in layers for room in layer.split("|")}
    rooms = {f"followup.{path.parent.name}" for path in (ROOT / "followup").glob("*/__init__.py")} | {"workers"}
    assert rooms - placed == set(), "a room without a place in the layers may import anything"
    assert "followup.bootstrap" in placed
