"""Cutting a text where evidence lies."""

from hypothesis import given
from hypothesis import strategies as st

from followup.domain.marking import Piece, excerpt, pieces


def test_a_text_is_cut_where_a_rule_fired() -> None:
    cut = pieces("it is worse today", [{"start": 6, "end": 11, "rule": "worse"}])
    assert cut == (Piece("it is "), Piece("worse", ("worse",)), Piece(" today"))


def test_overlapping_evidence_keeps_both_rules_on_the_shared_part() -> None:
    cut = pieces("much worse", [{"start": 0, "end": 10, "rule": "a"}, {"start": 5, "end": 10, "rule": "b"}])
    assert cut == (Piece("much ", ("a",)), Piece("worse", ("a", "b")))


def test_evidence_outside_the_text_marks_nothing() -> None:
    assert pieces("ok", [{"start": 1, "end": 9, "rule": "a"}]) == (Piece("ok"),)
    assert pieces("", []) == ()


SPANS = st.lists(
    st.tuples(st.integers(-3, 60), st.integers(-3, 60)).map(
        lambda span: {"start": span[0], "end": span[1], "rule": "r"}
    )
)


@given(st.text(max_size=50), SPANS)
def test_no_character_is_lost_or_doubled(text: str, evidence: list[dict[str, object]]) -> None:
    assert "".join(piece.text for piece in pieces(text, evidence)) == text


def test_a_long_text_is_shortened_around_its_evidence() -> None:
    text = "a" * 500 + " worse " + "b" * 500
    cut = excerpt(pieces(text, [{"start": 501, "end": 506, "rule": "worse"}]), 100)
    assert Piece("worse", ("worse",)) in cut
    assert sum(len(piece.text) for piece in cut) <= 104
    assert cut[0].text == "… "
    assert cut[-1].text == " …"


def test_a_short_text_is_left_whole() -> None:
    cut = pieces("worse", [{"start": 0, "end": 5, "rule": "worse"}])
    assert excerpt(cut, 100) == cut
