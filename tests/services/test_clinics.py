"""Adding clinics, their senders and their settings."""

import pytest
from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.services import clinics
from followup.services.clinics import NewSender
from followup.services.context import Services
from followup.store import clinics as clinic_store
from followup.store.ids import new_id
from followup.store.models import AuditEntry, Clinic, Sender
from tests.services.people import make_clinic


def test_a_clinic_is_found_by_its_senders_and_by_its_name(services: Services) -> None:
    clinic = make_clinic(services)
    with services.db.read() as tx:
        for kind, address in (("sms", "+13125550199"), ("email", "CARE@lakeside.example")):
            sender = clinic_store.sender_for(tx, kind, address)
            assert sender is not None
            assert sender.clinic_id == clinic.id
        assert len(clinic_store.senders_of(tx, clinic.id)) == 2
        assert clinic_store.senders_of(tx, clinic.id, "pages") == []
    found = clinics.find(services, "lakeside")
    assert found is not None
    assert found.phone == "+13125550190"


def test_the_only_clinic_needs_no_name_and_of_two_each_does(services: Services) -> None:
    assert clinics.find(services, None) is None
    clinic = make_clinic(services)
    found = clinics.find(services, None)
    assert found is not None
    assert found.id == clinic.id
    make_clinic(services, "hillside", "+13125550198")
    assert clinics.find(services, None) is None
    assert [each.slug for each in clinics.list_clinics(services)] == ["hillside", "lakeside"]


def test_a_sender_belongs_to_one_clinic_and_a_clinic_that_cannot_have_it_is_not_made(services: Services) -> None:
    make_clinic(services)
    with pytest.raises(Conflict):
        make_clinic(services, "hillside", "+13125550199")
    with pytest.raises(Conflict):
        make_clinic(services)
    with services.db.read() as tx:
        assert len(tx.scalars(select(Clinic)).all()) == 1
        assert len(tx.scalars(select(Sender)).all()) == 2


def test_every_fault_of_a_new_clinic_is_named_at_once(sqlite_services: Services) -> None:
    with pytest.raises(InvalidInput) as caught:
        clinics.add_clinic(
            sqlite_services,
            slug="Lake Side",
            name=" ",
            zone="Chicago time",
            sender_name="x" * 31,
            phone="twelve",
            language="fr",
            settings={"quiet": {"from": "08:00"}, "caps": {"per_day": 2}},
            senders=[NewSender("sms", "12"), NewSender("fax", "1", "nobody"), NewSender("messaging_service", "MG1")],
            actor=OPERATOR,
        )
    assert {fault.field for fault in caught.value.faults} == {
        "slug",
        "name",
        "zone",
        "sender_name",
        "phone",
        "language",
        "quiet",
        "caps.per_day",
        "senders.0",
        "senders.1.kind",
        "senders.1.purpose",
        "senders.2",
    }


def test_settings_change_by_group_and_every_fault_is_named(services: Services) -> None:
    clinic = make_clinic(services, settings={"caps": {"per_week": 2}})
    changed = clinics.change_clinic(
        services, clinic.id, {"zone": "America/Denver", "settings": {"quiet": {"from": "19:00"}}}, OPERATOR
    )
    assert changed.zone == "America/Denver"
    assert changed.settings == {"caps": {"per_week": 2}, "quiet": {"from": "19:00"}}
    changed = clinics.change_clinic(services, clinic.id, {"settings": {"caps": None}}, OPERATOR)
    assert changed.settings == {"quiet": {"from": "19:00"}}
    with pytest.raises(InvalidInput) as caught:
        clinics.change_clinic(
            services, clinic.id, {"slug": "x", "zone": "Mars", "settings": {"quiet": {"until": "x"}}}, OPERATOR
        )
    assert {fault.field for fault in caught.value.faults} == {"slug", "zone", "quiet.until"}
    with pytest.raises(NotFound):
        clinics.change_clinic(services, new_id(), {"name": "X"}, OPERATOR)


def test_what_was_changed_is_written_down(services: Services) -> None:
    clinic = make_clinic(services)
    clinics.change_clinic(services, clinic.id, {"name": "Lakeside Pain Clinic"}, OPERATOR)
    clinics.add_sender(services, clinic.id, NewSender("sms", "+13125550197", "pages"), OPERATOR)
    with services.db.read() as tx:
        entries = tx.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    found = [(entry.action, entry.fields) for entry in entries]
    assert ("clinic.change", ["name"]) in found
    assert [action for action, _ in found].count("sender.add") == 3
