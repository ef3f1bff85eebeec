"""A plan is paused, stopped, let go on, or made longer by a question; who did it and why is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.services.plan_changes import change_plan, changes_in
from followup.services.silence import look_for_silence
from followup.store.ids import new_id
from followup.store.models import Check, Communication
from tests.services.replies.conftest import House, make_house


@pytest.fixture
def house(services: Services, clock: MovableClock) -> House:
    """A clinic at work; it is Tuesday 3 March, 9:30."""
    return make_house(services, clock)


def texts(house: House) -> dict[str, tuple[str, str | None]]:
    """Step → (status, reason) of the plan's own texts."""
    return {
        row.step or "": (row.status, row.reason)
        for row in house.communications
        if row.channel == "sms" and row.extra is None
    }


def test_a_pause_skips_what_is_of_no_use_after_it_and_holds_what_is(house: House) -> None:
    procedure = house.record()
    house.pass_time(2)
    change_plan(
        house.services, house.clinic.id, procedure, OPERATOR, move="pause", until="2026-03-06", reason="in hospital"
    )
    assert texts(house)["rest-today"][0] == "sent"
    assert texts(house)["activity-48h"] == ("skipped", "paused")
    assert texts(house)["day-two-check"] == ("planned", "pause_over")
    house.pass_time(60)
    assert len(house.said()) == 1
    house.pass_time(12)
    assert len(house.said()) == 2


def test_letting_a_plan_go_on_revives_what_is_still_of_use(house: House) -> None:
    procedure = house.record()
    house.pass_time(2)
    change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="stop", reason="she asked for it by phone")
    assert {status for status, _ in texts(house).values()} == {"sent", "skipped"}
    house.pass_time(30)
    change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="resume")
    assert texts(house)["day-two-check"][0] == "planned"
    with house.services.db.read() as tx:
        kinds = [(each.kind, each.reason) for each in changes_in(tx, house.clinic.id, [procedure])]
    assert kinds == [("stopped", "she asked for it by phone"), ("resumed", "")]


def test_a_stopped_plan_makes_nobody_silent(house: House) -> None:
    procedure = house.record()
    house.pass_time(50)
    change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="stop", reason="moved away")
    house.pass_time(30)
    assert look_for_silence(house.services) == 0


@pytest.mark.parametrize(
    ("until", "why"),
    [("", "Choose the day"), ("2026-03-03", "after today"), ("2026-03-20", "The plan ends"), ("soon", "Choose")],
)
def test_a_pause_ends_on_a_day_of_the_plan(house: House, until: str, why: str) -> None:
    procedure = house.record()
    with pytest.raises(InvalidInput) as refused:
        change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="pause", until=until, reason="x")
    assert why in refused.value.faults[0].message


def test_every_change_but_going_on_says_why_and_stays_in_its_clinic(house: House) -> None:
    procedure = house.record()
    for move in ("pause", "stop", "extra_check"):
        with pytest.raises(InvalidInput):
            change_plan(house.services, house.clinic.id, procedure, OPERATOR, move=move, until="2026-03-05")
    with pytest.raises(InvalidInput):
        change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="forget", reason="x")
    with pytest.raises(NotFound):
        change_plan(house.services, new_id(), procedure, OPERATOR, move="stop", reason="x")
    with pytest.raises(Conflict):
        change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="resume")


def test_an_extra_check_goes_once_tomorrow_within_the_caps_and_its_silence_is_seen(house: House) -> None:
    procedure = house.record()
    house.pass_time(24 * 7)
    for check in house.all(Check):
        assert check.status == "awaited"
    look_for_silence(house.services)
    change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="extra_check", reason="sore on the phone")
    with pytest.raises(Conflict, match="already"):
        change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="extra_check", reason="again")
    before = len(house.said())
    house.pass_time(26)
    assert len(house.said()) == before + 1
    assert "better, same or worse" in house.said()[-1]
    house.text("same")
    assert house.replies[-1].question_id is not None
    extra = [check for check in house.all(Check) if check.name.startswith("extra:")]
    assert len(extra) == 1
    house.clock.move(timedelta(hours=30))
    look_for_silence(house.services)
    assert [check.status for check in house.all(Check) if check.name.startswith("extra:")] == ["answered"]


def test_an_extra_check_has_no_place_where_the_caps_are_full_or_the_plan_asks_anyway(house: House) -> None:
    procedure = house.record()
    house.pass_time(25)
    with pytest.raises(Conflict, match="anyway"):
        change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="extra_check", reason="x")
    house.pass_time(25)
    with pytest.raises(Conflict, match="Call instead"):
        change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="extra_check", reason="x")
    with house.services.db.read() as tx:
        assert tx.scalars(select(Communication).where(Communication.extra.is_not(None))).all() == []


def test_a_plan_made_anew_leaves_an_extra_check_alone_and_a_pause_takes_it_back(house: House) -> None:
    procedure = house.record()
    house.pass_time(24 * 7)
    change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="extra_check", reason="x")
    change_plan(house.services, house.clinic.id, procedure, OPERATOR, move="stop", reason="x")
    extra = [row for row in house.communications if row.extra]
    assert [(row.status, row.reason) for row in extra] == [("cancelled", "the plan was stopped")]
