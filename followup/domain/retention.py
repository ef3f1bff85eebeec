"""How long messages are kept, and what of them goes earlier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from followup.domain.errors import Fault, InvalidInput

# Attempts and status callbacks settle disputes with a carrier, whose own list reaches no farther back; what came of
# them (provider's id, status, reason, times) stands on the message itself.
DETAILS = timedelta(days=90)
# HIPAA asks for six years of documentation (45 CFR 164.316(b)(2)(i)); states ask for up to ten of medical records, and
# longer for children, so a clinic may keep longer but never shorter than six.
YEARS, FEWEST, MOST = 10, 6, 100


@dataclass(frozen=True, slots=True)
class Retention:
    """Finished messages go `years` after they were made. Replies, cases, procedures, consents, stops and the audit
    trail stay: they are the record of care, and hold the keys that make a repeat a repeat."""

    years: int = YEARS

    @property
    def messages(self) -> timedelta:
        """How long a finished message is kept."""
        return timedelta(days=365.25 * self.years)


def retention(settings: Mapping[str, Any]) -> Retention:
    """What a clinic's settings say as `retention_years`; what is missing takes the default. Raises InvalidInput."""
    years = settings.get("retention_years", YEARS)
    if isinstance(years, bool) or not isinstance(years, int) or not FEWEST <= years <= MOST:
        raise InvalidInput(Fault("retention_years", f"{years!r} is not a whole number from {FEWEST} to {MOST}"))
    return Retention(years)
