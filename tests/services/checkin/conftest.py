"""A patient with a link in the mailbox."""

import pytest

from followup.gateways.clock import MovableClock
from followup.services.context import Services
from tests.services.checkin.knocking import Asked, asked


@pytest.fixture
def ana(services: Services, clock: MovableClock) -> Asked:
    """Ana, who has only email and was asked two days after her procedure."""
    return asked(services, clock)


@pytest.fixture
def rosa(services: Services, clock: MovableClock) -> Asked:
    """Rosa, who has a phone, at a clinic that wants the link in texts."""
    return asked(services, clock, settings={"check_in_by_text": True}, phone="+13125550111", given_name="Rosa")
