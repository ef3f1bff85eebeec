"""Tokens in links cannot be made up, nor used for another purpose."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from followup.domain import links

SECRET = b"secret" * 8


@given(st.uuids())
def test_a_token_stands_for_what_it_was_made_for_in_any_case(subject: UUID) -> None:
    token = links.sign(SECRET, "unsubscribe", subject)
    assert links.read(SECRET, "unsubscribe", token.upper()) == subject
    assert links.read(SECRET, "reply", token) is None
    assert links.read(b"another" * 8, "unsubscribe", token) is None


@given(st.text(max_size=60))
def test_anything_else_stands_for_nothing(text: str) -> None:
    assert links.read(SECRET, "unsubscribe", text) is None


def test_a_changed_token_stands_for_nothing() -> None:
    token = links.sign(SECRET, "unsubscribe", UUID(int=7))
    changed = ("a" if token[5] != "a" else "b").join((token[:5], token[6:]))
    assert links.read(SECRET, "unsubscribe", changed) is None


def test_a_short_token_is_short_names_its_clinic_and_holds_nothing_of_its_subject() -> None:
    secret, clinic, other, subject = b"s" * 32, uuid4(), uuid4(), uuid4()
    token = links.short(secret, "check-in", clinic, subject)
    assert len(token) == 19
    assert token == token.lower()
    assert links.same_clinic(token.upper(), links.clinic_part(secret, clinic))
    made = {
        links.short(secret, "check-in", clinic, subject), links.short(secret, "check-in", clinic, uuid4()),
        links.short(secret, "other", clinic, subject), links.short(secret, "check-in", other, subject),
        links.short(b"t" * 32, "check-in", clinic, subject),
    }  # fmt: skip
    assert len(made) == 5
    assert subject.hex not in token
    assert links.fingerprint(f" {token.upper()} ") == links.fingerprint(token)
