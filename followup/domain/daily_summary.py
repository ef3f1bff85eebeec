"""When whoever runs a clinic hears how yesterday went, and whether they want to."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local

# On the clinic's clock. After noon yesterday is no news any more: whoever was cut off then looks at the dashboard.
_FROM, _UNTIL = time(7), time(12)


def wants_summary(settings: Mapping[str, Any]) -> bool:
    """True unless the clinic does without it. Raises InvalidInput for a setting that is neither true nor false."""
    wanted = settings.get("daily_summary", True)
    if not isinstance(wanted, bool):
        raise InvalidInput(Fault("daily_summary", f"{wanted!r} is neither true nor false"))
    return wanted


def day_to_sum_up(now: datetime, zone: str) -> date | None:
    """Yesterday, on the clinic's calendar, while it is the hour to say so; None for the rest of the day."""
    here = local(now, zone)
    if not _FROM <= here.time().replace(fold=0) < _UNTIL:
        return None
    return here.date() - timedelta(days=1)
