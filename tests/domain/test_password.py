"""What a password must be."""

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.password import LONGEST, SHORTEST, check_password


@pytest.mark.parametrize("good", ["seven green herons", "k7#Qp!z2Lm4x", "ñandú veloz corre", "x1y2z" * 3])
def test_a_long_password_of_any_signs_is_taken(good: str) -> None:
    check_password(good, email="rosa@lakeside.example", name="Rosa Patel")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("k7#Qp!z2Lm4"[: SHORTEST - 1], "at least 12"),
        ("seven green herons" * 20, f"at most {LONGEST}"),
        ("abababababab", "different characters"),
        ("my name is Patel", "Leave your own name"),
        ("letmein please now", "guesser"),
    ],
)
def test_a_guessable_password_is_refused_with_what_to_change(bad: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        check_password(bad, email="rosa@lakeside.example", name="Rosa Patel")
