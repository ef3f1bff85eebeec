"""Replies are read: tied to a patient, queued at their urgency, answered where they must be, never lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.delivery import Kind
from followup.domain.triage import Assessment, ReplyContext
from followup.services.replies.receive import read_waiting
from followup.store.database import Tx
from followup.store.models import Reply

from .conftest import House


def test_worse_after_the_day_two_check_opens_an_urgent_case(house: House) -> None:
    house.record()
    house.pass_time(48)
    house.text("worse")
    reply, case = house.replies[0], house.cases[0]
    assert reply.acuity == Acuity.URGENT
    assert reply.question_id is not None
    assert case.acuity == Acuity.URGENT
    assert case.patient_id == reply.patient_id
    assert reply.case_id == case.id


def test_thanks_are_recorded_and_open_nothing(house: House) -> None:
    house.record()
    house.send_due()
    house.text("thank you!")
    assert house.replies[0].acuity == Acuity.NONE
    assert house.replies[0].patient_id is not None
    assert house.cases == []


def test_the_same_post_twice_is_one_reply_and_one_case(house: House) -> None:
    house.record()
    house.send_due()
    first = house.text("much worse", sid="SMsame")
    again = house.text("much worse", sid="SMsame")
    assert (first.new, again.new) == (True, False)
    assert first.reply_id == again.reply_id
    assert len(house.replies) == len(house.cases) == 1


def test_a_second_reply_joins_the_open_case_and_raises_it_but_never_lowers_it(house: House) -> None:
    house.record()
    house.send_due()
    house.text("how long should i rest?")
    assert [case.acuity for case in house.cases] == [Acuity.ROUTINE]
    house.text("i cant breathe")
    house.text("ok thanks")
    assert [case.acuity for case in house.cases] == [Acuity.EMERGENCY]
    assert len(house.replies) == 3


def test_an_emergency_is_told_to_call_911_at_once_from_this_process(house: House) -> None:
    house.record()
    house.send_due()
    before = len(house.said())
    house.text("i cant breathe and my chest hurts")
    told = house.said()[before:]
    assert len(told) == 1
    assert "911" in told[0]
    assert [row.status for row in house.communications if row.kind == Kind.EMERGENCY] == ["sent"]


def test_words_of_self_harm_are_answered_with_the_crisis_line(house: House) -> None:
    house.record()
    house.send_due()
    house.text("i want to kill myself")
    assert "988" in house.said()[-1]


def test_an_emergency_in_another_language_than_the_record_is_answered_in_both(house: House) -> None:
    house.record()
    house.send_due()
    house.text("no puedo respirar, me duele el pecho")
    told = house.said()[-1]
    assert "Call 911" in told
    assert "Llame al 911" in told


def test_an_emergency_is_answered_even_to_who_said_stop(house: House) -> None:
    house.record()
    house.send_due()
    house.text("STOP")
    before = len(house.said())
    house.text("i cant breathe")
    assert len(house.said()) == before + 1
    assert "opted_out" in house.cases[-1].beware


def test_where_the_carrier_refuses_the_emergency_answer_the_case_says_not_told(house: House) -> None:
    house.record()
    house.send_due()
    house.sms.refuse("+13125550111", "21610")
    house.text("i cant breathe")
    assert "not_told" in house.cases[0].beware


def test_a_number_nobody_knows_goes_to_a_nurse_whatever_it_says(house: House) -> None:
    house.text("thanks", phone="+13125550177")
    assert [case.kind for case in house.cases] == [CaseKind.UNKNOWN_SENDER]
    assert house.cases[0].patient_id is None


def test_a_shared_phone_is_tied_by_the_one_question_still_open(house: House) -> None:
    house.record("M1", given_name="Ana")
    house.pass_time(52)
    asked = next(row for row in house.communications if row.asks)
    house.record("M2", given_name="Ben")
    house.text("better")
    assert house.replies[0].patient_id == asked.patient_id
    assert house.replies[0].acuity == Acuity.NONE


def test_a_shared_phone_with_two_open_questions_goes_to_a_nurse_with_both_candidates(house: House) -> None:
    house.record("M1", given_name="Ana")
    house.record("M2", given_name="Ben")
    house.pass_time(54)
    assert len({row.patient_id for row in house.communications if row.asks and row.status == "sent"}) == 2
    house.text("better")
    reply = house.replies[0]
    assert reply.patient_id is None
    assert len(reply.candidates) == 2
    assert "shared_number" in house.cases[0].beware


def test_an_answer_to_a_nurses_own_message_always_reaches_her(house: House) -> None:
    from followup.domain.actor import Actor, ActorKind
    from followup.services import staff
    from followup.services.cases.acknowledge import acknowledge
    from followup.services.cases.answer import answer

    house.record()
    house.send_due()
    house.text("how long should i rest?")
    nurse = staff.add(house.services, house.clinic.id, "n@lake.example", "Nora", "nurse").person
    actor = Actor(ActorKind.STAFF, nurse.id)
    case = acknowledge(house.services, house.clinic.id, house.cases[0].id, actor)
    answer(house.services, house.clinic.id, case.id, actor, text="Rest until Thursday.", form_token="one")
    house.send_due()
    house.text("thank you")
    assert house.replies[-1].to_nurse
    assert house.replies[-1].case_id == case.id
    assert house.cases[0].unseen


def test_a_reader_that_fails_leaves_the_words_to_a_person(house: House) -> None:
    class Broken:
        def assess(self, context: ReplyContext) -> Assessment:
            raise RuntimeError("broken")

    house.record()
    house.send_due()
    broken = replace(house, services=replace(house.services, reader=lambda: Broken()))  # type: ignore[arg-type,return-value]
    broken.text("all fine")
    assert house.replies[0].status == "unreadable"
    assert house.cases[0].acuity == Acuity.ROUTINE


class Away:
    """A database that is away for some transactions, each time where a reading would begin."""

    def __init__(self, house: House, times: int) -> None:
        self._db, self.sqlite, self.times = house.services.db, house.services.db.sqlite, times

    def read(self) -> object:
        return self._db.read()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        with self._db.write() as tx:
            yield tx
            if self.times and tx.scalar(select(Reply.id).where(Reply.status == "read")) is not None:
                self.times -= 1
                raise OperationalError("COMMIT", {}, Exception("server closed the connection"))


def test_a_database_that_went_away_while_an_emergency_was_read_does_not_keep_its_answer_back(house: House) -> None:
    away = Away(house, 1)
    falling = replace(house, services=replace(house.services, db=away))  # type: ignore[arg-type]
    falling.text("I have crushing chest pain and can't breathe", phone="+13125550119")
    assert house.replies[0].status == "received", "neither read nor left to a person yet"
    assert read_waiting(house.services, house.services.now()) == 1
    assert house.replies[0].acuity == Acuity.EMERGENCY
    assert "911" in house.said("+13125550119")[-1]


def test_a_reading_that_fails_for_minutes_is_left_to_a_person(house: House) -> None:
    away = Away(house, 2)
    falling = replace(house, services=replace(house.services, db=away))  # type: ignore[arg-type]
    falling.text("all fine", phone="+13125550119")
    assert house.cases == []
    later = replace(falling.services, real_now=lambda: datetime.now(UTC) + timedelta(minutes=4))
    assert read_waiting(later, house.services.now()) == 1
    assert house.replies[0].status == "unreadable"
    assert len(house.cases) == 1


def test_what_was_stored_and_not_read_is_read_by_the_sweep(house: House) -> None:
    house.record()
    house.send_due()
    house.text("worse than yesterday")
    with house.services.db.write() as tx:
        reply = tx.merge(house.replies[0])
        reply.status, reply.case_id, reply.acuity = "received", None, None
    assert read_waiting(house.services, house.services.now()) == 1
    assert house.replies[0].acuity == Acuity.URGENT


def test_after_hours_the_patient_is_told_once_a_night(house: House) -> None:
    house.record()
    house.pass_time(11)
    before = len(house.said())
    house.text("it is worse")
    house.send_due()
    house.text("and it is bigger now")
    house.send_due()
    told = house.said()[before:]
    assert len(told) == 1
    assert "911" in told[0]


def test_a_photo_makes_a_reply_worth_a_look(house: House) -> None:
    house.record()
    house.send_due()
    house.text("", media=(("http://127.0.0.1:1/photo", "image/jpeg"),))
    assert house.cases[0].acuity == Acuity.ROUTINE
    assert "photo" in house.cases[0].beware


def test_empty_and_binary_looking_words_are_kept_and_reach_a_nurse(house: House) -> None:
    house.record()
    house.send_due()
    house.text("")
    house.text("\x00\x01�" * 300)
    house.text("x" * 1600)
    assert len(house.replies) == 3
    assert all(reply.case_id for reply in house.replies)


def test_ok_right_after_an_emergency_does_not_send_the_emergency_answer_again(house: House) -> None:
    house.record()
    house.send_due()
    house.text("i cant breathe")
    told = len(house.said())
    house.text("ok")
    assert len(house.said()) == told
    house.clock.move(timedelta(minutes=2))
    house.text("my chest hurts really bad now")
    assert len(house.said()) == told + 1
