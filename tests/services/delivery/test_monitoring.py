"""The numbers for monitoring, after real deliveries, doubts and refusals."""

from datetime import UTC, datetime, timedelta

from followup.services.delivery.receipts import record_receipt
from followup.services.delivery.reconcile import reconcile
from followup.services.monitoring import metrics
from tests.services.delivery.conftest import World


def value(world: World, line: str) -> float | None:
    """The value that stands behind a name with its labels; None where it is not told."""
    for told in metrics(world.services).splitlines():
        name, _, number = told.rpartition(" ")
        if name == line:
            return float(number)
    return None


def test_what_is_due_counts_until_it_is_handed_over_and_its_age_is_told(world: World) -> None:
    world.answer()
    assert value(world, 'followup_communications_due{priority="answer"}') == 1
    assert value(world, 'followup_communications_due{priority="emergency"}') == 0
    assert value(world, "followup_communications_overdue") == 0
    world.later(minutes=7)
    assert value(world, "followup_communications_overdue") == 1
    assert value(world, "followup_oldest_overdue_seconds") == 420
    world.tick()
    assert value(world, 'followup_communications_due{priority="answer"}') == 0
    assert value(world, "followup_oldest_overdue_seconds") == 0


def test_outcomes_are_told_by_the_providers_code_and_receipts_by_how_late_they_came(world: World) -> None:
    world.real.put(datetime.now(UTC))
    world.sms.refuse("*", "21211", times=1)
    refused, sent = world.answer(), world.answer()
    world.tick()
    assert value(world, 'followup_attempts_last_quarter_hour{outcome="refused",code="21211"}') == 1
    assert value(world, 'followup_attempts_last_quarter_hour{outcome="accepted",code=""}') == 1
    assert value(world, 'followup_receipts_lag_seconds{of="most"}') is None
    [attempt] = [one for row in (refused, sent) for one in world.attempts(row) if one.outcome == "accepted"]
    world.real.put(attempt.started_at + timedelta(seconds=9))
    assert attempt.provider_id is not None
    record_receipt(world.services, attempt.id, status="delivered", code=None, provider_id=attempt.provider_id)
    assert value(world, 'followup_attempts_last_quarter_hour{outcome="delivered",code=""}') == 1
    assert value(world, 'followup_receipts_lag_seconds{of="most"}') == 9
    assert value(world, "followup_last_receipt_age_seconds") == 0


def test_a_doubt_that_is_over_is_told_with_what_the_provider_had(world: World) -> None:
    world.real.put(datetime.now(UTC))
    world.sms.lose_answer()
    world.answer()
    world.tick()
    assert value(world, 'followup_communications{status="unknown"}') == 1
    world.later(seconds=31)
    reconcile(world.services)
    assert value(world, 'followup_communications{status="unknown"}') is None
    assert value(world, 'followup_reconciled_last_quarter_hour{accepted="yes"}') == 1
    world.sms.lose_request()
    world.answer()
    world.tick()
    for _ in range(6):
        world.later(seconds=31)
        reconcile(world.services)
    assert value(world, 'followup_reconciled_last_quarter_hour{accepted="no"}') == 1


def test_a_senders_pace_day_and_stop_are_told(world: World) -> None:
    world.real.put(datetime.now(UTC))
    labels = f'sender="{world.sender_id}",kind="sms",purpose="patients"'
    before = value(world, f"followup_sender_day_used_ratio{{{labels}}}")
    world.answer()
    world.tick()
    after = value(world, f"followup_sender_day_used_ratio{{{labels}}}")
    assert before == 0
    assert after is not None
    assert 0 < after < 1
    assert value(world, f'followup_sender_held{{{labels},why="stopped"}}') is None
    world.sms.refuse("*", "20003", times=1)
    world.answer()
    world.tick()
    assert value(world, f'followup_sender_held{{{labels},why="stopped"}}') == 1
