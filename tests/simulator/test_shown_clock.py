"""The phones' clock, moved while the simulator runs."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from followup.simulator import RunningSimulator
from followup.simulator.changes import Changes
from followup.simulator.shown_clock import ShownClock
from tests.simulator.conftest import ADA, CLINIC

NOON = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


def test_it_goes_on_from_where_it_was_set() -> None:
    beneath = [NOON]
    clock = ShownClock(lambda: beneath[0], Changes())
    clock.show(NOON + timedelta(days=2))
    beneath[0] += timedelta(minutes=5)
    assert clock() == NOON + timedelta(days=2, minutes=5)


def test_phones_show_it_and_the_carriers_own_dates_do_not(sim: RunningSimulator) -> None:
    url = f"{sim.carrier_url}/simulator/clock"
    assert requests.post(url, json={"now": "2031-03-07T14:00:00-06:00"}, timeout=10).status_code == 200
    text, _ = sim.text(ADA, CLINIC, "From the future")
    assert (text.shown.year, text.created.year < 2031) == (2031, True)
    assert requests.get(url, timeout=10).json()["now"].startswith("2031-03-07T20:0")


@pytest.mark.parametrize("given", [{}, {"now": "soon"}, {"now": "2031-03-07T14:00:00"}, []])
def test_a_time_needs_its_offset(sim: RunningSimulator, given: object) -> None:
    assert requests.post(f"{sim.carrier_url}/simulator/clock", json=given, timeout=10).status_code == 422
