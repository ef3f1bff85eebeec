"""Opening a case and joining the unresolved one of its subject."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.gateways.clock import MovableClock
from followup.services.cases.intake import mark_in
from followup.services.context import Services
from followup.store import case_events, cases
from followup.store.models import Case
from tests.services.cases.making import make_case, make_clinic, make_patient


def test_the_first_words_open_a_case_and_the_next_join_it(services: Services) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    first = make_case(services, clinic, patient, Acuity.ROUTINE)
    second = make_case(services, clinic, patient, Acuity.ROUTINE)
    assert first.id == second.id
    with services.db.read() as tx:
        assert [event.kind for event in case_events.of_case(tx, clinic.id, first.id)] == ["opened", "joined"]


def test_a_joining_reply_raises_the_acuity_and_brings_the_time_forward(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    before = make_case(services, clinic, patient, Acuity.ROUTINE)
    clock.move(timedelta(minutes=20))
    after = make_case(services, clinic, patient, Acuity.EMERGENCY)
    assert after.acuity == Acuity.EMERGENCY
    assert after.respond_by == clock.now() < before.respond_by
    assert after.waiting_since == before.waiting_since
    assert after.next_page_at == clock.now()
    with services.db.read() as tx:
        kinds = [event.kind for event in case_events.of_case(tx, clinic.id, after.id)]
    assert sorted(kinds) == ["joined", "opened", "raised"]


def test_a_milder_reply_never_lowers_a_case_nor_gives_it_more_time(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    before = make_case(services, clinic, patient, Acuity.URGENT)
    clock.move(timedelta(minutes=20))
    after = make_case(services, clinic, patient, Acuity.ROUTINE)
    assert after.acuity == Acuity.URGENT
    assert after.respond_by == before.respond_by


def test_words_that_need_no_reading_join_as_routine_when_they_are_handed_in(services: Services) -> None:
    clinic = make_clinic(services)
    case = make_case(services, clinic, make_patient(services, clinic), Acuity.NONE)
    assert case.acuity == Acuity.ROUTINE


def test_new_words_on_an_answered_case_start_the_clock_again(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    case = make_case(services, clinic, patient, Acuity.URGENT)
    with services.db.write() as tx:
        cases.change(
            tx,
            clinic.id,
            case.id,
            statuses=[CaseStatus.OPEN],
            version=None,
            values={"waiting_since": None, "contacted_at": clock.now(), "unseen": False},
        )
    clock.move(timedelta(hours=3))
    again = make_case(services, clinic, patient, Acuity.ROUTINE)
    assert again.waiting_since == clock.now()
    assert again.respond_by == clock.now() + timedelta(hours=1)
    assert again.unseen
    assert again.contacted_at is None


def test_a_resolved_case_is_not_joined(services: Services, clock: MovableClock) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    first = make_case(services, clinic, patient)
    with services.db.write() as tx:
        cases.change(
            tx, clinic.id, first.id, statuses=[CaseStatus.OPEN], version=None, values={"status": CaseStatus.RESOLVED}
        )
    assert make_case(services, clinic, patient).id != first.id


def test_the_patients_own_words_take_the_place_of_a_call_list_entry(services: Services) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    make_case(services, clinic, patient, Acuity.ROUTINE, kind=CaseKind.SILENT)
    assert make_case(services, clinic, patient, Acuity.ROUTINE).kind == CaseKind.REPLY


def test_a_word_to_beware_of_is_kept_once(services: Services) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    for _ in range(2):
        with services.db.write() as tx:
            case = cases.unresolved_of_subject(tx, clinic.id, make_case_key(services, clinic, patient))
            assert case is not None
            mark_in(tx, case, "not_told")
    with services.db.read() as tx:
        found = cases.by_id(tx, clinic.id, case.id)
        assert found is not None
        assert found.beware == ["not_told"]


def make_case_key(services: Services, clinic: object, patient: object) -> str:
    """The subject key of a case that is there."""
    return make_case(services, clinic, patient).subject_key  # type: ignore[arg-type]


def test_many_replies_at_the_same_moment_make_one_case(services: Services) -> None:
    clinic = make_clinic(services)
    patient = make_patient(services, clinic)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make_case(services, clinic, patient).id, range(16)))
    assert len(set(made)) == 1
    with services.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Case)) == 1
        assert len(case_events.of_case(tx, clinic.id, made[0])) == 16
