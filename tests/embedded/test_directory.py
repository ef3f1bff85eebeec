"""The data directory: private, locked, with secrets that last."""

from pathlib import Path

import pytest

from followup.domain.errors import ConfigurationError
from followup.embedded import directory


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    first = directory.prepare(tmp_path / "data")
    assert directory.prepare(tmp_path / "data") == first
    assert len(first["ENCRYPTION_KEYS"]) >= 32
    assert (tmp_path / "data" / directory.SECRETS_FILE).stat().st_mode & 0o077 == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_directory_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        directory.prepare(tmp_path / "file" / "data")


def test_half_a_secrets_file_is_refused_and_kept(tmp_path: Path) -> None:
    directory.prepare(tmp_path)
    (tmp_path / directory.SECRETS_FILE).write_text('{"SECRET')
    with pytest.raises(ConfigurationError, match="restore it"):
        directory.prepare(tmp_path)
    assert (tmp_path / directory.SECRETS_FILE).read_text() == '{"SECRET'


def test_a_second_service_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    held = directory.lock(tmp_path)
    with pytest.raises(ConfigurationError, match="already runs"):
        directory.lock(tmp_path)
    held.close()
    directory.lock(tmp_path).close()
