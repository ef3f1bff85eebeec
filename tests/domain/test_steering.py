"""The sample is the same whoever asks, of the asked-for size, and settings that make no sense are refused."""

from uuid import UUID

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.steering import Steering, chosen, steering
from followup.store.ids import new_id


def test_without_settings_five_percent_are_looked_at_and_nobody_outside_reads() -> None:
    assert steering({}) == Steering(5.0, False)


def test_a_clinic_sets_its_own_share_and_whether_an_outside_reader_reads() -> None:
    assert steering({"triage_sample_percent": 12, "outside_reader": True}) == Steering(12.0, True)
    assert steering({"triage_sample_percent": 0}).sample_percent == 0


def test_every_setting_that_makes_no_sense_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        steering({"triage_sample_percent": 101, "outside_reader": "yes"})
    assert [fault.field for fault in refused.value.faults] == ["triage_sample_percent", "outside_reader"]
    for wrong in (-1, True, "5", None):
        with pytest.raises(InvalidInput):
            steering({"triage_sample_percent": wrong})


def test_the_sample_depends_on_the_id_alone_and_grows_with_the_share() -> None:
    ids = [UUID(int=number * 7919) for number in range(20_000)]
    five = {one for one in ids if chosen(one, 5)}
    assert five == {one for one in ids if chosen(one, 5)}
    assert five < {one for one in ids if chosen(one, 20)}
    assert 0.045 < len(five) / len(ids) < 0.055


def test_nothing_and_everything_can_be_asked_for() -> None:
    ids = [new_id() for _ in range(200)]
    assert not any(chosen(one, 0) for one in ids)
    assert all(chosen(one, 100) for one in ids)
