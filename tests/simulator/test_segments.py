"""Counting segments, against the limits that GSM 03.38 and UCS-2 set."""

import pytest

from followup.simulator.segments import count_segments


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the two septets of a euro sign stay together
        ("é" * 160, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),  # a pair of units stays together
    ],
)
def test_a_text_takes_as_many_segments_as_the_air_needs(body: str, segments: int) -> None:
    assert count_segments(body) == segments
