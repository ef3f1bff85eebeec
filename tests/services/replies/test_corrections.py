"""Nurses correct readings: kept beside the reading, raising at once, lowering only when it is said."""

import pytest

from followup.domain.actor import Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.services import staff
from followup.services.cases.acknowledge import acknowledge
from followup.services.cases.contact import contact
from followup.services.cases.correct import correct
from followup.services.cases.escalate import escalate
from followup.services.cases.resolve import resolve
from followup.services.replies.receive import record_spoken
from followup.store.ids import new_id
from followup.store.models import AuditEntry, CaseEvent, Correction, Reply
from tests.services.cases.making import make_clinic

from .conftest import House


@pytest.fixture
def nurse(house: House) -> Actor:
    person = staff.add(house.services, house.clinic.id, "nora@lake.example", "Nora", "nurse").person
    return Actor(ActorKind.STAFF, person.id)


def said(house: House, *texts: str) -> list[Reply]:
    """A patient writes; each text a while after the one before, so that no burst joins them."""
    house.record()
    house.send_due()
    for text in texts:
        house.pass_time(1)
        house.text(text)
    return sorted(house.replies, key=lambda row: row.received_at)


def events(house: House, kind: str = "corrected") -> list[CaseEvent]:
    return [row for row in house.all(CaseEvent) if row.kind == kind]


def test_a_correction_is_kept_beside_the_reading_and_audited(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "thanks!")
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="She is being ironic.")
    (kept,) = house.all(Correction)
    assert (kept.from_acuity, kept.to_acuity, kept.reason) == ("none", "routine", "She is being ironic.")
    assert (kept.actor, kept.reader_version) == (str(nurse), reply.assessment_version)
    after = house.replies[0]
    assert (after.acuity, after.assessment) == (Acuity.NONE, reply.assessment)
    assert [row.object_id for row in house.all(AuditEntry) if row.action == "correct"] == [reply.id]


def test_upward_a_reply_without_a_case_opens_one_that_tells_why(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "thanks!")
    done = correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="She told me of a fever.")
    (case,) = house.cases
    assert (case.id, case.acuity, case.patient_id) == (done.case_id, Acuity.URGENT, reply.patient_id)
    assert house.replies[0].case_id == case.id
    (event,) = events(house)
    assert (event.actor, event.detail["words"]) == (str(nurse), "She told me of a fever.")  # type: ignore[index]


def test_upward_the_patients_open_case_is_joined_and_raised(house: House, nurse: Actor) -> None:
    thanks, _ = said(house, "thanks!", "how long should i rest?")
    correct(house.services, house.clinic.id, thanks.id, nurse, acuity="emergency", reason="Slurred on the phone.")
    (case,) = house.cases
    assert case.acuity == Acuity.EMERGENCY
    assert case.next_page_at is not None


def test_upward_the_case_of_the_reply_is_raised_and_its_time_gets_shorter(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "how long should i rest?")
    before = house.cases[0]
    acknowledge(house.services, house.clinic.id, before.id, nurse)
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="It is about the fever.")
    case = house.cases[0]
    assert (case.acuity, case.status, case.owner_id) == (Acuity.URGENT, CaseStatus.ACKNOWLEDGED, nurse.id)
    assert case.respond_by < before.respond_by


def test_upward_after_the_patient_was_reached_the_clock_does_not_run_again(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "how long should i rest?")
    contact(house.services, house.clinic.id, house.cases[0].id, nurse, how="call", outcome="reached")
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="emergency", reason="It had been a faint.")
    case = house.cases[0]
    assert (case.acuity, case.waiting_since, case.next_page_at) == (Acuity.EMERGENCY, None, None)


def test_upward_a_resolved_case_comes_back(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "how long should i rest?")
    case_id = house.cases[0].id
    resolve(house.services, house.clinic.id, case_id, nurse, disposition="no_concern", confirm=True)
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="I overlooked the fever.")
    (case,) = house.cases
    assert (case.status, case.acuity, case.owner_id, case.disposition) == (CaseStatus.OPEN, Acuity.URGENT, None, None)
    assert case.waiting_since is not None


def test_upward_beside_another_open_case_that_one_is_raised(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "how long should i rest?")
    resolve(house.services, house.clinic.id, house.cases[0].id, nurse, disposition="no_concern", confirm=True)
    house.pass_time(1)
    house.text("can i drive?")
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="I overlooked the fever.")
    assert {(case.status, case.acuity) for case in house.cases} == {("resolved", "routine"), ("open", "urgent")}


def test_downward_alone_leaves_the_case_as_it_is(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "the swelling is much worse")
    before = house.cases[0]
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="She meant last week.")
    case = house.cases[0]
    assert (case.acuity, case.respond_by) == (Acuity.URGENT, before.respond_by)
    (event,) = events(house)
    assert "case_to" not in (event.detail or {})


def test_downward_with_the_case_takes_a_word_and_stands_in_the_story(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "this beer is to die for, i cant breathe from laughing")
    before = house.cases[0]
    assert before.acuity == Acuity.EMERGENCY
    correct(
        house.services, house.clinic.id, reply.id, nurse, acuity="none", reason="A joke: I called.", lower_case=True,
        version=before.version,
    )  # fmt: skip
    case = house.cases[0]
    assert (case.acuity, case.next_page_at, case.status) == (Acuity.ROUTINE, None, CaseStatus.OPEN)
    (event,) = events(house)
    assert (event.detail or {})["case_from"] == "emergency"
    assert (event.detail or {})["case_to"] == "routine"


def test_a_case_is_not_lowered_below_its_other_words(house: House, nurse: Actor) -> None:
    first, second = said(house, "i cant breathe", "and now it is much worse and swollen")
    with pytest.raises(InvalidInput, match="Other words"):
        correct(
            house.services, house.clinic.id, second.id, nurse, acuity="none", reason="No.", lower_case=True
        )  # fmt: skip
    assert house.all(Correction) == []
    assert house.cases[0].acuity == Acuity.EMERGENCY
    assert first.case_id == second.case_id


def test_a_case_that_somebody_escalated_is_not_lowered(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "the swelling is much worse")
    escalate(house.services, house.clinic.id, house.cases[0].id, nurse, reason="Looks bad.", acuity="emergency")
    with pytest.raises(InvalidInput, match="escalated"):
        correct(house.services, house.clinic.id, reply.id, nurse, acuity="none", reason="No.", lower_case=True)


def test_lowering_after_something_new_came_in_is_refused(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "the swelling is much worse")
    seen = house.cases[0].version
    house.pass_time(1)
    house.text("hello?")
    with pytest.raises(Conflict, match="came in"):
        correct(
            house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="Fine.", lower_case=True,
            version=seen,
        )  # fmt: skip
    assert house.cases[0].acuity == Acuity.URGENT


def test_a_correction_that_raises_cannot_ask_to_lower(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "how long should i rest?")
    with pytest.raises(InvalidInput, match="lower_case"):
        correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="Hm.", lower_case=True)


def test_a_second_correction_starts_from_the_first(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "thanks!")
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="Fever.")
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="No fever after all.")
    kept = [(row.from_acuity, row.to_acuity) for row in house.all(Correction)]
    assert kept == [("none", "urgent"), ("urgent", "routine")]
    with pytest.raises(InvalidInput, match="stands as routine"):
        correct(house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="Again.")


def test_a_correction_needs_a_reason_and_a_reply_of_this_clinic(house: House, nurse: Actor) -> None:
    (reply,) = said(house, "thanks!")
    with pytest.raises(InvalidInput, match="reason"):
        correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason=" ")
    other = make_clinic(house.services, "riverside")
    for clinic_id, reply_id in ((other.id, reply.id), (house.clinic.id, new_id())):
        with pytest.raises(NotFound):
            correct(house.services, clinic_id, reply_id, nurse, acuity="urgent", reason="Fever.")
    assert house.cases == house.all(Correction) == []


def test_words_of_a_number_nobody_knows_can_be_corrected_too(house: House, nurse: Actor) -> None:
    house.text("thanks", phone="+13125550177")
    reply = house.replies[0]
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="urgent", reason="It is the patient's wife.")
    assert [case.acuity for case in house.cases] == [Acuity.URGENT]


def test_what_was_said_by_phone_can_be_corrected(house: House, nurse: Actor) -> None:
    house.record()
    patient_id = house.communications[0].patient_id
    assert patient_id is not None
    record_spoken(house.services, house.clinic.id, patient_id, "feeling fine, thanks", nurse)
    reply = house.replies[0]
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="Wants a call back.")
    assert [case.acuity for case in house.cases] == [Acuity.ROUTINE]
