"""How long each stage of a delivery may take, in real time."""

from dataclasses import dataclass
from datetime import timedelta

from followup.domain.delivery import Priority


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of the delivery. A lease must be longer than the slowest answer that is waited for."""

    lease: timedelta = timedelta(seconds=60)  # for a claim and for a send, from when each begins
    urgent_claim: timedelta = timedelta(seconds=4)  # a claim of an emergency or page that no worker takes up
    urgent_lease: timedelta = timedelta(seconds=20)  # sending one
    slowest_answer: timedelta = timedelta(seconds=12)  # a call to a provider has ended by then, one way or the other
    grace: timedelta = timedelta(seconds=30)  # a provider's list may lag behind what it has accepted
    urgent_grace: timedelta = timedelta(seconds=5)
    unavailable: timedelta = timedelta(seconds=60)  # between looks while the provider's list cannot be read
    skew: timedelta = timedelta(minutes=2)  # between the provider's clock and ours
    not_told_after: timedelta = timedelta(seconds=30)  # an emergency answer that has not left by then: a nurse calls
    unread_after: timedelta = timedelta(seconds=5)  # whoever received a reply reads it at once; later, everybody may
    gaps_every: timedelta = timedelta(minutes=2)  # between looks for replies that the provider holds and we do not

    def lease_of(self, priority: int) -> timedelta:
        """How long sending may take before somebody else looks what became of it."""
        return self.urgent_lease if priority <= Priority.PAGE else self.lease

    def grace_of(self, priority: int) -> timedelta:
        """How long the provider's list is given before it is believed."""
        return self.urgent_grace if priority <= Priority.PAGE else self.grace


TIMING = Timing()
BATCH = 200  # messages in one batch: one broker message, one claim, one transaction before and few after
MOST_QUEUED = 5000  # claimed and not taken up: more would only wait in the broker with their leases running
EMPTY_LOOKS = 2  # how often a provider's list must lack a message before it is sent again
