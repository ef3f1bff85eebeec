"""What a clinic sets about how replies are read: how many unqueued ones a nurse looks at, and who else reads them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from followup.domain.errors import Fault, InvalidInput

SAMPLE_PERCENT = 5.0


@dataclass(frozen=True, slots=True)
class Steering:
    """`sample_percent` (0 to 100) of the replies that open no case are looked at by a nurse all the same.

    `outside_reader` is True where the clinic has agreed that replies, without what identifies the patient, go to the
    outside reader that the operator has set up.
    """

    sample_percent: float = SAMPLE_PERCENT
    outside_reader: bool = False


def steering(settings: Mapping[str, Any]) -> Steering:
    """What a clinic's settings say; what is missing takes the default. Raises InvalidInput with every fault at once."""
    faults: list[Fault] = []
    percent = settings.get("triage_sample_percent", SAMPLE_PERCENT)
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 100:
        faults.append(Fault("triage_sample_percent", f"{percent!r} is not a number from 0 to 100"))
    outside = settings.get("outside_reader", False)
    if not isinstance(outside, bool):
        faults.append(Fault("outside_reader", f"{outside!r} is neither true nor false"))
    if faults:
        raise InvalidInput(faults)
    return Steering(float(percent), outside)


def chosen(reply_id: UUID, percent: float) -> bool:
    """True for about `percent` of all replies, always the same ones, and with a higher percentage those and more.

    Decided by the id's digest and nothing else: neither the words, nor the hour, nor who asks can sway the sample.
    """
    digest = hashlib.sha256(b"review:" + reply_id.bytes).digest()
    return int.from_bytes(digest[:8]) / 2**64 < percent / 100
