"""What a new plan changes among the stored communications."""

from dataclasses import replace

from followup.domain.delivery import Channel
from followup.domain.schedule import PlannedCommunication, PlanReason, PlanStatus
from followup.domain.schedule_changes import Stored, replan
from tests.domain.plans import CHECK, HOUR, REST, at, patient, planned

SMS, EMAIL = Channel.SMS, Channel.EMAIL


def stored(rows: dict[tuple[str, str], PlannedCommunication]) -> list[Stored]:
    return [
        Stored(f"{row.step}/{row.channel}", row.step, row.channel, row.due_at, row.expires_at, row.status, row.reason)
        for row in rows.values()
    ]


def test_the_same_plan_changes_nothing() -> None:
    rows = planned("2026-06-02 14:00")
    changes = replan(stored(rows), rows.values())
    assert not changes
    assert changes.update == changes.cancel == changes.add == ()


def test_a_changed_time_moves_the_rows_and_keeps_their_ids() -> None:
    before, after = planned("2026-06-02 14:00", CHECK), planned("2026-06-02 15:00", CHECK)
    changes = replan(stored(before), after.values())
    ((row_id, becomes),) = changes.update
    assert row_id == "day-two-check/sms"
    assert becomes.due_at - before["day-two-check", "sms"].due_at == HOUR
    assert not changes.add
    assert not changes.cancel


def test_consent_given_later_revives_a_skipped_row() -> None:
    before = planned("2026-06-02 14:00", REST, patient=patient("America/Chicago", EMAIL))
    assert before["rest-today", "sms"].status is PlanStatus.SKIPPED
    changes = replan(stored(before), planned("2026-06-02 14:00", REST).values())
    assert [(row_id, row.status) for row_id, row in changes.update] == [("rest-today/sms", PlanStatus.PLANNED)]


def test_a_stop_turns_the_planned_rows_into_skipped_ones() -> None:
    before = planned("2026-06-02 14:00", REST)
    after = planned("2026-06-02 14:00", REST, patient=patient(opted_out=frozenset({SMS})))
    ((row_id, becomes),) = replan(stored(before), after.values()).update
    assert (row_id, becomes.status, becomes.reason) == ("rest-today/sms", PlanStatus.SKIPPED, PlanReason.OPTED_OUT)


def test_another_channel_cancels_the_old_row_and_adds_a_new_one() -> None:
    before = planned("2026-06-02 14:00", CHECK)
    after = planned("2026-06-02 14:00", CHECK, patient=patient(opted_out=frozenset({SMS})))
    changes = replan(stored(before), after.values())
    assert changes.cancel == ("day-two-check/sms",)
    assert [row.key for row in changes.add] == [("day-two-check", EMAIL)]


def test_a_skipped_row_that_the_new_plan_lacks_stays_as_it_is() -> None:
    row = next(iter(planned("2026-06-02 14:00", CHECK).values()))
    skipped = replace(row, status=PlanStatus.SKIPPED, reason=PlanReason.OPTED_OUT)
    assert not replan(stored({("x", "sms"): skipped}), [])


def test_a_new_step_is_added() -> None:
    changes = replan([], planned("2026-06-02 14:00", CHECK).values())
    assert [row.step for row in changes.add] == ["day-two-check"]


def test_times_compare_as_instants_whatever_zone_they_are_written_in() -> None:
    rows = planned("2026-06-02 14:00", CHECK)
    elsewhere = [replace(row, due_at=row.due_at.astimezone()) for row in stored(rows)]
    assert at("2026-06-04 14:00") == elsewhere[0].due_at
    assert not replan(elsewhere, rows.values())
