"""Replies read from the command line: one, a file, standard input."""

import json
from pathlib import Path

from tests.cli.conftest import Run, answer
from tests.cli.shell import followup, one_line


def test_one_reply_is_explained(run: Run) -> None:
    shown = run("triage", "my chest hurts and I cannot breathe")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("emergency")
    assert "chest hurts" in shown.stdout


def test_the_evidence_points_into_the_text(run: Run) -> None:
    text = "hello, the swelling is much worse today"
    read = answer(run("triage", text, "--last-message", "day-two-check", "--hours", "50", "--json"))
    assert read["acuity"] in ("urgent", "emergency")
    assert read["opt_out"] is False
    assert read["version"]
    assert read["evidence"]
    for one in read["evidence"]:
        assert text[one["start"] : one["end"]] == one["text"]


def test_every_line_of_a_file_comes_back_with_its_own_fields(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    rows = [{"id": "a", "text": "better, thanks", "mine": [1, 2]}, {"id": "b", "text": "STOP"}, {"id": "c", "text": ""}]
    file.write_text("\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    done = run("triage", "--jsonl", str(file))
    assert done.exit_code == 0
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in read] == ["a", "b", "c"]
    assert read[0]["mine"] == [1, 2]
    assert read[1]["acuity"] == "opt_out"
    assert read[1]["opt_out"] is True


def test_bad_lines_are_named_and_the_good_ones_answered(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('{"text": "fine"}\nnot json\n["a"]\n{"text": 7}\n{"text": "worse"}\n', encoding="utf-8")
    done = run("triage", "--jsonl", str(file))
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 2
    said = one_line(done.stderr)
    for number in (2, 3, 4):
        assert f"line {number}" in said


def test_standard_input_is_read_where_the_file_is_a_dash() -> None:
    typed = json.dumps({"id": 1, "text": "Mi herida está mucho peor y tengo fiebre", "lang": "es"}) + "\n"
    done = followup("triage", "--jsonl", "-", typed=typed)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["acuity"] in ("urgent", "emergency")


def test_a_file_that_cannot_be_read_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'{"text": "a\xe9"}\n')
    for name in ("none", "latin"):
        wrong = run("triage", "--jsonl", str(tmp_path / name))
        assert wrong.exit_code == 1
        assert "cannot be read" in one_line(wrong.stderr)
