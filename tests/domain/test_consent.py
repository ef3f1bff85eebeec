"""Which channel is open, and which reason is told where it is not."""

import pytest

from followup.domain.consent import Unreachable, reachable
from followup.domain.delivery import Channel
from tests.domain.plans import consent

SMS = Channel.SMS


def test_a_channel_with_consent_and_an_address_is_open() -> None:
    assert reachable(SMS, consent(SMS), opted_out=False, has_address=True) is None


def test_missing_consent_means_no() -> None:
    assert reachable(SMS, None, opted_out=False, has_address=True) is Unreachable.CONSENT_MISSING


def test_a_no_is_a_no() -> None:
    assert reachable(SMS, consent(SMS, given=False), opted_out=False, has_address=True) is Unreachable.CONSENT_REFUSED


def test_consent_never_lifts_an_opt_out() -> None:
    assert reachable(SMS, consent(SMS), opted_out=True, has_address=True) is Unreachable.OPTED_OUT


def test_what_the_patient_said_is_told_before_what_the_carrier_said() -> None:
    assert reachable(SMS, None, opted_out=True, has_address=False, undeliverable=True) is Unreachable.OPTED_OUT
    assert reachable(SMS, None, opted_out=False, has_address=False) is Unreachable.CONSENT_MISSING


def test_an_address_that_is_missing_or_dead_closes_a_channel() -> None:
    assert reachable(SMS, consent(SMS), opted_out=False, has_address=False) is Unreachable.NO_ADDRESS
    closed = reachable(SMS, consent(SMS), opted_out=False, has_address=True, undeliverable=True)
    assert closed is Unreachable.UNDELIVERABLE


def test_consent_to_another_channel_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        reachable(SMS, consent(Channel.EMAIL), opted_out=False, has_address=True)


def test_every_reason_has_words_for_a_nurse() -> None:
    assert all(reason.words for reason in Unreachable)
