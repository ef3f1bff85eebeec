"""A module is short, says in one sentence what it knows, and documents what others may call."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.house.tree import modules, name_of, parsed

LONGEST = 300


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: count for name, count in lengths.items() if count > LONGEST} == {}
    assert median(lengths.values()) <= 110


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_says_in_one_sentence_what_it_knows(path: Path) -> None:
    said = ast.get_docstring(parsed(path)) or ""
    first = " ".join(said.partition("\n\n")[0].split())
    assert first, "there is no docstring"
    assert first.endswith("."), first
    assert not re.search(r"[.!?] [A-Z]", first), f"more than one sentence: {first}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert list(_silent(parsed(path).body)) == []


def _silent(body: list[ast.stmt], within: str = "") -> Iterator[str]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _said_elsewhere(node):
            yield within + node.name
        if isinstance(node, ast.ClassDef):
            yield from _silent(node.body, f"{within}{node.name}.")


def _said_elsewhere(node: ast.stmt) -> bool:
    """True for a bare attribute of a protocol class, and for what SQLAlchemy and Click name and document."""
    if isinstance(node, ast.ClassDef):
        return False
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    bare = len(node.body) == 1 and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    theirs = {"load_dialect_impl", "process_bind_param", "process_result_value"}
    return bare or node.name in theirs
