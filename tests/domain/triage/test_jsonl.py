"""One JSON object a line, in and out."""

import json

import pytest

from followup.domain.acuity import Acuity
from followup.domain.errors import InvalidInput
from followup.domain.triage import Assessment, Evidence
from followup.domain.triage.jsonl import read_row, write_row


def test_a_row_becomes_a_context_with_its_optional_fields() -> None:
    context = read_row({"id": 1, "text": "hi", "body_site": None, "hours_since_procedure": 3, "earlier": ["a"]})
    assert (context.text, context.hours_since_procedure, context.earlier, context.channel) == ("hi", 3.0, ("a",), "sms")


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_row({"text": 5, "hours_since_procedure": "soon", "lang": 3, "earlier": "x"})
    assert {fault.field for fault in refused.value.faults} == {"text", "hours_since_procedure", "lang", "earlier"}


def test_the_same_object_comes_out_with_the_reading_in_it() -> None:
    read = Assessment(Acuity.OPT_OUT, True, (Evidence(0, 4, "stop", "keyword"),), "v")
    out = write_row({"id": "a", "text": "stop", "extra": 1}, read)
    assert json.loads(json.dumps(out)) == {
        "id": "a", "text": "stop", "extra": 1, "acuity": "opt_out", "opt_out": True, "version": "v",
        "evidence": [{"start": 0, "end": 4, "text": "stop", "rule": "keyword"}],
    }  # fmt: skip
