"""What receipts may change about an attempt, in every order."""

from itertools import permutations

import pytest

from followup.domain.attempt import AttemptOutcome, after_receipt, follow, receipt_status
from followup.domain.delivery import Status


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_receipts_in_any_order_end_alike(order: tuple[str, ...]) -> None:
    outcome = AttemptOutcome.STARTED
    for word in order:
        status = receipt_status(word)
        assert status is not None
        outcome = after_receipt(outcome, status)
    assert outcome is AttemptOutcome.DELIVERED


def test_the_first_end_stays() -> None:
    assert after_receipt(AttemptOutcome.DELIVERED, Status.UNDELIVERED) is AttemptOutcome.DELIVERED
    assert after_receipt(AttemptOutcome.UNDELIVERED, Status.DELIVERED) is AttemptOutcome.UNDELIVERED


def test_a_receipt_proves_that_an_attempt_in_doubt_was_accepted() -> None:
    for outcome in (AttemptOutcome.STARTED, AttemptOutcome.UNKNOWN, AttemptOutcome.NOT_ACCEPTED):
        assert after_receipt(outcome, Status.SENT) is AttemptOutcome.ACCEPTED


def test_an_accepted_attempt_learns_nothing_from_sent() -> None:
    assert after_receipt(AttemptOutcome.ACCEPTED, Status.SENT) is AttemptOutcome.ACCEPTED


@pytest.mark.parametrize("status", [Status.PLANNED, Status.QUEUED, Status.SENDING, Status.UNKNOWN, Status.SENT])
def test_a_communication_follows_its_latest_attempt(status: Status) -> None:
    assert follow(status, AttemptOutcome.DELIVERED) is Status.DELIVERED


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.SKIPPED])
def test_what_was_taken_back_stays_so(status: Status) -> None:
    assert follow(status, AttemptOutcome.ACCEPTED) is status


def test_failed_after_it_was_taken_is_an_end_like_undelivered() -> None:
    assert receipt_status("failed") is Status.UNDELIVERED
    assert receipt_status("FAILED ") is Status.UNDELIVERED


def test_a_word_that_nobody_knows_means_nothing() -> None:
    assert receipt_status("teleported") is None
