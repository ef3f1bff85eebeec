"""The measures, their intervals, and the printed report."""

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage import Assessment
from followup.domain.triage.evaluate import Labelled, evaluated, interval
from followup.domain.triage.report import render_report


def reply(label: str, read: str, **more: object) -> Labelled:
    row = {"id": f"{label}-{read}", "text": f"{label} text", "acuity": label, **more}
    return Labelled.of(row, Assessment(Acuity(read), opt_out=read == "opt_out"))


REPLIES = [
    reply("emergency", "emergency"),
    reply("emergency", "none", lang="es"),
    reply("urgent", "emergency"),
    reply("urgent", "urgent"),
    reply("routine", "none"),
    reply("none", "routine", hard=True),
    reply("none", "none"),
    reply("opt_out", "opt_out"),
    reply("none", "opt_out"),
    reply("none", "urgent"),
]


def share(name: str) -> tuple[int, int]:
    measure = next(one for one in evaluated(REPLIES).measures if one.name == name)
    return measure.hits, measure.total


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("emergency or urgent dismissed", (1, 4)),
        ("emergency and urgent in urgent or higher", (3, 4)),
        ("emergency in emergency", (1, 2)),
        ("none needlessly queued", (2, 4)),
        ("routine in routine or higher", (0, 1)),
        ("none or routine in emergency", (0, 5)),
        ("none or routine in urgent or higher", (1, 5)),
        ("urgent in emergency", (1, 2)),
        ("opt-out caught", (1, 1)),
        ("false opt-out", (1, 9)),
    ],
)
def test_each_measure_counts_what_it_says(name: str, expected: tuple[int, int]) -> None:
    assert share(name) == expected


def test_the_gravest_miss_comes_first() -> None:
    assert evaluated(REPLIES).misses[0].id == "emergency-none"


def test_parts_are_measured_apart() -> None:
    parts = evaluated(REPLIES).parts
    assert parts["Spanish and mixed"].count == 1
    assert parts["hard"].count == 1


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 36, 0.0, 0.0974),
        (36, 36, 0.9026, 1.0),
        (5, 10, 0.187, 0.813),
        (0, 0, 0.0, 1.0),
        (1, 4567, 0.0000055, 0.00122),
    ],
)
def test_the_interval_is_clopper_and_pearsons(hits: int, total: int, low: float, high: float) -> None:
    assert interval(hits, total) == pytest.approx((low, high), abs=5e-4)


def test_a_measure_knows_whether_it_holds() -> None:
    good = evaluated([reply("emergency", "emergency")])
    assert all(one.holds for one in good.measures)
    bad = {one.name: one.holds for one in evaluated(REPLIES).measures}
    assert not bad["emergency or urgent dismissed"]


def test_the_report_shows_measures_confusion_misses_and_other_readers() -> None:
    report = render_report(evaluated(REPLIES), {"keywords": evaluated(REPLIES[:4])})
    for words in ("emergency in emergency", "missed", "keywords", "label (down)", "emergency-none"):
        assert words in report
