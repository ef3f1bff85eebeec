"""Sealed values open with any listed key and in their own place only."""

import pytest

from followup.domain.errors import ConfigurationError
from followup.store.vault import Vault

OLD, NEW = "o" * 32, "n" * 32


def test_what_an_older_key_sealed_still_opens_after_a_rotation() -> None:
    sealed = Vault((OLD,)).seal(b"words", "replies.text")
    rotated = Vault((NEW, OLD))
    assert rotated.open(sealed, "replies.text") == b"words"
    assert not rotated.is_newest(sealed)
    assert rotated.is_newest(rotated.seal(b"words", "replies.text"))


def test_a_value_does_not_open_in_another_column() -> None:
    vault = Vault((NEW,))
    with pytest.raises(ConfigurationError):
        vault.open(vault.seal(b"words", "replies.text"), "patients.phone")


def test_a_value_sealed_with_an_unknown_key_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="FOLLOWUP_ENCRYPTION_KEYS"):
        Vault((NEW,)).open(Vault((OLD,)).seal(b"words", "replies.text"), "replies.text")


def test_the_same_word_has_the_same_index_and_another_in_another_kind() -> None:
    vault = Vault((NEW,), index_key=b"i" * 32)
    assert vault.blind("phone", "1") == vault.blind("phone", "1")
    assert vault.blind("phone", "1") != vault.blind("mrn", "1")
