"""Answering in writing: over which channel, what is refused, and that a double press sends once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel, Kind, Status
from followup.domain.errors import Conflict, InvalidInput, NotAllowed
from followup.gateways.clock import MovableClock
from followup.services.cases.answer import answer
from followup.services.context import Services
from followup.store import lookup, opt_outs, patients
from followup.store.models import Case, Clinic, Communication, Consent, Patient, Reply
from tests.services.cases.making import actor_of, make_case, make_clinic, make_patient, make_staff


def wrote(services: Services, case: Case, patient: Patient | None, channel: Channel, address: str) -> None:
    """A reply of the case that came from an address."""
    with services.db.write() as tx:
        tx.add(
            Reply(
                clinic_id=case.clinic_id, channel=channel, provider_id=f"x-{address}", from_address=address,
                from_index=lookup.address_index(tx, channel, address), to_address="", text="worse",
                received_at=services.now(), patient_id=patient.id if patient else None, case_id=case.id, status="read",
            )
        )  # fmt: skip


def sent(services: Services) -> list[Communication]:
    """Every answer that was written."""
    with services.db.read() as tx:
        return list(tx.scalars(select(Communication).where(Communication.kind == Kind.ANSWER)))


@pytest.fixture
def clinic(services: Services) -> Clinic:
    """A clinic."""
    return make_clinic(services)


@pytest.fixture
def rosa(services: Services, clinic: Clinic) -> Actor:
    """A nurse."""
    return actor_of(make_staff(services, clinic))


@pytest.fixture
def maria(services: Services, clinic: Clinic) -> Patient:
    """A patient with a number and an address, and no consent on record."""
    return make_patient(services, clinic, email="maria@example.com")


@pytest.fixture
def case(services: Services, clinic: Clinic, maria: Patient) -> Case:
    """Her urgent case, which she opened by text."""
    made = make_case(services, clinic, maria)
    wrote(services, made, maria, Channel.SMS, "+13125550111")
    return made


def test_an_answer_goes_back_over_the_channel_that_the_patient_wrote_on(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    done = answer(services, clinic.id, case.id, rosa, text="Please ice it.", form_token="1")
    (written,) = sent(services)
    assert (written.channel, written.to_address) == ("sms", "+13125550111")
    assert written.body == "Rosa at Lakeside Clinic: Please ice it."
    assert (written.status, written.case_id, written.staff_id) == (Status.PLANNED, case.id, rosa.id)
    assert done.waiting_since is None
    assert done.owner_id == rosa.id
    assert ("followup.send_due", ()) in services.queue.woken  # type: ignore[attr-defined]


def test_the_same_form_sent_twice_is_one_answer(services: Services, clinic: Clinic, rosa: Actor, case: Case) -> None:
    for _ in range(3):
        answer(services, clinic.id, case.id, rosa, text="Please ice it.", form_token="1")
    assert len(sent(services)) == 1
    answer(services, clinic.id, case.id, rosa, text="Please ice it.", form_token="2")
    assert len(sent(services)) == 2


def test_curly_quotes_do_not_triple_a_texts_price(services: Services, clinic: Clinic, rosa: Actor, case: Case) -> None:
    answer(services, clinic.id, case.id, rosa, text="Don’t worry — it’s “normal”", form_token="1")
    assert sent(services)[0].body == "Rosa at Lakeside Clinic: Don't worry - it's \"normal\""


def test_a_patient_who_said_stop_is_not_written_to_and_the_nurse_is_told_to_call(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    with services.db.write() as tx:
        opt_outs.stop(
            tx, clinic_id=clinic.id, channel="sms", address="+13125550111", source="reply", now=services.now()
        )
    with pytest.raises(NotAllowed, match=r"asked us to stop.*Call instead"):
        answer(services, clinic.id, case.id, rosa, text="Hello", form_token="1")
    assert sent(services) == []


def test_another_channel_needs_consent_of_its_own(
    services: Services, clinic: Clinic, rosa: Actor, case: Case, maria: Patient
) -> None:
    with pytest.raises(NotAllowed, match="no consent"):
        answer(services, clinic.id, case.id, rosa, text="Hello", form_token="1", channel="email")
    with services.db.write() as tx:
        tx.add(
            Consent(
                clinic_id=clinic.id, patient_id=maria.id, channel=Channel.EMAIL, given=True, at=services.now(),
                recorded_by="operator", how="desk",
            )
        )  # fmt: skip
    answer(services, clinic.id, case.id, rosa, text="Hello", form_token="1", channel="email")
    (written,) = sent(services)
    assert (written.channel, written.subject) == ("email", "Lakeside Clinic: an answer for you")


def test_a_patient_who_died_is_written_to_by_nobody(
    services: Services, clinic: Clinic, rosa: Actor, case: Case, maria: Patient
) -> None:
    with services.db.write() as tx:
        found = patients.by_id(tx, clinic.id, maria.id)
        assert found is not None
        found.deceased_at = services.now()
    with pytest.raises(NotAllowed, match="has died"):
        answer(services, clinic.id, case.id, rosa, text="Hello", form_token="1")


def test_on_a_shared_number_the_answer_opens_with_the_name(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    make_patient(services, clinic, "Jose", "Gonzalez", mrn="10002")
    answer(services, clinic.id, case.id, rosa, text="Please ice it.", form_token="1")
    assert sent(services)[0].body == "Maria: Rosa at Lakeside Clinic: Please ice it."


def test_a_sender_whom_nobody_knows_can_be_answered_where_they_wrote_from(
    services: Services, clinic: Clinic, rosa: Actor
) -> None:
    case = make_case(services, clinic, None, Acuity.ROUTINE, subject="sender:sms:someone")
    wrote(services, case, None, Channel.SMS, "+13125550199")
    answer(services, clinic.id, case.id, rosa, text="Who is this, please?", form_token="1")
    assert sent(services)[0].to_address == "+13125550199"


def test_writing_does_not_stop_the_clock_of_an_emergency(
    services: Services, clinic: Clinic, rosa: Actor, maria: Patient
) -> None:
    case = make_case(services, clinic, maria, Acuity.EMERGENCY)
    wrote(services, case, maria, Channel.SMS, "+13125550111")
    assert answer(services, clinic.id, case.id, rosa, text="Call 911", form_token="1").waiting_since is not None


def test_an_answer_to_what_has_changed_meanwhile_is_not_sent(
    services: Services, clinic: Clinic, rosa: Actor, case: Case, maria: Patient, clock: MovableClock
) -> None:
    clock.move(timedelta(minutes=1))
    make_case(services, clinic, maria, Acuity.EMERGENCY)
    with pytest.raises(Conflict, match="Something came in"):
        answer(services, clinic.id, case.id, rosa, text="All good then", form_token="1", version=case.version)
    assert sent(services) == []


def test_an_empty_or_endless_answer_is_refused(services: Services, clinic: Clinic, rosa: Actor, case: Case) -> None:
    for words in ("", "  \n", "x" * 1501):
        with pytest.raises(InvalidInput):
            answer(services, clinic.id, case.id, rosa, text=words, form_token="1")
