"""The row of a case shows the words that raised it, however quickly others follow."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from followup.domain.acuity import Acuity
from followup.gateways.clock import MovableClock
from followup.services.queue_view import QueueRow, Tab, queue

from .conftest import House


@dataclass(frozen=True, slots=True)
class PassingClock:
    """A clock on which every look takes time, as reading a reply does."""

    clock: MovableClock

    def now(self) -> datetime:
        self.clock.move(timedelta(milliseconds=10))
        return self.clock.now()


@pytest.fixture
def hurried(house: House) -> House:
    house.record()
    house.send_due()
    house.services = replace(house.services, clock=PassingClock(house.clock))
    return house


def only_row(house: House) -> QueueRow:
    rows = queue(house.services, house.clinic.id, tab=Tab.TODO, me=None).rows
    assert len(rows) == 1
    return rows[0]


def words(row: QueueRow) -> str:
    return "".join(piece.text for piece in row.words)


def test_what_follows_an_emergency_does_not_hide_its_words(hurried: House) -> None:
    for text in ("its worse and hot", "cant breathe", "stop texting me"):
        hurried.text(text)
    assert hurried.cases[0].acuity == Acuity.EMERGENCY
    row = only_row(hurried)
    assert words(row) == "cant breathe"
    assert row.more == 2


def test_a_patient_waits_from_when_the_words_came_in(hurried: House) -> None:
    hurried.text("cant breathe")
    assert hurried.cases[0].waiting_since == hurried.replies[0].received_at
