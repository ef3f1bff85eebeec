"""Staff accounts and their passwords."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.services import sessions, staff
from followup.services.context import Services
from tests.services.cases.making import actor_of, make_clinic

PASSWORD = "seven green herons"


def test_a_new_account_gets_a_password_that_must_be_changed(services: Services) -> None:
    clinic = make_clinic(services)
    made = staff.add(services, clinic.id, "Rosa@Lakeside.example", "Rosa Patel", "nurse")
    assert made.password is not None
    token = sessions.sign_in(services, "rosa@lakeside.example", made.password, "10.0.0.1")
    found = sessions.who(services, token)
    assert found is not None
    assert (found.name, found.role, found.preferences[staff.MUST_CHANGE]) == ("Rosa Patel", "nurse", True)


def test_every_fault_of_a_new_account_is_named_at_once(services: Services) -> None:
    clinic = make_clinic(services)
    with pytest.raises(InvalidInput) as refused:
        staff.add(services, clinic.id, "nowhere", " ", "doctor")
    assert [fault.field for fault in refused.value.faults] == ["email", "name", "role"]


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaa", "rosa likes tea!", "password for clinic", "x" * 300])
def test_a_guessable_password_is_refused_with_what_to_do(services: Services, weak: str) -> None:
    clinic = make_clinic(services)
    with pytest.raises(InvalidInput):
        staff.add(services, clinic.id, "rosa@lakeside.example", "Rosa Patel", "nurse", weak)


def test_an_address_signs_in_to_one_clinic_only(services: Services) -> None:
    one, other = make_clinic(services), make_clinic(services, "riverside")
    staff.add(services, one.id, "rosa@lakeside.example", "Rosa Patel", "nurse", PASSWORD)
    with pytest.raises(Conflict):
        staff.add(services, other.id, "ROSA@lakeside.example", "Rosa Patel", "nurse", PASSWORD)


def test_a_set_password_link_works_once(services: Services) -> None:
    clinic = make_clinic(services)
    made = staff.add(services, clinic.id, "rosa@lakeside.example", "Rosa Patel", "nurse")
    token = made.link.rsplit("/", 1)[1]
    assert staff.read_link(services, token).email == "rosa@lakeside.example"
    staff.choose_password(services, token, PASSWORD)
    assert sessions.sign_in(services, "rosa@lakeside.example", PASSWORD, "10.0.0.1")
    with pytest.raises(NotFound, match="used already"):
        staff.choose_password(services, token, "another fine password")


def test_a_set_password_link_ends_after_three_days_and_a_changed_one_is_nothing(services: Services) -> None:
    clinic = make_clinic(services)
    token = staff.add(services, clinic.id, "r@l.example", "Rosa Patel", "nurse").link.rsplit("/", 1)[1]
    later = replace(services, real_now=lambda: services.real_now() + timedelta(hours=73))
    with pytest.raises(NotFound, match="expired"):
        staff.read_link(later, token)
    for bad in (token[:-4], "x", "", token[:-3] + "AAA"):
        with pytest.raises(NotFound):
            staff.read_link(services, bad)


def test_changing_a_password_signs_every_other_browser_out(services: Services) -> None:
    clinic = make_clinic(services)
    made = staff.add(services, clinic.id, "r@l.example", "Rosa Patel", "nurse", PASSWORD)
    here = sessions.sign_in(services, "r@l.example", PASSWORD, "10.0.0.1")
    there = sessions.sign_in(services, "r@l.example", PASSWORD, "10.0.0.2")
    me = sessions.who(services, here)
    assert me is not None
    with pytest.raises(InvalidInput, match="present password"):
        staff.change_password(services, clinic.id, made.person.id, old="wrong", new="quiet blue harbor")
    staff.change_password(
        services, clinic.id, made.person.id, old=PASSWORD, new="quiet blue harbor", keep=me.session_id
    )
    assert sessions.who(services, here) is not None
    assert sessions.who(services, there) is None


def test_a_closed_account_is_out_at_once_and_nobody_closes_their_own(services: Services) -> None:
    clinic = make_clinic(services)
    admin = staff.add(services, clinic.id, "a@l.example", "Ada Admin", "admin", PASSWORD).person
    rosa = staff.add(services, clinic.id, "r@l.example", "Rosa Patel", "nurse", PASSWORD).person
    token = sessions.sign_in(services, "r@l.example", PASSWORD, "10.0.0.1")
    staff.set_active(services, clinic.id, rosa.id, False, actor=actor_of(admin))
    assert sessions.who(services, token) is None
    with pytest.raises(Conflict):
        staff.set_active(services, clinic.id, admin.id, False, actor=actor_of(admin))


def test_staff_of_another_clinic_are_not_there(services: Services) -> None:
    one, other = make_clinic(services), make_clinic(services, "riverside")
    admin = staff.add(services, one.id, "a@l.example", "Ada Admin", "admin", PASSWORD).person
    with pytest.raises(NotFound):
        staff.set_active(services, other.id, admin.id, True, actor=actor_of(admin))
    with pytest.raises(NotFound):
        staff.new_link(services, other.id, admin.id, actor=actor_of(admin))
