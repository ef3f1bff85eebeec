"""The plan: when each step goes, over what, and why it does not."""

from datetime import time, timedelta

import pytest

from followup.domain.caps import Caps
from followup.domain.delivery import Channel
from followup.domain.hours import SendingHours
from followup.domain.protocol import After, Delivery, OnDay, Step
from followup.domain.schedule import ClinicRules, PlanReason, PlanStatus, Settled, plan, unreached
from tests.domain.plans import (
    ACTIVITY,
    CHECK,
    CHICAGO,
    HOUR,
    REST,
    RULES,
    at,
    consent,
    patient,
    planned,
    protocol,
    shown,
    text_step,
)

SMS, EMAIL = Channel.SMS, Channel.EMAIL
END = OnDay(30, time(0))


def test_an_ordinary_procedure_gets_one_text_a_day_for_three_days() -> None:
    rows = planned("2026-06-02 14:10")
    assert [shown(rows[step.slug, "sms"]) for step in (REST, ACTIVITY, CHECK)] == [
        "2026-06-02 15:10",
        "2026-06-03 10:00",
        "2026-06-04 14:10",
    ]
    assert all(row.status is PlanStatus.PLANNED and row.reason is None for row in rows.values())


def test_a_step_that_goes_over_all_channels_has_a_row_for_each() -> None:
    rows = planned("2026-06-02 14:10")
    assert ("rest-today", "email") in rows
    assert shown(rows["rest-today", "email"]) == "2026-06-02 15:10"


def test_a_step_that_goes_over_the_first_channel_has_one_row() -> None:
    assert [key for key in planned("2026-06-02 14:10") if key[0] == "day-two-check"] == [("day-two-check", "sms")]


def test_two_days_are_true_hours_when_the_clock_springs_forward() -> None:
    rows = planned("2026-03-07 15:10")
    assert shown(rows["day-two-check", "sms"]) == "2026-03-09 16:10"


def test_ten_o_clock_stays_ten_o_clock_when_the_clock_springs_forward_and_falls_back() -> None:
    assert shown(planned("2026-03-07 15:10")["activity-48h", "sms"]) == "2026-03-08 10:00"
    assert shown(planned("2026-10-31 15:10")["activity-48h", "sms"]) == "2026-11-01 10:00"


def test_a_time_that_the_clock_skips_goes_as_far_past_the_gap() -> None:
    early = ClinicRules(SendingHours(time(1), time(23)))
    step = text_step("gap", OnDay(1, time(2, 30)), END)
    rows = plan(protocol(step), at("2026-03-07 12:00"), patient(), early, now=at("2026-03-07 12:00"))
    assert shown(rows[0]) == "2026-03-08 03:30"


def test_a_time_that_the_clock_shows_twice_goes_at_its_first_showing() -> None:
    early = ClinicRules(SendingHours(time(1), time(23)))
    step = text_step("fold", OnDay(1, time(1, 30)), END)
    rows = plan(protocol(step), at("2026-10-31 12:00"), patient(), early, now=at("2026-10-31 12:00"))
    assert rows[0].due_at == at("2026-11-01 01:30") == at("2026-11-01 00:30") + HOUR


def test_the_days_of_a_plan_run_over_the_end_of_a_month_and_a_year() -> None:
    rows = planned("2026-12-31 16:00")
    assert [shown(rows[step, "sms"]) for step in ("activity-48h", "day-two-check")] == [
        "2027-01-01 10:00",
        "2027-01-02 16:00",
    ]
    assert shown(planned("2028-02-28 16:00")["activity-48h", "sms"]) == "2028-02-29 10:00"


def test_the_day_of_the_procedure_is_the_patients_day_not_utcs() -> None:
    # 22:00 in Honolulu is 08:00 of the next day in UTC.
    rows = planned("2026-06-02 15:00", zone="Pacific/Honolulu")
    assert shown(rows["activity-48h", "sms"], "Pacific/Honolulu") == "2026-06-03 10:00"


def test_quiet_hours_hold_a_message_to_the_next_opening() -> None:
    row = planned("2026-06-02 06:00", CHECK)["day-two-check", "sms"]
    assert (shown(row), row.reason) == ("2026-06-04 09:00", PlanReason.QUIET_HOURS)
    row = planned("2026-06-02 21:30", CHECK)["day-two-check", "sms"]
    assert (shown(row), row.reason) == ("2026-06-05 09:00", PlanReason.QUIET_HOURS)


def test_the_closing_minute_is_quiet_and_the_opening_minute_is_not() -> None:
    assert shown(planned("2026-06-02 20:00", CHECK)["day-two-check", "sms"]) == "2026-06-05 09:00"
    assert planned("2026-06-02 09:00", CHECK)["day-two-check", "sms"].reason is None


def test_email_keeps_quiet_hours_too() -> None:
    row = planned("2026-06-02 21:30", CHECK, patient=patient(CHICAGO, EMAIL))["day-two-check", "email"]
    assert shown(row) == "2026-06-05 09:00"


def test_a_step_held_past_its_usefulness_is_skipped_with_that_reason() -> None:
    row = planned("2026-06-02 19:30", REST)["rest-today", "sms"]
    assert (row.status, row.reason) == (PlanStatus.SKIPPED, PlanReason.HELD_PAST_USE)


def test_a_step_whose_usefulness_ends_at_the_opening_is_skipped() -> None:
    step = text_step("edge", After(HOUR), OnDay(1, time(9)))
    assert planned("2026-06-02 20:00", step)["edge", "sms"].reason is PlanReason.HELD_PAST_USE


def test_a_procedure_entered_later_the_same_day_is_texted_at_once() -> None:
    row = planned("2026-06-02 09:00", REST, now="2026-06-02 17:20")["rest-today", "sms"]
    assert (shown(row), row.reason) == ("2026-06-02 17:20", PlanReason.LATE_ENTRY)


def test_a_step_entered_after_its_usefulness_is_skipped_with_that_reason() -> None:
    row = planned("2026-06-02 14:00", REST, now="2026-06-03 08:00")["rest-today", "sms"]
    assert (row.status, row.reason) == (PlanStatus.SKIPPED, PlanReason.ENTERED_LATE)


def test_entry_at_the_very_end_of_usefulness_is_late() -> None:
    assert planned("2026-06-02 14:00", REST, now="2026-06-03 00:00")["rest-today", "sms"].reason is (
        PlanReason.ENTERED_LATE
    )


def test_after_a_late_entry_the_one_text_of_a_day_is_the_one_with_the_higher_priority() -> None:
    rows = planned("2026-06-02 14:00", now="2026-06-04 09:30")
    assert rows["activity-48h", "sms"].reason is PlanReason.CAPPED_PAST_USE
    assert shown(rows["activity-48h", "email"]) == "2026-06-04 09:30"
    assert shown(rows["day-two-check", "sms"]) == "2026-06-04 14:00"


def test_missing_consent_means_no() -> None:
    who = patient(CHICAGO, consents={})
    rows = planned("2026-06-02 14:10", patient=who)
    assert {row.reason for row in rows.values()} == {PlanReason.CONSENT_MISSING}


def test_consent_refused_for_texts_sends_the_first_open_channel_instead() -> None:
    who = patient(CHICAGO, consents={SMS: consent(SMS, given=False), EMAIL: consent(EMAIL)})
    rows = planned("2026-06-02 14:10", patient=who)
    assert rows["day-two-check", "email"].reason is PlanReason.EMAIL_INSTEAD
    assert rows["rest-today", "sms"].reason is PlanReason.CONSENT_REFUSED
    assert rows["rest-today", "email"].status is PlanStatus.PLANNED


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"opted_out": frozenset({SMS})}, PlanReason.OPTED_OUT),
        ({"phone": None}, PlanReason.NO_ADDRESS),
        ({"undeliverable": frozenset({SMS})}, PlanReason.UNDELIVERABLE),
        ({"deceased": True}, PlanReason.DECEASED),
        ({"withdrawn": True}, PlanReason.WITHDRAWN),
    ],
)
def test_a_closed_channel_is_skipped_with_its_reason(other: dict[str, object], reason: PlanReason) -> None:
    row = planned("2026-06-02 14:10", REST, patient=patient(CHICAGO, **other))["rest-today", "sms"]
    assert (row.status, row.reason) == (PlanStatus.SKIPPED, reason)


def test_death_is_the_reason_even_where_the_entry_came_late() -> None:
    row = planned("2026-06-02 14:00", REST, now="2026-06-09 14:00", patient=patient(deceased=True))
    assert row["rest-today", "sms"].reason is PlanReason.DECEASED


def test_where_no_channel_is_left_the_step_says_so_once_and_asks_for_a_call() -> None:
    who = patient(CHICAGO, SMS, opted_out=frozenset({SMS}))
    rows = plan(protocol(CHECK), at("2026-06-02 14:00"), who, RULES, now=at("2026-06-02 14:00"))
    assert [row.reason for row in rows] == [PlanReason.OPTED_OUT]
    assert unreached(rows) == ("day-two-check",)


def test_a_step_that_only_came_too_late_asks_for_no_call() -> None:
    who = patient(CHICAGO, SMS)
    rows = plan(protocol(CHECK), at("2026-06-02 14:00"), who, RULES, now=at("2026-07-02 14:00"))
    assert [row.reason for row in rows] == [PlanReason.ENTERED_LATE]
    assert unreached(rows) == ()


def test_nobody_is_called_for_a_patient_who_died() -> None:
    rows = plan(protocol(), at("2026-06-02 14:00"), patient(deceased=True), RULES, now=at("2026-06-02 14:00"))
    assert unreached(rows) == ()


def test_a_step_that_was_sent_on_one_channel_asks_for_no_call_on_another() -> None:
    who = patient(CHICAGO, SMS, opted_out=frozenset({SMS}))
    done = {(REST.slug, EMAIL): Settled.SENT}
    rows = plan(protocol(REST), at("2026-06-02 14:00"), who, RULES, now=at("2026-06-02 14:00"), settled=done)
    assert [row.channel for row in rows] == [SMS]
    assert unreached(rows, done) == ()


def test_another_plans_text_on_the_same_day_moves_ours_to_the_next() -> None:
    row = planned("2026-06-02 14:00", CHECK, already=[at("2026-06-04 18:00")])["day-two-check", "sms"]
    assert (shown(row), row.reason) == ("2026-06-05 09:00", PlanReason.TEXT_CAP)


def test_the_day_of_the_cap_is_the_patients_day() -> None:
    # 23:30 of the day before, and 00:30 of the same day, on the patient's clock.
    assert planned("2026-06-02 14:00", CHECK, already=[at("2026-06-03 23:30")])["day-two-check", "sms"].reason is None
    moved = planned("2026-06-02 14:00", CHECK, already=[at("2026-06-04 00:30")])["day-two-check", "sms"]
    assert moved.reason is PlanReason.TEXT_CAP


def test_a_fourth_text_in_seven_days_waits_until_the_oldest_is_a_week_old() -> None:
    others = [at("2026-05-29 11:00"), at("2026-05-30 11:00"), at("2026-06-01 11:00")]
    row = planned("2026-06-02 14:00", CHECK, already=others)["day-two-check", "sms"]
    assert (shown(row), row.reason) == ("2026-06-05 11:00", PlanReason.TEXT_CAP)


def test_a_text_a_week_old_to_the_minute_no_longer_counts() -> None:
    others = [at("2026-05-28 14:00"), at("2026-05-30 11:00"), at("2026-06-01 11:00")]
    assert planned("2026-06-02 14:00", CHECK, already=others)["day-two-check", "sms"].reason is None


def test_texts_that_are_planned_for_later_count_as_well() -> None:
    others = [at("2026-06-05 11:00"), at("2026-06-06 11:00"), at("2026-06-07 11:00")]
    row = planned("2026-06-02 14:00", CHECK, already=others)["day-two-check", "email"]
    assert row.reason is PlanReason.EMAIL_INSTEAD


def test_a_text_without_room_under_the_caps_is_skipped_with_that_reason() -> None:
    others = [at("2026-06-05 11:00"), at("2026-06-06 11:00"), at("2026-06-07 11:00")]
    who = patient(CHICAGO, SMS)
    row = planned("2026-06-02 14:00", CHECK, already=others, patient=who)["day-two-check", "sms"]
    assert (row.status, row.reason) == (PlanStatus.SKIPPED, PlanReason.CAPPED_PAST_USE)


def test_emails_do_not_count_as_texts() -> None:
    rows = planned("2026-06-02 14:00", patient=patient(CHICAGO, EMAIL), already=[at("2026-06-02 10:00")])
    assert rows["rest-today", "email"].reason is None


def test_a_clinic_may_lower_the_caps() -> None:
    rules = ClinicRules(caps=Caps(per_week=2))
    rows = plan(protocol(), at("2026-06-02 14:00"), patient(CHICAGO, SMS), rules, now=at("2026-06-02 14:00"))
    texts = [row.step for row in rows if row.channel is SMS and row.status is PlanStatus.PLANNED]
    assert texts == ["activity-48h", "day-two-check"]


def test_where_the_caps_have_no_room_for_all_the_higher_priority_goes() -> None:
    steps = [text_step(f"s{day}", OnDay(day, time(10)), OnDay(day + 1, time(0)), priority=day) for day in range(5)]
    rows = planned("2026-06-02 08:00", *steps)
    going = [step for (step, _), row in rows.items() if row.status is PlanStatus.PLANNED]
    assert going == ["s2", "s3", "s4"]


def test_a_text_that_would_overtake_a_later_step_is_skipped() -> None:
    first = text_step("first", OnDay(1, time(10)), END, priority=0)
    second = text_step("second", OnDay(2, time(10)), END, priority=1)
    rows = planned("2026-06-02 08:00", first, second, already=[at("2026-06-03 09:30")])
    assert shown(rows["second", "sms"]) == "2026-06-04 10:00"
    assert rows["first", "sms"].reason is PlanReason.CAPPED_PAST_USE


def test_a_later_step_waits_for_an_earlier_one_that_was_held() -> None:
    first = text_step("first", After(21 * HOUR), END)
    second = text_step("second", OnDay(1, time(10)), END)
    rows = planned("2026-06-02 23:30", first, second)
    assert shown(rows["first", "sms"]) == "2026-06-04 09:00"
    assert shown(rows["second", "sms"]) == "2026-06-05 09:00"


def test_where_one_channel_is_closed_and_the_other_too_late_the_lateness_is_told() -> None:
    step = Step("rest", After(HOUR), OnDay(1, time(0)))
    (row,) = planned("2026-06-02 19:30", step, patient=patient(CHICAGO, EMAIL)).values()
    assert (row.channel, row.reason) == (EMAIL, PlanReason.HELD_PAST_USE)
    assert unreached([row]) == ()


def test_what_is_settled_is_not_planned_again() -> None:
    done = {("rest-today", SMS): Settled.SENT, ("rest-today", EMAIL): Settled.SENT}
    rows = planned("2026-06-02 14:00", now="2026-06-02 16:00", settled=done, already=[at("2026-06-02 15:00")])
    assert not [key for key in rows if key[0] == "rest-today"]


def test_a_step_sent_over_its_first_channel_does_not_go_over_another() -> None:
    assert planned("2026-06-02 14:00", CHECK, settled={("day-two-check", SMS): Settled.SENT}) == {}


def test_a_step_that_failed_over_its_first_channel_falls_to_the_next() -> None:
    rows = planned("2026-06-02 14:00", CHECK, settled={("day-two-check", SMS): Settled.FAILED})
    assert list(rows) == [("day-two-check", "email")]
    assert rows["day-two-check", "email"].reason is PlanReason.EMAIL_INSTEAD


def test_a_step_that_failed_over_its_only_channel_asks_for_a_call() -> None:
    done = {("day-two-check", SMS): Settled.FAILED}
    who = patient(CHICAGO, SMS)
    now = at("2026-06-02 14:00")
    rows = plan(protocol(CHECK), now, who, RULES, now=now, settled=done)
    assert unreached(rows, done) == ("day-two-check",)


def test_a_step_of_email_only_takes_no_room_from_texts() -> None:
    mail = Step("mail", OnDay(1, time(9, 30)), END, (EMAIL,), Delivery.ALL)
    rows = planned("2026-06-02 14:00", mail, ACTIVITY)
    assert rows["activity-48h", "sms"].reason is None


def test_every_reason_has_words_for_a_nurse() -> None:
    assert all(len(reason.words) > 10 for reason in PlanReason)


def test_a_procedure_a_quarter_hour_ahead_is_planned_from_its_own_time() -> None:
    performed = at("2026-06-02 14:15")
    rows = plan(protocol(REST), performed, patient(), RULES, now=performed - timedelta(minutes=15))
    assert shown(rows[0]) == "2026-06-02 15:15"
