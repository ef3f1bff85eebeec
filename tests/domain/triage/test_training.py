"""The trainer: the same weights every time, batches set aside kept aside."""

import json
from pathlib import Path

import numpy as np

from followup.domain.acuity import Acuity
from followup.domain.triage import ReplyContext
from followup.domain.triage.baseline import read_by_keywords
from followup.domain.triage.model import dump
from followup.training.corpus import labelled, vocabulary
from followup.training.fit import Example, fit
from followup.training.network import fit_meaning

EXAMPLES = [Example(([1, 2], [], [], []), 3), Example(([1, 3], [], [], []), 0, opt_out=True)] * 10


def test_what_marks_a_class_is_learned() -> None:
    model = fit(EXAMPLES)
    levels, stop = model.chances(([1, 2], [], [], []))
    assert levels.index(max(levels)) == 3
    assert stop < 0.5 < model.chances(([1, 3], [], [], []))[1]


def test_the_same_examples_give_the_same_weights() -> None:
    assert dump(fit(EXAMPLES)) == dump(fit(EXAMPLES))


def test_the_networks_learn_and_are_the_same_every_time() -> None:
    given = np.repeat(np.eye(4, dtype=np.float32), 20, axis=0)
    label = np.repeat(np.arange(4), 20)
    stops = label == 3
    first, second = fit_meaning(given, label, stops, 4), fit_meaning(given, label, stops, 4)
    assert np.array_equal(first.layers[0].enter, second.layers[0].enter)
    layer = first.layers[0]
    logits = np.maximum(given @ layer.enter + layer.enter_bias, 0) @ layer.leave + layer.leave_bias
    assert (logits[:, :4].argmax(axis=1) == label).mean() > 0.9
    assert ((logits[:, 4] > 0) == stops).mean() > 0.9


def test_batches_set_aside_are_not_learned_from(tmp_path: Path) -> None:
    row = {"id": "a", "text": "arm arm sore", "acuity": "none"}
    (tmp_path / "en-01.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "en-90-holdout.jsonl").write_text(json.dumps({**row, "id": "b"}) + "\n")
    assert [one["id"] for one in labelled(tmp_path)] == ["a"]
    assert [one["id"] for one in labelled(tmp_path, held_out=True)] == ["b"]
    assert labelled(tmp_path)[0]["batch"] == "en-01"


def test_a_word_of_several_replies_is_known() -> None:
    rows = [{"text": "brushing well"}, {"text": "brushing"}, {"text": "brushing brushing"}]
    assert vocabulary(rows) == ["brushing"]


def test_the_keyword_list_weighs_nothing() -> None:
    assert read_by_keywords(ReplyContext("no fever")).acuity is Acuity.URGENT
    assert read_by_keywords(ReplyContext("the hallway tips")).acuity is Acuity.NONE
    assert read_by_keywords(ReplyContext("STOP")).opt_out
