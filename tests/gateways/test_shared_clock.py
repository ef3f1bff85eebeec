"""The demo's care clock, as several processes see it."""

from datetime import UTC, datetime, timedelta

import pytest

from followup.gateways.shared_clock import SharedClock
from followup.store import switches
from followup.store.database import Database


def clock_of(database: Database) -> SharedClock:
    return SharedClock(
        lambda: switches.clock_offset(database),
        lambda seconds: switches.advance_clock(database, seconds, datetime.now(UTC)),
    )


def test_moving_it_in_one_process_moves_it_in_all(database: Database) -> None:
    one, other = clock_of(database), clock_of(database)
    one.move(timedelta(hours=48))
    ahead = other.now() - datetime.now(UTC)
    assert timedelta(hours=47, minutes=59) < ahead < timedelta(hours=48, minutes=1)


def test_two_who_move_it_both_count(database: Database) -> None:
    one, other = clock_of(database), clock_of(database)
    assert one.now() <= other.now()
    one.move(timedelta(hours=1))
    other.move(timedelta(hours=2))
    assert switches.clock_offset(database) == 3 * 3600


def test_it_never_moves_back(database: Database) -> None:
    with pytest.raises(ValueError, match="forward"):
        clock_of(database).move(timedelta(seconds=-1))
