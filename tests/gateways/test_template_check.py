"""What is wrong with a template or a folder before anything is rendered."""

from pathlib import Path

import pytest

from followup.domain.errors import ConfigurationError
from followup.domain.protocol_files import ProtocolFiles
from followup.gateways.template_check import (
    read_folder,
    read_main,
    read_private_words,
    uses,
    variable_faults,
    words_on_screen,
)

KNOWN = {"clinic", "phone", "given_name"}


def test_known_variables_and_a_templates_own_are_no_faults() -> None:
    source = "{{ clinic }}{% set x = phone %}{{ x }}{% for sign in clinic %}{{ sign }}{% endfor %}"
    assert variable_faults("a.txt", source, KNOWN) == []


def test_every_unknown_variable_is_told_with_its_line_and_a_close_name() -> None:
    faults = variable_faults("a.txt", "{{ clinc }}\n\n{{ phone }} {{ colour }}", KNOWN)
    assert [fault.field for fault in faults] == ["a.txt line 1", "a.txt line 3"]
    assert "did you mean clinic?" in faults[0].message
    assert "known here are clinic, given_name, phone" in faults[1].message


def test_a_template_that_cannot_be_read_is_told_with_its_line() -> None:
    (fault,) = variable_faults("a.txt", "ok\n{{ clinic }", KNOWN)
    assert fault.field == "a.txt line 2"
    assert "is not a template" in fault.message


def test_a_template_may_not_take_in_another_file() -> None:
    for source in ("{% include 'b' %}", "{% extends 'b' %}", "{% import 'b' as b %}", "{% from 'b' import c %}"):
        assert any("takes in another file" in fault.message for fault in variable_faults("a", source, KNOWN)), source


def test_use_of_a_variable_is_seen() -> None:
    assert uses("{{ clinic }}: Rest", "clinic")
    assert not uses("clinic: Rest", "clinic")
    assert not uses("{{ clinic ", "clinic")


def test_a_folder_is_read_whole_and_what_is_no_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "protocol.yaml").write_text("name: x")
    (tmp_path / "a.en.sms.txt").write_bytes(b"caf\xe9")
    (tmp_path / "more").mkdir()
    (tmp_path / ".hidden").write_text("x")
    files, faults = read_folder(tmp_path)
    assert (files.slug, dict(files.files)) == (tmp_path.name, {"protocol.yaml": "name: x"})
    assert sorted(fault.field for fault in faults) == ["a.en.sms.txt", "more"]
    assert any("not UTF-8 (byte 4)" in fault.message for fault in faults)


def test_a_folder_that_is_missing_or_empty_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not a protocol's folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(ConfigurationError, match="is empty"):
        read_folder(tmp_path)


def test_yaml_that_cannot_be_read_is_told_with_its_line() -> None:
    data, (fault,) = read_main(ProtocolFiles("x", {"protocol.yaml": "a: 1\nb: [1\nc: 2\n"}))
    assert data is None
    assert fault.field.startswith("protocol.yaml line ")
    data, (fault,) = read_main(ProtocolFiles("x", {}))
    assert "is missing" in fault.message


def test_a_python_object_in_the_yaml_is_refused() -> None:
    _, (fault,) = read_main(ProtocolFiles("x", {"protocol.yaml": "a: !!python/object/apply:os.getcwd []"}))
    assert "is not YAML" in fault.message


def test_the_word_list_is_read_by_language_and_kind(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("drug:\n  en: [steroid]\n  es: [esteroide]\n")
    assert read_private_words(path) == {"en": {"drug": ("steroid",)}, "es": {"drug": ("esteroide",)}}
    for wrong in ("- a", "a: 1", "a: {en: 3}", "["):
        path.write_text(wrong)
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_private_words(path)


def test_the_words_on_a_screen_are_without_tags() -> None:
    assert words_on_screen("<p>Rest &amp; <strong>call</strong></p>").split() == ["Rest", "&", "call"]
