"""Keys of machines: made, shown once, known again, taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.gateways.clock import MovableClock
from followup.services import api_keys
from followup.services.api_keys import Scope
from followup.services.context import Services
from followup.store.models import ApiKey
from tests.services.people import make_clinic


def test_a_key_names_its_clinic_and_what_it_may_do(services: Services) -> None:
    clinic = make_clinic(services)
    made = api_keys.create(services, clinic.id, "ehr", ["cases:read", "procedures:write"], OPERATOR)
    holder = api_keys.come_in(services, made.secret)
    assert holder is not None
    assert holder.clinic_id == clinic.id
    assert holder.scopes == {Scope.CASES_READ, Scope.PROCEDURES_WRITE}
    assert str(holder.actor) == f"api:{made.key.id}"


def test_the_secret_is_not_kept(services: Services) -> None:
    clinic = make_clinic(services)
    made = api_keys.create(services, clinic.id, "ehr", ["cases:read"], OPERATOR)
    with services.db.read() as tx:
        row = tx.scalars(select(ApiKey)).one()
    assert made.secret not in str(vars(row))
    assert api_keys.come_in(services, made.secret[:-1]) is None
    assert api_keys.come_in(services, row.key_hash) is None
    assert api_keys.come_in(services, "") is None


def test_a_key_is_taken_back_by_its_own_clinic_alone(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    made = api_keys.create(services, clinic.id, "ehr", ["cases:read"], OPERATOR)
    with pytest.raises(NotFound):
        api_keys.revoke(services, other.id, made.key.id, OPERATOR)
    assert api_keys.come_in(services, made.secret) is not None
    api_keys.revoke(services, clinic.id, made.key.id, OPERATOR)
    assert api_keys.come_in(services, made.secret) is None
    with pytest.raises(NotFound):
        api_keys.revoke(services, clinic.id, made.key.id, OPERATOR)
    assert api_keys.list_keys(services, other.id) == []


def test_every_fault_of_a_new_key_is_named_and_a_name_is_taken_once(services: Services) -> None:
    clinic = make_clinic(services)
    with pytest.raises(InvalidInput) as caught:
        api_keys.create(services, clinic.id, " ", ["cases:read", "cases:eat"], OPERATOR)
    assert [fault.field for fault in caught.value.faults] == ["name", "scopes"]
    with pytest.raises(InvalidInput):
        api_keys.create(services, clinic.id, "ehr", [], OPERATOR)
    made = api_keys.create(services, clinic.id, "ehr", ["cases:read"], OPERATOR)
    with pytest.raises(Conflict):
        api_keys.create(services, clinic.id, "ehr", ["cases:read"], OPERATOR)
    api_keys.revoke(services, clinic.id, made.key.id, OPERATOR)
    api_keys.create(services, clinic.id, "ehr", ["cases:read"], OPERATOR)


def test_that_a_key_was_used_is_noted_once_an_hour(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    made = api_keys.create(services, clinic.id, "ehr", ["cases:read"], OPERATOR)
    seen = []
    for wait in (timedelta(0), timedelta(minutes=30), timedelta(minutes=31)):
        clock.move(wait)
        api_keys.come_in(services, made.secret)
        seen.append(api_keys.list_keys(services, clinic.id)[0].used_at)
    assert seen[0] == seen[1]
    assert seen[2] == clock.now()
