"""What is under version control speaks of itself alone, and of no machine."""

import re

from tests.house.tree import ROOT, name_of, tracked

# Written so that this file does not match itself.
REGISTRY = re.compile(r"\b(pypi|pythonhosted|npmjs|crates)\.(org|io|com)\b|--(extra-)?index-url|--find-link[s]")
MACHINE = re.compile(r"(?<![\w.:/-])/(root|work|mnt|Users|home/[a-z]+)/[\w.]+")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bghp_\w{30}|\bAKIA[0-9A-Z]{16}\b")
# Twilio's numbers for tests, which no person can have, and those of its own worked example of a signature.
CARRIERS_OWN = re.compile(r"\+1500555000\d|\+14158675309|\+18005551212")
TELEPHONE = re.compile(r"\+1[- ]?\(?(\d{3})\)?[- ]?(\d{3})[- ]?(\d{4})\b")


def _texts() -> list[tuple[str, str]]:
    pairs = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            pairs.append((name_of(path), content.decode("utf-8")))
    assert len(pairs) > 100
    return pairs


def test_no_file_names_a_registry_a_machine_or_holds_a_private_key() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in _texts()
        for pattern in (REGISTRY, MACHINE, SECRET)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_every_telephone_number_is_of_the_range_for_fiction() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in _texts()
        for match in TELEPHONE.finditer(text)
        if name.startswith(("tests/", "followup/", "templates/", "README"))
        and not (match[2] == "555" and match[3].startswith("01"))
        and not CARRIERS_OWN.fullmatch(match.group())
    ]
    assert found == []


def test_the_folder_for_secrets_and_data_is_never_under_version_control() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8")
    for place in ("secrets", ".venv"):
        assert place in ignored
    assert [name for name, _ in _texts() if name.startswith("secrets/") or name.endswith((".sqlite", ".pem"))] == []
