"""Stop, start, help and wrong number are honoured at once, for everyone on that number."""

import pytest

from followup.domain.case import CaseKind
from followup.domain.delivery import Kind, Status
from followup.store.models import OptOut

from .conftest import House

PHONE = "+13125550111"


def unsent(house: House) -> list[str]:
    """Texts of plans that are still to go."""
    return [row.step or "" for row in house.communications if row.status == Status.PLANNED and row.kind == Kind.STEP]


def confirmations(house: House) -> int:
    """How often a stop was confirmed by us."""
    return sum(row.kind == Kind.OPT_OUT_CONFIRMATION for row in house.communications)


@pytest.mark.parametrize("words", ["STOP", "stop.", "Please stop texting me", "Unsubscribe", "take me off this list"])
def test_a_stop_in_any_wording_takes_back_what_is_unsent_and_asks_a_nurse_to_call(house: House, words: str) -> None:
    house.record()
    house.send_due()
    house.text(words)
    assert unsent(house) == []
    assert house.cases[0].kind == CaseKind.CALL_INSTEAD
    assert "call_instead" in house.cases[0].beware
    sent = len(house.said())
    house.pass_time(60)
    assert len(house.said()) - sent == confirmations(house)


def test_where_the_carrier_confirms_a_stop_we_do_not(house: House) -> None:
    house.record()
    house.send_due()
    house.text("STOP")
    assert confirmations(house) == 0


def test_a_stop_in_a_sentence_is_confirmed_once_however_often_it_is_said(house: House) -> None:
    house.record()
    house.send_due()
    before = len(house.said())
    house.text("please stop texting me")
    house.send_due()
    house.text("i said stop texting me")
    house.send_due()
    assert len(house.said()) == before + 1
    assert "START" in house.said()[-1]


def test_where_the_carrier_leaves_it_to_us_the_keyword_itself_is_confirmed(silent_carrier: House) -> None:
    silent_carrier.record()
    silent_carrier.send_due()
    before = len(silent_carrier.said())
    silent_carrier.text("STOP")
    silent_carrier.send_due()
    assert len(silent_carrier.said()) == before + 1


def test_a_stop_on_a_shared_number_holds_for_everyone_there_with_a_note_for_each(house: House) -> None:
    house.record("M1", given_name="Ana")
    house.record("M2", given_name="Ben")
    house.send_due()
    house.text("STOP")
    assert unsent(house) == []
    called = {case.patient_id for case in house.cases if "call_instead" in case.beware}
    assert len(called - {None}) == 2


def test_start_lifts_a_stop_and_what_was_missed_is_not_sent_after_all(house: House) -> None:
    house.record()
    house.send_due()
    house.text("STOP")
    house.pass_time(47.5)
    house.text("START")
    assert [row.lifted_at is not None for row in house.all(OptOut)] == [True]
    assert unsent(house) == ["day-two-check"]


def test_a_sentence_with_start_in_it_does_not_lift_a_stop(house: House) -> None:
    house.record()
    house.send_due()
    house.text("STOP")
    house.text("when can i start running again?")
    assert [row.lifted_at for row in house.all(OptOut)] == [None]


def test_a_stop_with_a_symptom_is_both(house: House) -> None:
    house.record()
    house.send_due()
    house.text("stop texting me, i have a fever of 102")
    assert house.replies[0].acuity == "urgent"
    assert house.replies[0].opt_out
    assert unsent(house) == []
    assert house.cases[0].acuity == "urgent"


def test_help_opens_a_routine_case_while_a_plan_runs_and_is_answered_where_the_carrier_does_not(
    silent_carrier: House,
) -> None:
    silent_carrier.record()
    silent_carrier.send_due()
    silent_carrier.text("HELP")
    silent_carrier.send_due()
    assert "STOP" in silent_carrier.said()[-1]
    assert silent_carrier.cases[0].acuity == "routine"


def test_a_wrong_number_holds_texts_until_a_person_has_checked_and_start_does_not_lift_it(house: House) -> None:
    house.record()
    house.send_due()
    house.text("you have the wrong number")
    assert unsent(house) == []
    assert house.cases[0].acuity == "routine"
    assert "wrong_number" in house.cases[0].beware
    house.text("START")
    assert [row.lifted_at for row in house.all(OptOut)] == [None]


def test_the_carriers_own_word_that_it_stopped_counts_whatever_the_text_says(house: House) -> None:
    house.record()
    house.send_due()
    house.text("BASTA", carrier_keyword="STOP")
    assert unsent(house) == []
    assert confirmations(house) == 0
