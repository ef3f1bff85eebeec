"""The ladder is climbed rung by rung until contact is recorded, by any number of processes at once."""

import threading
from datetime import timedelta
from uuid import UUID

from followup.domain.acuity import Acuity
from followup.domain.delivery import Status
from followup.domain.errors import TransientGatewayError
from followup.domain.paging import AnsweredBy
from followup.services.cases.acknowledge import acknowledge
from followup.services.cases.contact import contact
from followup.services.cases.escalate import escalate
from followup.services.escalation.acknowledge import acknowledge_page
from followup.services.escalation.call import ended, key_pressed, what_is_said
from followup.services.escalation.climb import NOBODY_PAGED, climb_due
from followup.services.escalation.ladder import set_ladder
from followup.services.escalation.rounds import look_after_pages
from followup.services.escalation.send import send_pages
from tests.services.cases.making import actor_of
from tests.services.escalation.conftest import BEN, MIA, NORA, PAGES_NUMBER, World


def call_ends(world: World, status: str = "no-answer") -> None:
    """The last call ends as the carrier says."""
    call, listed = world.calls.made[-1]
    ended(world.services, call.page_id, status, listed.provider_id)


def test_an_emergency_climbs_from_text_to_call_to_backup_to_manager_and_the_end_repeats(world: World) -> None:
    case_id = world.case()
    world.go()
    assert [len(world.texts(one)) for one in (NORA, BEN, MIA)] == [1, 0, 0]
    assert world.sms.accepted[0][0].sender == PAGES_NUMBER
    assert world.called() == []
    world.pass_time(5)
    assert world.called() == [NORA]
    call_ends(world)
    world.go()  # nobody picked up: the backup is paged at once, not after five minutes
    assert len(world.texts(BEN)) == 1
    assert world.called() == [NORA, BEN]
    world.pass_time(5)
    assert (len(world.texts(MIA)), len(world.email.sent)) == (1, 1)
    world.pass_time(4)
    assert len(world.texts(MIA)) == 1
    world.pass_time(1)
    assert len(world.texts(MIA)) == 2
    case = world.load(case_id)
    assert case.climbs == 5
    assert len({page.dedupe_key for page in world.pages()}) == len(world.pages())


def test_a_page_holds_nothing_of_the_patient_but_initials_and_a_link(world: World) -> None:
    case_id = world.case()
    world.go()
    words = world.texts(NORA)[0]
    assert "M.G." in words
    assert f"/cases/{case_id}" in words
    assert not any(part in words for part in ("Maria", "Gonzalez", "10001", "5550111"))


def test_a_claim_buys_ten_minutes_and_only_contact_ends_the_paging(world: World) -> None:
    case_id = world.case()
    world.go()
    acknowledge(world.services, world.clinic.id, case_id, actor_of(world.ben))
    world.pass_time(9)
    assert (len(world.texts(NORA)), len(world.texts(BEN))) == (1, 0)
    world.pass_time(1)
    assert (len(world.texts(NORA)), len(world.texts(BEN))) == (2, 1)  # and whoever has it hears of it too
    contact(world.services, world.clinic.id, case_id, actor_of(world.ben), how="call", outcome="no_answer")
    world.pass_time(5)
    assert world.called()
    sent = len(world.pages())
    contact(world.services, world.clinic.id, case_id, actor_of(world.ben), how="call", outcome="reached")
    world.pass_time(60)
    assert len(world.pages()) == sent


def test_a_key_on_the_call_takes_the_case_and_buys_time(world: World) -> None:
    case_id = world.case()
    world.go()
    world.pass_time(5)
    call, listed = world.calls.made[0]
    heard = what_is_said(world.services, call.page_id, listed.provider_id)
    assert heard.waits
    assert "M G" in heard.words
    assert not key_pressed(world.services, call.page_id, "1").waits
    call_ends(world, "completed")
    case = world.load(case_id)
    assert (case.owner_id, case.next_page_at) == (world.nora.id, world.clock.now() + timedelta(minutes=10))
    page = next(page for page in world.pages() if page.channel == "call")
    assert (page.status, page.acknowledged_how) == (Status.DELIVERED, "call")
    world.pass_time(10)
    assert len(world.texts(NORA)) == 2  # no contact is recorded


def test_a_call_that_a_mailbox_takes_is_no_answer(world: World) -> None:
    world.case()
    world.go()
    world.pass_time(5)
    call, listed = world.calls.made[0]
    what_is_said(world.services, call.page_id, listed.provider_id)
    call_ends(world, "completed")
    world.go()
    assert len(world.texts(BEN)) == 1


def test_urgent_words_page_once_their_time_is_up_and_an_answer_ends_it(world: World) -> None:
    case_id = world.case(Acuity.URGENT)
    world.pass_time(59)
    assert world.pages() == []
    world.pass_time(1)
    assert "has waited too long" in world.texts(NORA)[0]
    acknowledge(world.services, world.clinic.id, case_id, actor_of(world.nora))
    world.pass_time(29)
    assert len(world.texts(NORA)) == 1
    world.pass_time(1)
    assert len(world.texts(NORA)) == 2


def test_routine_words_page_nobody(world: World) -> None:
    world.case(Acuity.ROUTINE)
    world.pass_time(60 * 48)
    assert world.pages() == []


def test_more_emergency_words_in_a_minute_do_not_climb_the_ladder(world: World) -> None:
    for _ in range(5):
        world.case()
        world.go()
    assert len(world.pages()) == 1


def test_two_beats_at_once_page_once(world: World) -> None:
    world.case()
    ready = threading.Barrier(4)

    def tick() -> None:
        ready.wait()
        climb_due(world.services)

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.go()
    assert len(world.pages()) == 1
    assert len(world.texts(NORA)) == 1


def test_two_workers_at_once_make_a_call_once(world: World) -> None:
    world.case()
    world.go()
    world.clock.move(timedelta(minutes=5))
    climb_due(world.services)
    ready = threading.Barrier(4)

    def work() -> None:
        ready.wait()
        send_pages(world.services)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.called() == [NORA]


class Killed(BaseException):
    """A worker that vanishes: nothing of ours may catch it."""


def killed_at(world: World, moment: str) -> None:
    """Make the due call in a worker that dies before or after the carrier has taken it."""
    real = world.calls.call

    def dying(call: object) -> str:
        if moment == "after":
            real(call)  # type: ignore[arg-type]
        raise Killed

    class Dying:
        call = staticmethod(dying)
        list_calls = staticmethod(world.calls.list_calls)
        status_of = staticmethod(world.calls.status_of)

    from dataclasses import replace

    send_pages(replace(world.services, calls=Dying()))


def test_a_worker_killed_after_the_call_was_taken_does_not_call_twice(world: World) -> None:
    world.case()
    world.go()
    world.clock.move(timedelta(minutes=5))
    climb_due(world.services)
    killed_at(world, "after")
    for _ in range(6):
        world.real.move(timedelta(seconds=20))
        world.go()
    assert world.called() == [NORA]
    page = next(page for page in world.pages() if page.channel == "call")
    assert page.provider_id == world.calls.made[0][1].provider_id


def test_a_worker_killed_before_the_call_was_made_does_not_lose_it(world: World) -> None:
    world.case()
    world.go()
    world.clock.move(timedelta(minutes=5))
    climb_due(world.services)
    killed_at(world, "before")
    for _ in range(6):
        world.real.move(timedelta(seconds=20))
        world.go()
    assert world.called() == [NORA]


def test_an_answer_of_the_carrier_that_is_lost_does_not_call_twice(world: World) -> None:
    world.case()
    world.go()
    world.calls.after.append(TransientGatewayError("lost", accepted_unknown=True))
    world.pass_time(5)
    for _ in range(6):
        world.real.move(timedelta(seconds=20))
        world.go()
    assert world.called() == [NORA]


def test_a_text_that_is_refused_climbs_at_once_and_the_case_says_so(world: World) -> None:
    world.sms.refuse(NORA, "30004")
    case_id = world.case()
    world.go()
    world.go()
    assert world.called() == [NORA]
    assert ("page_lost", {"to": "Nora Reyes", "channel": "sms", "reason": "blocked"}) in world.events(case_id)


def test_a_text_that_cannot_leave_for_half_a_minute_is_climbed_past(world: World) -> None:
    world.sms.lose_request(NORA, times=50)
    world.sms.list_error = TransientGatewayError("no list")
    world.case()
    world.go()
    assert world.called() == []
    world.pass_time(0.6)
    world.go()
    assert world.called() == [NORA]


def test_staff_who_said_stop_to_the_carrier_are_called_and_no_patients_plan_is_touched(world: World) -> None:
    world.sms.refuse(NORA, "21610")
    world.case()
    world.go()
    world.go()
    assert world.called() == [NORA]
    with world.services.db.read() as tx:
        from sqlalchemy import select

        from followup.store.models import ContactPoint, OptOut

        assert tx.scalars(select(OptOut)).all() == []
        assert any(point.stopped_at for point in tx.scalars(select(ContactPoint)))


def test_past_the_last_rung_every_administrator_gets_a_mail(world: World) -> None:
    case_id = world.case()
    with world.services.db.write() as tx:
        from sqlalchemy import delete

        from followup.store.models import ContactPoint

        tx.execute(delete(ContactPoint))
    world.go()
    assert [mail.to for mail in world.email.sent] == ["mia@lake.example"]
    paged = [detail for kind, detail in world.events(case_id) if kind == "paged"]
    assert "Nora Reyes cannot be reached by text" in paged[0]["lacking"]


def test_an_empty_ladder_pages_the_administrators_and_without_mail_the_queue_shows_it(world: World) -> None:
    set_ladder(world.services, world.clinic.id, [], actor=actor_of(world.mia))
    world.case()
    world.go()
    assert len(world.email.sent) == 1
    from dataclasses import replace

    mute = replace(world.services, email=None)
    world.clock.move(timedelta(minutes=5))
    look_after_pages(mute)
    assert NOBODY_PAGED in world.load(world.pages()[0].case_id or UUID(int=0)).beware


def test_escalating_pages_at_once_and_not_whoever_asks_for_help(world: World) -> None:
    case_id = world.case(Acuity.ROUTINE)
    acknowledge(world.services, world.clinic.id, case_id, actor_of(world.nora))
    escalate(
        world.services, world.clinic.id, case_id, actor_of(world.nora), reason="Looks grey.", acuity="emergency"
    )  # fmt: skip
    world.go()
    assert (world.texts(NORA), world.called(), len(world.texts(BEN))) == ([], [BEN], 1)


def test_an_answered_page_leaves_a_colleagues_case_alone_and_buys_time(world: World) -> None:
    case_id = world.case()
    world.go()
    acknowledge(world.services, world.clinic.id, case_id, actor_of(world.ben))
    world.pass_time(3)
    done = acknowledge_page(world.services, world.pages()[0].id, AnsweredBy.EMAIL)
    assert (done.mine, done.owner, done.first) == (False, "Ben Ito", True)
    assert world.load(case_id).next_page_at == world.clock.now() + timedelta(minutes=10)
    assert not acknowledge_page(world.services, world.pages()[0].id, AnsweredBy.EMAIL).first
