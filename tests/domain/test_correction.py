"""A correction names a level of the scale that does not stand already, and never lowers a case below other words."""

import pytest

from followup.domain.acuity import Acuity
from followup.domain.correction import corrected, lowered
from followup.domain.errors import InvalidInput


@pytest.mark.parametrize("level", ["emergency", "urgent", "routine", "none"])
def test_a_reply_can_be_corrected_to_each_level_of_the_scale(level: str) -> None:
    assert corrected(level, Acuity.OPT_OUT) == level


@pytest.mark.parametrize("wrong", ["", "opt_out", "help", "very urgent"])
def test_nothing_else_is_a_level(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="acuity"):
        corrected(wrong, Acuity.NONE)


def test_the_level_that_stands_is_no_correction() -> None:
    with pytest.raises(InvalidInput, match="stands as urgent"):
        corrected("urgent", Acuity.URGENT)


def test_a_case_is_lowered_no_further_than_its_other_words_and_never_below_routine() -> None:
    assert lowered(Acuity.NONE, []) is Acuity.ROUTINE
    assert lowered(Acuity.ROUTINE, [Acuity.URGENT, Acuity.NONE]) is Acuity.URGENT
    assert lowered(Acuity.URGENT, [Acuity.ROUTINE]) is Acuity.URGENT
