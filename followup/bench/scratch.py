"""A clinic to measure on: an empty database, settings of its own, and the processes that a measurement needs."""

import os
import secrets
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from followup import bootstrap, config
from followup.domain.actor import OPERATOR
from followup.domain.errors import ConfigurationError
from followup.services import clinics, maintenance
from followup.services.clinics import NewSender
from followup.services.context import Services

NUMBER = "+13125550100"
ACCOUNT = "AC" + "be" * 16
TOKEN = "measured-auth-token"  # noqa: S105  (of a simulated account, worth nothing elsewhere)


_AREAS = (
    "212",
    "215",
    "303",
    "305",
    "404",
    "415",
    "503",
    "512",
    "602",
    "617",
    "702",
    "713",
    "773",
    "808",
    "816",
    "901",
)


def phone(number: int) -> str:
    """The number of some invented patient, of the range that is kept for fiction; there are 1,600."""
    return f"+1{_AREAS[number // 100 % len(_AREAS)]}55501{number % 100:02d}"


@dataclass(frozen=True, slots=True)
class Scratch:
    """What is measured on; `environment` starts further processes on the same database."""

    place: Path
    environment: dict[str, str]
    services: Services
    clinic_id: UUID


@contextmanager
def scratch(
    database_url: str = "", *, public_url: str = "http://127.0.0.1:8000", carrier: str = ""
) -> Iterator[Scratch]:
    """A clinic on an empty database, by default a private SQLite file; what this process made is gone afterwards.

    Raises ConfigurationError where the database has a clinic already: a measurement must not touch a real one.
    """
    with tempfile.TemporaryDirectory(prefix="followup-bench-") as folder:
        place = Path(folder)
        own = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
        environment = own | {
            "FOLLOWUP_DATA_DIR": folder,
            "FOLLOWUP_DATABASE_URL": database_url or f"sqlite:///{place / 'followup.sqlite'}",
            "FOLLOWUP_SECRET_KEY": secrets.token_urlsafe(48),
            "FOLLOWUP_ENCRYPTION_KEYS": secrets.token_urlsafe(48),
            "FOLLOWUP_PUBLIC_URL": public_url,
            "FOLLOWUP_TWILIO_ACCOUNT_SID": ACCOUNT,
            "FOLLOWUP_TWILIO_AUTH_TOKEN": TOKEN,
            "FOLLOWUP_TWILIO_FROM": NUMBER,
            "FOLLOWUP_TWILIO_API_URL": carrier or "http://127.0.0.1:9",
            "FOLLOWUP_LOG_LEVEL": "ERROR",
        }
        settings = config.load(environment)
        database = bootstrap.open_database(settings)
        maintenance.upgrade(database)
        database.dispose()
        services = bootstrap.build_services(settings)
        try:
            if clinics.list_clinics(services):
                raise ConfigurationError("This database has a clinic in it; measure on an empty one")
            clinic = clinics.add_clinic(
                services,
                slug="measured",
                name="Measured Clinic",
                zone="America/Chicago",
                phone="312-555-0190",
                senders=[NewSender("sms", NUMBER, pace_per_second=1000)],
                actor=OPERATOR,
            )
            yield Scratch(place, environment, services, clinic.id)
        finally:
            services.db.dispose()


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """The median, the 99th percentile and the longest of some durations, in milliseconds."""
    ordered = sorted(seconds)
    at_99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p99_ms": round(at_99 * 1000, 1),
        "longest_ms": round(ordered[-1] * 1000, 1),
    }
