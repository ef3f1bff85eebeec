"""A clinic to measure on: an empty database, settings of its own, and the processes that a measurement needs."""

import os
import secrets
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from followup import bootstrap, config
from followup.domain.actor import OPERATOR
from followup.domain.errors import ConfigurationError
from followup.services import clinics, maintenance
from followup.services.clinics import NewSender
from followup.services.context import Services
from followup.services.procedures import record_procedure

NUMBER = "+13125550100"
ACCOUNT = "AC" + "be" * 16
TOKEN = "measured-auth-token"  # noqa: S105  (of a simulated account, worth nothing elsewhere)


# Area codes that exist; behind them the numbers that are kept for fiction.
_AREAS = (  # noqa: SIM905  (one in each line would be three hundred lines)
    "205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 254 256 "
    "260 262 267 269 270 272 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 "
    "325 330 331 334 336 337 339 346 347 351 352 360 361 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 "
    "417 419 423 424 425 430 432 434 435 440 442 443 458 469 470 475 478 479 480 484 501 502 503 504 505 507 508 509 "
    "510 512 513 515 516 517 518 520 530 531 534 539 540 541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 "
    "601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 630 631 636 641 646 650 651 657 660 "
    "661 662 667 678 681 682 701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 725 727 731 732 734 "
    "737 740 747 754 757 760 762 763 765 769 770 772 773 774 775 779 781 785 786 801 802 803 804 805 806 808 810 812 "
    "813 814 815 816 817 818 828 830 831 832 843 845 847 848 850 856 857 858 859 860 862 863 864 865 870 872 878 901 "
    "903 904 906 907 908 909 910 912 913 914 915 916 917 918 919 920 925 928 929 931 936 937 938 940 941 947 949 951 "
    "952 954 956 970 971 972 973 978 979 980 984 985 989"
).split()


def phone(number: int) -> str:
    """The number of some invented patient, of the range that is kept for fiction; there are some 27,000."""
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


def record_pattern(place: Scratch) -> UUID:
    """A procedure whose first text all others will be like; the id of that text."""
    request = {
        "source": "bench",
        "external_id": "pattern",
        "protocol": "trigger-point-injection",
        "performed_at": datetime.now(UTC).isoformat(),
        "patient": {
            "mrn": "pattern",
            "given_name": "Pat",
            "family_name": "Measured",
            "birth_date": "1970-01-01",
            "phone": phone(0),
            "timezone": _where_it_is_noon(datetime.now(UTC)),
            "consent": {"sms": True},
        },
    }
    rows = record_procedure(place.services, place.clinic_id, request, OPERATOR, how="desk").communications
    return next(row.id for row in rows if row.channel == "sms" and row.status == "planned")


def _where_it_is_noon(now: datetime) -> str:
    """A zone by its distance from Greenwich, whose sign is turned round in these names: the hour of a measurement must
    not decide whether texts may leave."""
    return f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "Etc/GMT"


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """The median, the 95th and 99th percentile and the longest of some durations, in milliseconds."""
    ordered = sorted(seconds)
    at_95, at_99 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.95, 0.99))
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(at_95 * 1000, 1),
        "p99_ms": round(at_99 * 1000, 1),
        "longest_ms": round(ordered[-1] * 1000, 1),
    }
