"""The lock files name every package with its version and hashes, no index, and agree with pyproject.toml."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
RUNTIME = PROJECT["project"]["dependencies"] + GROUPS["build"]
FILES = {"requirements.lock": RUNTIME, "requirements-dev.lock": RUNTIME + GROUPS["dev"]}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Each package's version and how many hashes it has."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {}
    for entry in entries:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", entry)
        assert match, f"neither a package nor a comment: {entry[:60]}"
        found[canonicalize_name(match[1])] = (match[2], entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_package_has_a_version_and_hashes(name: str) -> None:
    assert [package for package, (_, hashes) in locked(name).items() if not hashes] == []


@pytest.mark.parametrize("name", FILES)
def test_a_lock_file_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


@pytest.mark.parametrize("name", FILES)
def test_every_direct_dependency_is_locked_at_a_version_it_allows(name: str) -> None:
    found = locked(name)
    for line in FILES[name]:
        wanted = Requirement(line)
        version, _ = found[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(Version(version), prereleases=True), f"{line}: locked at {version}"


def test_tests_run_on_what_is_installed_in_production() -> None:
    production, tested = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: found for name, found in production.items() if tested.get(name) != found} == {}
