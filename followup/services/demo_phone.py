"""What the demo tells its simulated phones: what time it is, and who has which."""

import json
import urllib.request
from datetime import datetime
from typing import Any

import structlog

log = structlog.get_logger(__name__)
_TIMEOUT = 5.0


def show_time(phone_url: str, now: datetime) -> None:
    """Let the phones show the care time from now on."""
    _post(f"{phone_url}/simulator/clock", {"now": now.isoformat()})


def introduce(phone_url: str, name: str, phone: str | None, email: str | None, language: str) -> None:
    """Say whose a number and a mail address are, so that the phone's page can be found by name."""
    facts = {"name": name, "phone": phone, "email": email, "language": language}
    _post(f"{phone_url}/simulator/people", {key: value for key, value in facts.items() if value is not None})


def _post(url: str, body: Any) -> None:
    """The phones only show: where they cannot be told, the clinic goes on."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  (an address of this machine)
            answer.read()
    except OSError as error:
        log.warning("phone_not_told", error=type(error).__name__)
