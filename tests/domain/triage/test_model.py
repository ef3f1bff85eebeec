"""The learned parts: their files, their opinions, and what is done with them."""

import numpy as np
import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import ReplyContext, meaning, model
from followup.domain.triage.decide import Thresholds, decide
from followup.domain.triage.meaning import Layer, Meaning, blended
from followup.domain.triage.model import CLASSES, Model
from followup.domain.triage.rules import Mark, Weighed

LIMITS = Thresholds()
NONE, ROUTINE, URGENT, EMERGENCY, OPT_OUT = np.eye(5).tolist()


def small() -> Model:
    weights = np.zeros((2, 6), np.float32)
    weights[1, 3] = 4.0
    return Model(np.array([7, 9], np.uint32), np.ones(2, np.float32), weights, np.zeros(6, np.float32))


def test_the_model_knows_its_features_and_ignores_others() -> None:
    levels, stop = small().chances(([9], [], [], []))
    assert levels.index(max(levels)) == CLASSES.index(Acuity.EMERGENCY)
    assert stop == pytest.approx(0.5)
    unknown, _ = small().chances(([1, 2, 3], [], [], []))
    assert unknown == pytest.approx([0.2] * 5)


def test_weights_survive_their_file_and_a_changed_byte_is_refused() -> None:
    data, checksum = model.dump(small())
    assert model.parse(data, checksum).chances(([9], [], [], [])) == small().chances(([9], [], [], []))
    with pytest.raises(ValueError, match="checksum"):
        model.parse(data[:-1] + bytes([data[-1] ^ 1]), checksum)


def test_networks_survive_their_file_and_a_changed_byte_is_refused() -> None:
    layer = Layer(*(np.ones(shape, np.float32) for shape in ((16, 3), (3,), (3, 6), (6,))))
    data, checksum = meaning.dump(Meaning((layer,)))
    vector = np.full(4, 0.5, np.float32)
    context = ReplyContext("x", last_message="day-two-check", hours_since_procedure=50.0)
    levels, stop = meaning.parse(data, checksum).chances(vector, context)
    assert levels == pytest.approx([0.2] * 5)
    assert stop > 0.9
    with pytest.raises(ValueError, match="checksum"):
        meaning.parse(data + b"x", checksum)


def test_two_opinions_become_one_between_them() -> None:
    mixed = blended([0.9, 0.1], [0.5, 0.5], 0.5)
    assert sum(mixed) == pytest.approx(1.0)
    assert 0.5 < mixed[0] < 0.9


@pytest.mark.parametrize(
    ("chances", "acuity"),
    [(EMERGENCY, Acuity.EMERGENCY), (URGENT, Acuity.URGENT), (ROUTINE, Acuity.ROUTINE), (NONE, Acuity.NONE)],
)
def test_where_the_rules_are_silent_the_second_reader_speaks(chances: list[float], acuity: Acuity) -> None:
    assert decide(Weighed(), (chances, 0.0), LIMITS).acuity is acuity


def test_a_plain_red_flag_stands_against_the_second_reader() -> None:
    flagged = Weighed(acuity=Acuity.EMERGENCY, marks=[Mark("chest-pain", Acuity.EMERGENCY, 0, 1)], strong=True)
    assert decide(flagged, (NONE, 0.0), LIMITS).acuity is Acuity.EMERGENCY


def test_words_of_self_harm_stand_whatever_else_is_said() -> None:
    assert decide(Weighed(self_harm=True), (NONE, 0.0), LIMITS).acuity is Acuity.EMERGENCY


def test_a_measured_fever_stands_whatever_else_is_said() -> None:
    hot = Weighed(acuity=Acuity.URGENT, marks=[Mark("temperature-high", Acuity.URGENT, 0, 1)])
    assert decide(hot, (NONE, 0.0), LIMITS).acuity is Acuity.URGENT


def test_a_reply_that_may_be_grave_is_not_dismissed() -> None:
    doubtful = [0.76, 0.0, 0.12, 0.12, 0.0]
    assert decide(Weighed(benign=True, acuity=Acuity.NONE), (doubtful, 0.0), LIMITS).acuity is Acuity.ROUTINE


def test_good_news_that_the_rules_know_needs_less_certainty() -> None:
    fair = [0.62, 0.31, 0.05, 0.02, 0.0]
    assert decide(Weighed(benign=True, acuity=Acuity.NONE), (fair, 0.0), LIMITS).acuity is Acuity.NONE
    assert decide(Weighed(), (fair, 0.0), LIMITS).acuity is Acuity.ROUTINE


def test_an_opt_out_takes_less_certainty_where_the_rules_saw_one() -> None:
    assert decide(Weighed(opt_out=True), (OPT_OUT, 0.1), LIMITS).opt_out
    assert not decide(Weighed(), (NONE, 0.1), LIMITS).opt_out
    assert decide(Weighed(), (OPT_OUT, 0.9), LIMITS).acuity is Acuity.OPT_OUT


def test_without_a_second_reader_unknown_words_are_read_by_a_person() -> None:
    known = Weighed(benign=True, cover=1.0, acuity=Acuity.NONE)
    assert decide(known, None, LIMITS).acuity is Acuity.NONE
    unknown = Weighed(benign=True, cover=0.5, acuity=Acuity.NONE)
    decision = decide(unknown, None, LIMITS)
    assert decision.acuity is Acuity.ROUTINE
    assert not decision.understood


def test_a_stop_beside_a_symptom_is_classed_by_the_symptom() -> None:
    both = [0.05, 0.05, 0.3, 0.05, 0.55]
    decision = decide(Weighed(opt_out=True), (both, 0.9), LIMITS)
    assert decision.acuity is Acuity.URGENT
    assert decision.opt_out
    assert decide(Weighed(opt_out=True), ([0.02, 0.01, 0.01, 0.01, 0.95], 0.9), LIMITS).acuity is Acuity.OPT_OUT


def test_a_red_flag_that_the_rules_let_stand_is_never_dismissed() -> None:
    flagged = Weighed(acuity=Acuity.URGENT, marks=[Mark("rash", Acuity.URGENT, 0, 1)])
    assert decide(flagged, (NONE, 0.0), LIMITS).acuity is Acuity.ROUTINE


def test_plain_worsening_stands_whatever_else_is_said() -> None:
    worse = Weighed(acuity=Acuity.URGENT, marks=[Mark("worse", Acuity.URGENT, 0, 1)])
    assert decide(worse, (NONE, 0.0), LIMITS).acuity is Acuity.URGENT
