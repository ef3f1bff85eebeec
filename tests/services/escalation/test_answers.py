"""Texts from staff answer pages, are kept when they are no answer, and are never taken for a patient's."""

from datetime import timedelta

from sqlalchemy import select

from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.store.models import PageAnswer, Reply
from tests.services.escalation.conftest import BEN, NORA, PAGES_NUMBER, PATIENTS_NUMBER, World, make_world


def replies(world: World) -> list[Reply]:
    """Every reply that was read as a patient's."""
    with world.services.db.read() as tx:
        return list(tx.scalars(select(Reply)))


def test_one_takes_the_case_and_is_confirmed(world: World) -> None:
    case_id = world.case()
    world.go()
    assert world.answer("1")
    world.go()
    assert world.load(case_id).owner_id == world.nora.id
    assert "you have M.G. now" in world.texts(NORA)[-1]
    assert replies(world) == []


def test_the_same_answer_posted_twice_counts_once(world: World) -> None:
    world.case()
    world.go()
    assert world.answer("1", sid="SMx")
    assert not world.answer("1", sid="SMx")
    world.go()
    assert len(world.texts(NORA)) == 2


def test_two_passes_it_on_at_once(world: World) -> None:
    world.case()
    world.go()
    world.answer("2")
    world.go()
    assert world.called() == [NORA]


def test_words_that_are_no_answer_are_kept_on_the_case_and_take_nothing(world: World) -> None:
    case_id = world.case()
    world.go()
    world.answer("in theatre, ask Ben")
    world.go()
    assert world.load(case_id).owner_id is None
    assert ("page_said", {"words": "in theatre, ask Ben"}) in world.events(case_id)
    assert "Reply 1 to take it" in world.texts(NORA)[-1]
    assert replies(world) == []


def test_a_patients_words_to_the_patients_number_stay_a_patients(world: World) -> None:
    world.case()
    world.go()
    world.answer("1", sender="+13125550111", to=PATIENTS_NUMBER)
    world.answer("ok", sender=NORA, to=PATIENTS_NUMBER, sid="SMnora")  # her page was sent from the other number
    world.answer("help me", sender="+13125550111", to=PAGES_NUMBER)
    assert len(replies(world)) == 2


def test_staff_who_are_patients_too_lose_none_of_their_words_on_a_shared_number(
    sqlite_services: Services, clock: MovableClock
) -> None:
    world = make_world(sqlite_services, clock, own_pager=False)
    from tests.services.cases.making import make_patient

    make_patient(world.services, world.clinic, "Nora", "Reyes", mrn="77", phone=NORA)
    case_id = world.case()
    world.go()
    world.answer("my shoulder is swollen and red", to=PATIENTS_NUMBER)
    assert len(replies(world)) == 1
    world.answer("1", to=PATIENTS_NUMBER)
    assert world.load(case_id).owner_id == world.nora.id
    assert len(replies(world)) == 1


def test_stop_from_staff_closes_texts_and_start_opens_them(world: World) -> None:
    world.case()
    world.go()
    world.answer("STOP")
    world.clock.move(timedelta(minutes=30))
    world.go()
    with world.services.db.read() as tx:
        assert {row.meaning for row in tx.scalars(select(PageAnswer))} == {"stop"}
    world.answer("START")
    assert world.texts(BEN) or world.called()


def test_one_answers_the_newest_page_that_waits(world: World) -> None:
    first = world.case()
    world.go()
    world.answer("1", sid="SM1")
    assert world.load(first).owner_id == world.nora.id
    world.pass_time(10)
    world.answer("1", sid="SM2")
    assert world.load(first).next_page_at == world.clock.now() + timedelta(minutes=10)
