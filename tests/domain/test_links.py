"""Tokens in links cannot be made up, nor used for another purpose."""

from uuid import UUID

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
