"""What staff do with cases: who may, who was first, and what it leaves behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus
from followup.domain.errors import Conflict, FollowupError, InvalidInput, NotFound
from followup.gateways.clock import MovableClock
from followup.services.cases.acknowledge import acknowledge, take_next
from followup.services.cases.contact import contact
from followup.services.cases.escalate import escalate
from followup.services.cases.hand_over import hand_over
from followup.services.cases.note import note
from followup.services.cases.resolve import reopen, resolve
from followup.services.context import Services
from followup.store import case_events
from followup.store.models import AuditEntry, Case, Clinic
from tests.services.cases.making import actor_of, make_case, make_clinic, make_patient, make_staff


def events(services: Services, clinic: Clinic, case_id: UUID) -> list[str]:
    """The kinds of what happened to a case, in order."""
    with services.db.read() as tx:
        return [event.kind for event in case_events.of_case(tx, clinic.id, case_id)]


def audited(services: Services, case_id: UUID) -> list[str]:
    """What the audit trail says was done to a case, in order."""
    with services.db.read() as tx:
        entries = select(AuditEntry.action).where(AuditEntry.object_id == case_id)
        return list(tx.scalars(entries.order_by(AuditEntry.id)))


@pytest.fixture
def clinic(services: Services) -> Clinic:
    """A clinic."""
    return make_clinic(services)


@pytest.fixture
def rosa(services: Services, clinic: Clinic) -> Actor:
    """A nurse."""
    return actor_of(make_staff(services, clinic))


@pytest.fixture
def ben(services: Services, clinic: Clinic) -> Actor:
    """Another nurse."""
    return actor_of(make_staff(services, clinic, "Ben Okafor"))


@pytest.fixture
def case(services: Services, clinic: Clinic) -> Case:
    """An urgent case of a patient."""
    return make_case(services, clinic, make_patient(services, clinic))


def test_acknowledging_gives_a_case_an_owner_and_is_written_down(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    taken = acknowledge(services, clinic.id, case.id, rosa)
    assert (taken.status, taken.owner_id) == (CaseStatus.ACKNOWLEDGED, rosa.id)
    assert events(services, clinic, case.id) == ["opened", "acknowledged"]
    assert audited(services, case.id) == ["open", "acknowledge"]
    assert (clinic.id, f"case:{case.id}") in services.queue.announced  # type: ignore[attr-defined]


def test_the_second_to_acknowledge_learns_who_was_first_and_when(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor, case: Case
) -> None:
    acknowledge(services, clinic.id, case.id, rosa)
    with pytest.raises(Conflict, match="Rosa Patel was first: they acknowledged this case at 09:30"):
        acknowledge(services, clinic.id, case.id, ben)
    assert events(services, clinic, case.id) == ["opened", "acknowledged"]


def test_of_many_who_acknowledge_at_once_exactly_one_succeeds(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor, case: Case
) -> None:
    def attempt(number: int) -> bool:
        try:
            acknowledge(services, clinic.id, case.id, rosa if number % 2 else ben)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_a_case_of_another_clinic_is_not_there(services: Services, case: Case) -> None:
    outsider = make_clinic(services, "riverside")
    stranger = actor_of(make_staff(services, outsider, "Eve Stone"))
    for verb in (
        lambda: acknowledge(services, outsider.id, case.id, stranger),
        lambda: contact(services, outsider.id, case.id, stranger, how="call", outcome="reached"),
        lambda: note(services, outsider.id, case.id, stranger, text="x"),
        lambda: hand_over(services, outsider.id, case.id, stranger, to=UUID(str(stranger.id))),
        lambda: escalate(services, outsider.id, case.id, stranger, reason="x"),
        lambda: resolve(services, outsider.id, case.id, stranger, disposition="self_care", confirm=True),
        lambda: reopen(services, outsider.id, case.id, stranger),
    ):
        with pytest.raises(NotFound):
            verb()


def test_next_takes_the_most_pressing_case_and_two_nurses_never_get_the_same(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor
) -> None:
    for number, acuity in enumerate([Acuity.ROUTINE, Acuity.EMERGENCY, Acuity.URGENT, Acuity.URGENT]):
        patient = make_patient(services, clinic, mrn=str(number), phone=f"+1312555011{number}")
        make_case(services, clinic, patient, acuity)
    first = take_next(services, clinic.id, rosa)
    assert first is not None
    assert first.acuity == Acuity.EMERGENCY
    with ThreadPoolExecutor(4) as pool:
        rest = list(pool.map(lambda number: take_next(services, clinic.id, (rosa, ben)[number % 2]), range(4)))
    taken = [case.id for case in rest if case is not None]
    assert len(taken) == len(set(taken)) == 3
    assert take_next(services, clinic.id, rosa) is None


def test_a_try_does_not_stop_the_clock_but_contact_does(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    tried = contact(services, clinic.id, case.id, rosa, how="call", outcome="no_answer")
    assert tried.waiting_since is not None
    assert tried.owner_id == rosa.id
    reached = contact(services, clinic.id, case.id, rosa, how="call", outcome="reached", words="Ice, call back")
    assert reached.waiting_since is None
    assert reached.contacted_at == services.now()


def test_an_unknown_way_or_outcome_of_contact_is_refused_with_both_named(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    with pytest.raises(InvalidInput) as refused:
        contact(services, clinic.id, case.id, rosa, how="pigeon", outcome="perhaps")
    assert [fault.field for fault in refused.value.faults] == ["how", "outcome"]


def test_what_a_nurse_writes_is_sealed_in_the_database(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    note(services, clinic.id, case.id, rosa, text="Lives alone on Oak Street")
    with services.db.engine.connect() as connection:
        for row in connection.exec_driver_sql("SELECT detail FROM case_events"):
            assert b"Oak Street" not in bytes(row[0])


def test_a_case_that_was_handed_over_counts_as_nobodys_until_it_is_taken(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor, case: Case
) -> None:
    acknowledge(services, clinic.id, case.id, rosa)
    handed = hand_over(services, clinic.id, case.id, rosa, to=UUID(str(ben.id)), note="Off shift at 10")
    assert (handed.status, handed.owner_id, handed.acknowledged_at) == (CaseStatus.OPEN, ben.id, None)
    with pytest.raises(Conflict, match="handed over to Ben Okafor"):
        acknowledge(services, clinic.id, case.id, rosa)
    assert acknowledge(services, clinic.id, case.id, ben).status == CaseStatus.ACKNOWLEDGED


def test_taking_a_case_over_makes_it_mine_at_once(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor, case: Case
) -> None:
    acknowledge(services, clinic.id, case.id, rosa)
    mine = hand_over(services, clinic.id, case.id, ben, to=UUID(str(ben.id)))
    assert (mine.status, mine.owner_id) == (CaseStatus.ACKNOWLEDGED, ben.id)


def test_a_case_cannot_be_handed_to_another_clinics_staff_or_without_a_note(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor, case: Case
) -> None:
    stranger = make_staff(services, make_clinic(services, "riverside"), "Eve Stone")
    with pytest.raises(InvalidInput):
        hand_over(services, clinic.id, case.id, rosa, to=stranger.id, note="Please")
    with pytest.raises(InvalidInput):
        hand_over(services, clinic.id, case.id, rosa, to=UUID(str(ben.id)), note=" ")


def test_escalating_raises_one_step_and_pages_and_never_lowers(
    services: Services, clinic: Clinic, rosa: Actor, case: Case, clock: MovableClock
) -> None:
    raised = escalate(services, clinic.id, case.id, rosa, reason="Sounds short of breath")
    assert raised.acuity == Acuity.EMERGENCY
    assert raised.respond_by == raised.next_page_at == clock.now()
    with pytest.raises(InvalidInput, match="cannot lower"):
        escalate(services, clinic.id, case.id, rosa, reason="x", acuity="urgent")


def test_a_case_is_resolved_only_with_a_disposition(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    with pytest.raises(InvalidInput, match="Choose what was advised"):
        resolve(services, clinic.id, case.id, rosa, disposition="", confirm=True)
    done = resolve(services, clinic.id, case.id, rosa, disposition="self_care", confirm=True)
    assert (done.status, done.disposition, done.resolved_by) == (CaseStatus.RESOLVED, "self_care", rosa.id)
    assert done.waiting_since is None


def test_words_that_came_in_meanwhile_are_not_closed_away(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    seen = acknowledge(services, clinic.id, case.id, rosa).version
    with services.db.read() as tx:
        patient = tx.get(Case, case.id)
        assert patient is not None
    again = make_case(services, clinic, _patient(services, case))
    assert again.id == case.id
    with pytest.raises(Conflict, match="Something came in"):
        resolve(services, clinic.id, case.id, rosa, disposition="self_care", version=seen)
    with pytest.raises(Conflict, match="nobody has looked at"):
        resolve(services, clinic.id, case.id, rosa, disposition="self_care")
    assert (
        resolve(services, clinic.id, case.id, rosa, disposition="self_care", version=again.version).status
        == CaseStatus.RESOLVED
    )


def _patient(services: Services, case: Case):  # type: ignore[no-untyped-def]
    from followup.store.models import Patient

    with services.db.read() as tx:
        return tx.get(Patient, case.patient_id)


def test_an_emergency_without_contact_needs_a_reason_to_be_resolved(
    services: Services, clinic: Clinic, rosa: Actor
) -> None:
    case = make_case(services, clinic, make_patient(services, clinic), Acuity.EMERGENCY)
    with pytest.raises(InvalidInput, match="No contact with the patient"):
        resolve(services, clinic.id, case.id, rosa, disposition="unreachable", confirm=True)
    resolve(services, clinic.id, case.id, rosa, disposition="unreachable", note="Ambulance went", confirm=True)


def test_who_resolves_second_learns_who_was_first(
    services: Services, clinic: Clinic, rosa: Actor, ben: Actor, case: Case
) -> None:
    resolve(services, clinic.id, case.id, rosa, disposition="self_care", confirm=True)
    with pytest.raises(Conflict, match="Rosa Patel resolved this case at 09:30"):
        resolve(services, clinic.id, case.id, ben, disposition="self_care", confirm=True)


def test_a_reopened_case_is_anyones_with_a_new_clock(
    services: Services, clinic: Clinic, rosa: Actor, case: Case, clock: MovableClock
) -> None:
    resolve(services, clinic.id, case.id, rosa, disposition="self_care", confirm=True)
    clock.move(timedelta(hours=2))
    again = reopen(services, clinic.id, case.id, rosa, reason="Called back, worse")
    assert (again.status, again.owner_id, again.disposition, again.resolved_at) == (CaseStatus.OPEN, None, None, None)
    assert again.respond_by == clock.now() + timedelta(hours=1)
    assert events(services, clinic, case.id) == ["opened", "resolved", "reopened"]


def test_a_case_is_not_reopened_beside_another_open_case_of_its_patient(
    services: Services, clinic: Clinic, rosa: Actor, case: Case
) -> None:
    resolve(services, clinic.id, case.id, rosa, disposition="self_care", confirm=True)
    make_case(services, clinic, _patient(services, case))
    with pytest.raises(Conflict, match="another open case"):
        reopen(services, clinic.id, case.id, rosa)


def test_a_case_that_is_not_there_is_not_found(services: Services, clinic: Clinic, rosa: Actor) -> None:
    with pytest.raises(FollowupError):
        note(services, clinic.id, uuid4(), rosa, text="x")
