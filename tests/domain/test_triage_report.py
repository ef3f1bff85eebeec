"""The report counts what nurses left, raised and lowered, and gives what the sample found with its interval."""

import pytest

from followup.domain.acuity import Acuity
from followup.domain.triage_report import Change, Group, Sampled, Share, language_of, triage_report

GROUPS = [
    Group("en", Acuity.URGENT, read=40, unqueued=0, seen=30),
    Group("en", Acuity.NONE, read=100, unqueued=90, seen=8),
    Group("es", Acuity.NONE, read=20, unqueued=20, seen=2),
    Group("en", Acuity.OPT_OUT, read=5, unqueued=5, seen=0),
]
CHANGES = [
    Change("en", Acuity.URGENT, Acuity.ROUTINE),
    Change("en", Acuity.NONE, Acuity.URGENT, sampled=True),
    Change("es", Acuity.NONE, Acuity.ROUTINE, sampled=True),
    Change("en", Acuity.NONE, Acuity.EMERGENCY),
    Change("en", Acuity.OPT_OUT, Acuity.NONE, sampled=True),
]
SAMPLES = [Sampled("en", 7, 5, 0), Sampled("es", 2, 0, 1), Sampled("es", 2, 2, 0)]


def test_agreement_is_what_nurses_saw_and_left() -> None:
    report = triage_report(GROUPS, CHANGES, SAMPLES)
    assert (report.total.read, report.total.unqueued, report.total.seen) == (165, 115, 40)
    assert (report.total.raised, report.total.lowered) == (3, 1)
    assert (report.total.agreed.hits, report.total.agreed.total) == (36, 40)


def test_languages_and_levels_are_counted_apart_and_opt_outs_with_none() -> None:
    report = triage_report(GROUPS, CHANGES, SAMPLES)
    assert [(line.name, line.read, line.raised) for line in report.by_language] == [("en", 145, 2), ("es", 20, 1)]
    assert [(line.name, line.read) for line in report.by_acuity] == [
        ("emergency", 0), ("urgent", 40), ("routine", 0), ("none", 125),
    ]  # fmt: skip
    assert report.moved[(Acuity.NONE, Acuity.URGENT)] == 1
    assert (Acuity.NONE, Acuity.NONE) in report.moved


def test_only_what_the_sample_found_counts_as_its_misses() -> None:
    sample = triage_report(GROUPS, CHANGES, SAMPLES).sample
    assert (sample.chosen, sample.looked_at, sample.seen_elsewhere, sample.waiting) == (11, 7, 1, 3)
    assert (sample.missed, sample.missed_grave, sample.misses.total) == (2, 1, 7)
    english, spanish = triage_report(GROUPS, CHANGES, SAMPLES).sample_by_language
    assert (english.missed, spanish.missed, spanish.waiting) == (1, 1, 1)


def test_intervals_are_exact_and_nothing_has_no_share() -> None:
    low, high = Share(0, 59).interval
    assert low == 0.0
    assert high == pytest.approx(0.0606, abs=0.0005)
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)


def test_an_empty_stretch_makes_an_empty_report() -> None:
    report = triage_report([], [], [])
    assert (report.total.read, report.total.agreed.value, report.by_language, report.sample.waiting) == (0, None, (), 0)


@pytest.mark.parametrize(("code", "name"), [("en", "en"), (None, "en"), ("es", "es"), ("mixed", "es"), ("pl", "other")])
def test_other_languages_are_counted_together(code: str | None, name: str) -> None:
    assert language_of(code) == name
