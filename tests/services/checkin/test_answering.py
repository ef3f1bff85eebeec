"""Answers of the check-in page are replies like any other: kept, read, put into the queue, and sent once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.checkin import LEFT_LYING
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.domain.triage import Assessment, ReplyContext
from followup.gateways.clock import MovableClock
from followup.services import rounds
from followup.services.checkin import answering, visit
from followup.services.checkin.answering import Closed
from followup.services.checkin.visit import State
from followup.services.context import Services
from followup.services.procedures import cancel_procedure
from followup.store.models import CheckIn, OptOut
from tests.services.checkin.knocking import Asked, asked


def test_the_email_carries_a_link_and_the_text_only_where_the_clinic_wants_it(
    services: Services, clock: MovableClock
) -> None:
    plain = asked(services, clock, phone="+13125550111")
    assert plain.token == ""


def test_a_text_carries_the_link_where_the_clinic_wants_it(rosa: Asked) -> None:
    said = rosa.house.said()[-1]
    assert f"http://127.0.0.1:8000/c/{rosa.token}" in said
    assert rosa.open().stops == "text"


def test_a_check_in_is_one_reply_with_its_questions_and_goes_into_the_queue(ana: Asked) -> None:
    page = ana.open()
    assert (page.state, page.given_name, page.stops) == (State.OPEN, "Ana", "email")
    assert [each.slug for each in page.questions] == ["swelling", "pain", "more"]
    ana.answer(swelling="worse", pain="6", more="it is hot and red")
    ana.send()
    (reply,) = ana.house.replies
    assert (reply.channel, reply.status, reply.acuity) == ("checkin", "read", "urgent")
    assert reply.text == "worse\npain 6/10\nit is hot and red"
    assert [(each["asked"], each["said"]) for each in reply.answers] == [
        ("How are the swelling and bruising now?", "worse"),
        ("How strong is your pain now, from 0 to 10?", "pain 6/10"),
        ("Is there anything else you want the nurse to know?", "it is hot and red"),
    ]
    assert reply.assessment["last_message"] == "day-two-check"
    (case,) = ana.house.cases
    assert (case.acuity, case.id) == ("urgent", reply.case_id)
    done = ana.look()
    assert done.state is State.SENT
    assert done.outcome is not None
    assert done.outcome.by == "Thursday at 11 am"


def test_sending_twice_stores_once_and_nothing_can_be_changed_after(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="better", pain="1")
    ana.send()
    ana.send()
    assert len(ana.house.replies) == 1
    with pytest.raises(Closed):
        ana.answer(swelling="worse")
    (row,) = ana.house.all(CheckIn)
    assert row.answers is None, "sent answers are kept once, with the reply"


def test_better_and_little_pain_need_nobody(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="better", pain="1", more="")
    ana.send()
    assert ana.house.cases == []
    outcome = ana.look().outcome
    assert outcome is not None
    assert (outcome.acuity, outcome.by) == ("none", "")


def test_answers_are_kept_as_they_come_and_can_be_changed_until_they_are_sent(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="better")
    ana.answer("es", swelling="worse", pain="2")
    assert ana.look().answers == {"swelling": "worse", "pain": "2"}
    ana.send("es")
    assert ana.house.replies[0].text == "peor\ndolor 2/10"


def test_an_emergency_does_not_wait_for_the_rest(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="same")
    (kept,) = ana.answer(more="I can't breathe")
    assert kept.alarm
    assert len(kept.tell) == 1
    page = ana.look()
    assert page.state is State.OPEN
    assert "Call 911 now" in page.emergency
    (reply,) = ana.house.replies
    assert (reply.text, reply.acuity) == ("same\nI can't breathe", "emergency")
    assert ana.house.cases[0].acuity == "emergency"
    answering.tell_now(ana.services, kept.tell)
    assert "Call 911 now" in ana.mail.sent[-1].text
    ana.answer(pain="9")
    ana.send()
    assert [each.text for each in ana.house.replies] == ["same\nI can't breathe", "pain 9/10"]
    assert ana.look().emergency
    assert sum(each.kind == "emergency" for each in ana.house.communications) == 1


def test_pressing_next_twice_on_an_emergency_makes_one_reply(ana: Asked) -> None:
    ana.open()
    ana.answer(more="I can't breathe")
    (again,) = ana.answer(more="I can't breathe")
    assert not again.alarm
    assert len(ana.house.replies) == 1


def test_words_of_self_harm_are_answered_with_the_crisis_line(ana: Asked) -> None:
    ana.open()
    ana.answer("es", more="quiero morirme, no quiero vivir")
    assert "988" in ana.look("es").emergency


def test_the_emergency_text_goes_to_the_phone_whose_text_was_answered(rosa: Asked) -> None:
    rosa.open()
    (kept,) = rosa.answer(more="my chest hurts a lot and I can't breathe")
    answering.tell_now(rosa.services, kept.tell)
    assert "Call 911 now" in rosa.house.said()[-1]


def test_the_box_stops_texts_and_the_symptom_still_counts(rosa: Asked) -> None:
    rosa.open()
    rosa.answer(swelling="worse", pain="3")
    rosa.send(stop="Stop texting me")
    (reply,) = rosa.house.replies
    assert (reply.acuity, reply.opt_out) == ("urgent", True)
    (stop,) = rosa.house.all(OptOut)
    assert (stop.channel, stop.reason) == ("sms", "stop")
    outcome = rosa.look().outcome
    assert outcome is not None
    assert outcome.stopped


def test_without_a_phone_the_box_stops_emails(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="better", pain="0")
    ana.send(stop="Stop sending me emails")
    (stop,) = ana.house.all(OptOut)
    assert stop.channel == "email"


def test_what_was_begun_and_left_goes_to_the_nurse_all_the_same(ana: Asked, clock: MovableClock) -> None:
    ana.open()
    ana.answer(swelling="worse")
    rounds.sweep(ana.services)
    assert ana.house.replies == []
    clock.move(LEFT_LYING + timedelta(minutes=1))
    rounds.sweep(ana.services)
    rounds.sweep(ana.services)
    (reply,) = ana.house.replies
    assert (reply.text, reply.acuity) == ("worse", "urgent")
    ana.answer(pain="2")
    ana.send()
    assert [each.text for each in ana.house.replies] == ["worse", "pain 2/10"]


def test_a_reading_that_fails_goes_to_a_person(ana: Asked) -> None:
    class Broken:
        version = "broken"

        def assess(self, context: ReplyContext) -> Assessment:
            """Fail."""
            raise ValueError

    broken: Any = Broken()
    ana.house.services = replace(ana.services, reader=lambda: broken)
    ana.open()
    ana.answer(swelling="better", pain="0", more="hm")
    ana.send()
    (reply,) = ana.house.replies
    assert reply.status == "unreadable"
    assert ana.house.cases[0].patient_id == reply.patient_id
    outcome = ana.look().outcome
    assert outcome is not None
    assert outcome.by, "the page says when a nurse reads it"


def test_a_question_without_an_answer_holds_the_rest_back(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="better")
    with pytest.raises(Conflict):
        ana.send()
    with pytest.raises(InvalidInput):
        ana.answer(pain="eleven")
    with pytest.raises(NotFound):
        ana.answer(nothing="x")


@pytest.mark.parametrize("in_error", [False, True])
def test_a_procedure_taken_back_closes_the_page(ana: Asked, in_error: bool) -> None:
    ana.open()
    cancel_procedure(
        ana.services, ana.house.clinic.id, ana.procedure_id, "wrong patient", OPERATOR, entered_in_error=in_error
    )
    page = ana.look()
    assert (page.state, page.given_name) == (State.OVER, "")
    with pytest.raises(Closed):
        ana.answer(swelling="worse")
    with pytest.raises(Closed):
        ana.send()


def test_the_page_closes_when_the_step_is_of_no_more_use_on_the_patients_clock(
    services: Services, clock: MovableClock
) -> None:
    # Two days before the clocks go forward in Chicago: the fourth day ends an hour earlier in true time.
    clock.put(clock.now().replace(day=6))
    late = asked(services, clock)
    late.open()
    assert late.services.now().isoformat() == "2026-03-08T15:30:00+00:00"
    clock.put(clock.now().replace(day=11, hour=4, minute=59))
    assert late.look().state is State.OPEN
    clock.put(clock.now().replace(hour=5, minute=0))
    assert late.look().state is State.OVER


def test_nobody_finds_a_page_that_was_never_opened(ana: Asked) -> None:
    with pytest.raises(NotFound):
        visit.visit(ana.services, ana.token)


def test_sent_from_two_windows_at_once_it_is_stored_once(ana: Asked) -> None:
    ana.open()
    ana.answer(swelling="worse", pain="3")
    with ThreadPoolExecutor(8) as pool:
        for sent in [pool.submit(ana.send) for _ in range(8)]:
            sent.result()
    assert len(ana.house.replies) == 1
    assert len(ana.house.cases) == 1
