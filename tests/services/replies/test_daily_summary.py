"""The daily summary: once a day, in the morning, to administrators, with figures and no name."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.delivery import Kind
from followup.domain.errors import InvalidInput
from followup.services import staff
from followup.services.clinics import change_clinic
from followup.services.daily_summary import send_summaries
from followup.store.models import Communication

from .conftest import House


@pytest.fixture
def busy(house: House) -> House:
    """Tuesday: a patient got worse and nobody called; an administrator and a nurse work here. Now it is 7:00."""
    staff.add(house.services, house.clinic.id, "ada@lake.example", "Ada", "admin")
    staff.add(house.services, house.clinic.id, "nora@lake.example", "Nora", "nurse")
    house.record()
    house.send_due()
    house.text("the swelling is getting worse")
    move_to(house, datetime(2026, 3, 4, 13, tzinfo=UTC))
    return house


def move_to(house: House, at: datetime) -> None:
    house.clock.move(at - house.clock.now())


def summaries(house: House) -> list[Communication]:
    return [row for row in house.communications if row.kind == Kind.STAFF_NOTICE]


def test_administrators_hear_in_the_morning_how_yesterday_went(busy: House) -> None:
    assert send_summaries(busy.services) == 1
    mail = summaries(busy)[0]
    assert (mail.to_address, mail.subject) == ("ada@lake.example", "Lake Clinic: how 2026-03-03 went")
    assert mail.body is not None
    assert "Replies from patients: 1" in mail.body
    assert "Urgent: 0 / 1" in mail.body
    assert "Open now: 1" in mail.body
    assert "Ana" not in mail.body
    assert "Ruiz" not in mail.body


def test_it_is_written_once_a_day_however_many_look(busy: House) -> None:
    threads = [threading.Thread(target=send_summaries, args=(busy.services,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert send_summaries(busy.services) == 0
    assert len(summaries(busy)) == 1
    busy.clock.move(timedelta(days=1))
    assert send_summaries(busy.services) == 1


@pytest.mark.parametrize("hour", [12, 18, 23])
def test_it_waits_for_seven_and_is_no_news_after_noon(busy: House, hour: int) -> None:
    move_to(busy, datetime(2026, 3, 5, hour, 59, tzinfo=UTC))
    assert send_summaries(busy.services) == 0


def test_seven_is_seven_on_the_morning_on_which_the_clocks_change(busy: House) -> None:
    move_to(busy, datetime(2026, 3, 8, 11, 59, tzinfo=UTC))
    assert send_summaries(busy.services) == 0
    move_to(busy, datetime(2026, 3, 8, 12, 0, tzinfo=UTC))
    assert send_summaries(busy.services) == 1


def test_a_clinic_can_do_without(busy: House) -> None:
    change_clinic(busy.services, busy.clinic.id, {"settings": {"daily_summary": False}}, OPERATOR)
    assert send_summaries(busy.services) == 0
    with pytest.raises(InvalidInput, match="daily_summary"):
        change_clinic(busy.services, busy.clinic.id, {"settings": {"daily_summary": "no"}}, OPERATOR)


def test_a_clinic_that_began_today_has_no_yesterday(house: House) -> None:
    staff.add(house.services, house.clinic.id, "ada@lake.example", "Ada", "admin")
    assert send_summaries(house.services) == 0
