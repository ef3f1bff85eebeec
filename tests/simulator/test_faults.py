"""Misbehaving on purpose, and the same way every time."""

import pytest

from followup.domain.errors import InvalidInput
from followup.simulator.faults import FaultRule, Faults, Misbehaviour, rule_from_json
from tests.simulator.conftest import ADA, BEN

DROP, ERROR = Misbehaviour.DROP_AFTER, Misbehaviour.ERROR_BEFORE


def strikes(faults: Faults, number: str, draws: int = 200) -> list[bool]:
    return [faults.draw(DROP, number) is not None for _ in range(draws)]


def test_without_rules_nothing_strikes() -> None:
    assert Faults(1).draw(DROP, ADA) is None


def test_a_count_is_used_up() -> None:
    faults = Faults()
    faults.add(FaultRule(DROP, count=2))
    assert strikes(faults, ADA, 4) == [True, True, False, False]
    assert faults.rules()[0].used == 2


def test_a_rule_for_a_number_leaves_others_alone_and_lets_a_later_rule_strike() -> None:
    faults = Faults()
    faults.add(FaultRule(DROP, number=ADA, count=1, code=1), FaultRule(DROP, number=BEN, code=2))
    assert [
        rule and rule.code for rule in (faults.draw(DROP, BEN), faults.draw(DROP, ADA), faults.draw(DROP, ADA))
    ] == [
        2,
        1,
        None,
    ]
    assert faults.draw(ERROR, ADA) is None


def test_a_probability_strikes_about_as_often_as_it_says() -> None:
    faults = Faults(7)
    faults.add(FaultRule(DROP, probability=0.3))
    assert 450 < sum(strikes(faults, ADA, 2000)) < 750


def test_the_same_seed_strikes_the_same_whatever_else_happens_between() -> None:
    alone, mixed, other = Faults(7), Faults(7), Faults(8)
    for faults in (alone, mixed, other):
        faults.add(FaultRule(DROP, probability=0.5))
    expected = strikes(alone, ADA)
    seen = []
    for _ in range(200):
        mixed.draw(DROP, BEN)
        seen.append(mixed.draw(DROP, ADA) is not None)
    assert seen == expected
    assert strikes(other, ADA) != expected


def test_clearing_ends_it() -> None:
    faults = Faults()
    faults.add(FaultRule(DROP))
    faults.clear()
    assert strikes(faults, ADA, 1) == [False]


def test_a_delay_is_its_seconds_and_at_most_its_jitter_more() -> None:
    faults = Faults(3)
    assert faults.delay(Misbehaviour.LATENCY) == 0
    faults.add(FaultRule(Misbehaviour.LATENCY, seconds=2, jitter=1))
    delays = [faults.delay(Misbehaviour.LATENCY) for _ in range(50)]
    assert all(2 <= delay < 3 for delay in delays)
    assert len(set(delays)) > 40


def test_a_rule_comes_from_plain_data() -> None:
    rule = rule_from_json({"kind": "outcome", "number": ADA, "code": 30006, "probability": 0.5})
    assert rule == FaultRule(Misbehaviour.OUTCOME, number=ADA, code=30006, probability=0.5)


def test_every_fault_of_a_rule_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        rule_from_json(
            {"kind": "explode", "probability": 2, "count": -1, "seconds": "long", "status": "gone", "colour": "red"},
            "0.",
        )
    assert {fault.field for fault in caught.value.faults} == {
        "0.kind",
        "0.probability",
        "0.count",
        "0.seconds",
        "0.status",
        "0.colour",
    }
    with pytest.raises(InvalidInput):
        rule_from_json("too_many")
