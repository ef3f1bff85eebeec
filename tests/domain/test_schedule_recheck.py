"""The last look before a communication leaves."""

from datetime import timedelta

from followup.domain.delivery import Channel
from followup.domain.schedule import PlanReason
from followup.domain.schedule_recheck import Action, Decision, recheck
from tests.domain.plans import CHICAGO, RULES, at, patient

SMS, EMAIL = Channel.SMS, Channel.EMAIL


def look(now: str, until: str = "2026-06-09 00:00", channel: Channel = SMS, **other: object) -> Decision:
    who = other.pop("who", None) or patient()
    return recheck(channel, at(until), who, RULES, now=at(now), **other)  # type: ignore[arg-type]


def test_what_is_due_and_useful_leaves() -> None:
    assert look("2026-06-02 12:00").action is Action.SEND


def test_what_was_held_past_its_usefulness_is_skipped() -> None:
    decision = look("2026-06-02 12:00", until="2026-06-02 12:00")
    assert (decision.action, decision.reason) == (Action.SKIP, PlanReason.HELD_PAST_USE)


def test_in_quiet_hours_it_waits_for_the_opening() -> None:
    decision = look("2026-06-02 20:00")
    assert (decision.action, decision.until, decision.reason) == (
        Action.HOLD,
        at("2026-06-03 09:00"),
        PlanReason.QUIET_HOURS,
    )


def test_where_the_opening_comes_too_late_it_is_skipped() -> None:
    decision = look("2026-06-02 20:00", until="2026-06-03 09:00")
    assert (decision.action, decision.reason) == (Action.SKIP, PlanReason.HELD_PAST_USE)


def test_a_consent_taken_back_since_the_plan_was_made_stops_it() -> None:
    decision = look("2026-06-02 12:00", who=patient(CHICAGO, EMAIL))
    assert (decision.action, decision.reason) == (Action.SKIP, PlanReason.CONSENT_MISSING)


def test_a_stop_is_the_reason_even_where_it_is_too_late_anyway() -> None:
    decision = look("2026-06-09 12:00", who=patient(opted_out=frozenset({SMS})))
    assert decision.reason is PlanReason.OPTED_OUT


def test_a_second_text_on_one_day_waits_for_the_next() -> None:
    decision = look("2026-06-02 12:00", texted=[at("2026-06-02 09:00")])
    assert (decision.action, decision.until, decision.reason) == (
        Action.HOLD,
        at("2026-06-03 09:00"),
        PlanReason.TEXT_CAP,
    )


def test_two_texts_at_the_very_same_instant_do_not_both_leave() -> None:
    assert look("2026-06-02 12:00", texted=[at("2026-06-02 12:00")]).action is Action.HOLD


def test_a_text_without_room_while_it_is_useful_is_skipped() -> None:
    decision = look("2026-06-02 12:00", until="2026-06-03 00:00", texted=[at("2026-06-02 09:00")])
    assert (decision.action, decision.reason) == (Action.SKIP, PlanReason.CAPPED_PAST_USE)


def test_a_hold_for_quiet_hours_looks_at_the_caps_of_the_day_it_is_held_to() -> None:
    decision = look("2026-06-03 05:00", texted=[at("2026-06-03 00:30")])
    assert (decision.until, decision.reason) == (at("2026-06-04 09:00"), PlanReason.TEXT_CAP)


def test_email_is_not_capped() -> None:
    assert look("2026-06-02 12:00", channel=EMAIL, texted=[at("2026-06-02 09:00")]).action is Action.SEND


def test_a_move_to_another_zone_moves_the_quiet_hours() -> None:
    assert look("2026-06-02 18:30").action is Action.SEND
    decision = look("2026-06-02 18:30", who=patient("Europe/Madrid"))
    assert decision.until == at("2026-06-03 09:00", "Europe/Madrid")
    assert decision.until - at("2026-06-02 18:30") < timedelta(hours=9)
