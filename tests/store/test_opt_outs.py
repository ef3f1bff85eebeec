"""Stops on numbers and addresses."""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from followup.domain.delivery import Channel
from followup.services.context import Services
from followup.store import opt_outs
from followup.store.lookup import address_index
from followup.store.models import OptOut
from tests.services.people import make_clinic

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)
PHONE = "+13125550101"


def test_a_stop_stands_until_it_is_lifted_and_can_stand_again(services: Services) -> None:
    clinic = make_clinic(services)
    with services.db.write() as tx:
        first, new = opt_outs.stop(tx, clinic_id=clinic.id, channel="sms", address=PHONE, source="reply", now=NOW)
        assert new
        again, new = opt_outs.stop(tx, clinic_id=clinic.id, channel="sms", address=PHONE, source="carrier", now=NOW)
        assert (again.id, new) == (first.id, False)
    with services.db.write() as tx:
        assert opt_outs.lift(tx, clinic_id=clinic.id, channel="sms", address=PHONE, by="patient", now=NOW)
        assert not opt_outs.lift(tx, clinic_id=clinic.id, channel="sms", address=PHONE, by="patient", now=NOW)
        assert opt_outs.standing(tx, clinic.id, Channel.SMS, PHONE) is None
    with services.db.write() as tx:
        second, new = opt_outs.stop(tx, clinic_id=clinic.id, channel="sms", address=PHONE, source="reply", now=NOW)
        assert new
        assert second.id != first.id
        assert len(tx.scalars(select(OptOut)).all()) == 2


def test_a_stop_stands_in_its_clinic_and_channel_alone(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "hillside", "+13125550198")
    with services.db.write() as tx:
        opt_outs.stop(tx, clinic_id=clinic.id, channel="sms", address=PHONE, source="reply", now=NOW)
        assert opt_outs.standing(tx, other.id, Channel.SMS, PHONE) is None
        assert opt_outs.standing(tx, clinic.id, Channel.EMAIL, PHONE) is None
        index = address_index(tx, Channel.SMS, PHONE)
        pairs = {(Channel.SMS, index), (Channel.EMAIL, index), (Channel.SMS, "0" * 64)}
        assert opt_outs.standing_among(tx, clinic.id, pairs) == {(Channel.SMS, index)}
        assert opt_outs.standing_among(tx, other.id, pairs) == set()
        assert not opt_outs.lift(tx, clinic_id=other.id, channel="sms", address=PHONE, by="patient", now=NOW)


def test_a_real_stop_takes_the_place_of_a_suspected_wrong_number_but_not_the_other_way(services: Services) -> None:
    clinic = make_clinic(services)
    later = NOW + timedelta(hours=1)
    with services.db.write() as tx:
        opt_outs.stop(
            tx, clinic_id=clinic.id, channel="sms", address=PHONE, reason="wrong_number", source="reply", now=NOW
        )
        row, new = opt_outs.stop(tx, clinic_id=clinic.id, channel="sms", address=PHONE, source="reply", now=later)
        assert (row.reason, row.since, new) == ("stop", later, True)
        row, new = opt_outs.stop(
            tx, clinic_id=clinic.id, channel="sms", address=PHONE, reason="wrong_number", source="reply", now=later
        )
        assert (row.reason, new) == ("stop", False)


def test_two_stops_at_once_make_one(services: Services) -> None:
    clinic = make_clinic(services)
    gate = threading.Barrier(3)
    news: list[bool] = []

    def stop() -> None:
        gate.wait(timeout=10)
        with services.db.write() as tx:
            news.append(
                opt_outs.stop(tx, clinic_id=clinic.id, channel="sms", address=PHONE, source="reply", now=NOW)[1]
            )

    threads = [threading.Thread(target=stop) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(news) == [False, False, True]
