"""Shifts that meet on the clock meet in time, also when the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from followup.domain.rota import Rota, RotaRole, Shift

NIGHT, DAY, OTHER = uuid4(), uuid4(), uuid4()
ZONE = "America/Chicago"


def rota(*more: Shift) -> Rota:
    """Two people who change at 2:30, in the very hour that is skipped or shown twice."""
    change, back = time(2, 30), time(17)
    weekly = [Shift(RotaRole.ON_CALL, DAY, change, back, weekday=day) for day in range(7)]
    weekly += [Shift(RotaRole.ON_CALL, NIGHT, back, change, weekday=day) for day in range(7)]
    return Rota(ZONE, (*weekly, *more))


@pytest.mark.parametrize("around", [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)])
def test_nobody_is_missing_nor_twice_when_the_clock_is_changed(around: datetime) -> None:
    for minutes in range(0, 48 * 60, 10):
        assert len(rota().on_duty(RotaRole.ON_CALL, around + timedelta(minutes=minutes))) == 1


def test_a_dated_shift_counts_instead_of_the_weekly_ones_while_it_lasts() -> None:
    holiday = Shift(RotaRole.ON_CALL, OTHER, time(8), time(8), day=date(2026, 12, 25))
    at = datetime(2026, 12, 25, 18, tzinfo=UTC)
    assert rota(holiday).on_duty(RotaRole.ON_CALL, at) == (OTHER,)
    assert rota(holiday).on_duty(RotaRole.ON_CALL, at + timedelta(days=1)) == (DAY,)
