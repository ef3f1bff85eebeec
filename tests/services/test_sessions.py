"""Signing in, idle locks and guessing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followup.domain.errors import NotAllowed
from followup.services import sessions, staff
from followup.services.context import Services
from followup.store.models import StaffSession
from tests.services.cases.making import make_clinic

PASSWORD = "seven green herons"
EMAIL = "rosa@lakeside.example"


def later(services: Services, minutes: float) -> Services:
    """The same services some real time later."""
    return replace(services, real_now=lambda: services.real_now() + timedelta(minutes=minutes))


@pytest.fixture
def rosa(services: Services) -> str:
    """Rosa is signed in: her token."""
    clinic = make_clinic(services)
    staff.add(services, clinic.id, EMAIL, "Rosa Patel", "nurse", PASSWORD)
    return sessions.sign_in(services, EMAIL, PASSWORD, "10.0.0.1")


def test_the_token_is_not_in_the_database(services: Services, rosa: str) -> None:
    with services.db.read() as tx:
        assert all(rosa not in str(vars(row)) for row in tx.query(StaffSession))


def test_a_wrong_address_and_a_wrong_password_are_refused_in_the_same_words(services: Services, rosa: str) -> None:
    said = []
    for email, password in ((EMAIL, "wrong"), ("nobody@lakeside.example", PASSWORD)):
        with pytest.raises(NotAllowed) as refused:
            sessions.sign_in(services, email, password, "10.0.0.1")
        said.append(refused.value.message)
    assert said[0] == said[1]


def test_guessing_one_address_is_stopped_from_any_place_and_ends_with_time(services: Services, rosa: str) -> None:
    for number in range(sessions.FAILURES_OF_ONE_ADDRESS):
        with pytest.raises(NotAllowed, match="belong together"):
            sessions.sign_in(services, EMAIL, "wrong", f"10.0.0.{number}")
    with pytest.raises(NotAllowed, match="Too many tries"):
        sessions.sign_in(services, EMAIL, PASSWORD, "10.9.9.9")
    assert sessions.sign_in(later(services, 16), EMAIL, PASSWORD, "10.9.9.9")


def test_guessing_many_addresses_from_one_place_is_stopped(services: Services, rosa: str) -> None:
    for number in range(sessions.FAILURES_FROM_ONE_PLACE):
        with pytest.raises(NotAllowed, match="belong together"):
            sessions.sign_in(services, f"n{number}@lakeside.example", "wrong", "10.0.0.66")
    with pytest.raises(NotAllowed, match="Too many tries"):
        sessions.sign_in(services, EMAIL, PASSWORD, "10.0.0.66")
    assert sessions.sign_in(services, EMAIL, PASSWORD, "10.0.0.67")


def test_an_idle_screen_locks_and_stays_locked_until_the_password(services: Services, rosa: str) -> None:
    soon, late = later(services, 14), later(services, 15.5)
    assert not _who(soon, rosa, active=False).locked
    assert _who(late, rosa).locked
    assert _who(services, rosa).locked
    with pytest.raises(NotAllowed):
        sessions.unlock(late, _who(late, rosa), "wrong", "10.0.0.1")
    fresh = sessions.unlock(late, _who(late, rosa), PASSWORD, "10.0.0.1")
    assert sessions.who(late, rosa) is None
    assert not _who(late, fresh).locked


def test_activity_keeps_a_screen_open_and_a_live_refresh_does_not(services: Services, rosa: str) -> None:
    _who(later(services, 10), rosa, active=False)
    assert _who(later(services, 15.5), rosa, active=False).locked


def test_activity_moves_the_lock_away(services: Services, rosa: str) -> None:
    _who(later(services, 10), rosa)
    assert not _who(later(services, 20), rosa, active=False).locked


def test_a_clinic_sets_its_own_idle_time(services: Services) -> None:
    clinic = make_clinic(services)
    with services.db.write() as tx:
        clinic = tx.merge(clinic)
        clinic.settings = {"idle_minutes": 3}
    staff.add(services, clinic.id, EMAIL, "Rosa Patel", "nurse", PASSWORD)
    token = sessions.sign_in(services, EMAIL, PASSWORD, "10.0.0.1")
    assert _who(services, token).idle_minutes == 3
    assert _who(later(services, 3.5), token).locked


def test_a_session_ends_with_signing_out_and_with_the_day(services: Services, rosa: str) -> None:
    other = sessions.sign_in(services, EMAIL, PASSWORD, "10.0.0.1")
    sessions.sign_out(services, _who(services, other))
    assert sessions.who(services, other) is None
    assert sessions.who(later(services, 60 * 14 + 1), rosa) is None


def _who(services: Services, token: str, *, active: bool = True) -> sessions.SignedIn:
    found = sessions.who(services, token, active=active)
    assert found is not None
    return found
