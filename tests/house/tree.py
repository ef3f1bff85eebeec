"""The files of the house, as its own tests look at them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "followup" / "store" / "migrations" / "versions"


def modules() -> list[Path]:
    """Every module that ships, migrations excepted: each of those is one flat list of tables."""
    found = [path for room in ("followup", "workers") for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if MIGRATIONS not in path.parents]


def name_of(path: Path) -> str:
    """A file's name from the root of the house on."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """A module as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    """Every file under version control; outside a checkout, every file that a copy of it would hold."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        hidden = {".venv", ".git", "build", "dist", "__pycache__"}
        return [
            path
            for path in ROOT.rglob("*")
            if path.is_file() and not any(part in hidden or part.endswith("_cache") for part in path.parts)
        ]
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]
