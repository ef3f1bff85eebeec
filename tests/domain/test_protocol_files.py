"""The digest of a protocol's folder, and the names of its files."""

from followup.domain.delivery import Channel
from followup.domain.protocol_files import ProtocolFiles, files_for


def test_the_same_files_have_the_same_digest_in_any_order() -> None:
    assert ProtocolFiles("a", {"x": "1", "y": "2"}).digest == ProtocolFiles("b", {"y": "2", "x": "1"}).digest


def test_a_changed_letter_a_renamed_file_and_a_new_one_each_change_the_digest() -> None:
    digests = {
        ProtocolFiles("a", files).digest
        for files in ({"x": "1"}, {"x": "2"}, {"y": "1"}, {"x": "1", "y": ""}, {"x": "1y"})
    }
    assert len(digests) == 5


def test_a_text_is_one_file_and_a_mail_is_two() -> None:
    assert files_for("rest-today", "es", Channel.SMS) == ("rest-today.es.sms.txt",)
    assert files_for("rest-today", "en", Channel.EMAIL) == ("rest-today.en.email.txt", "rest-today.en.email.html")
