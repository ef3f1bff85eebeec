"""What a message costs as history and plans grow: the same claims and the same sending, with few rows and with many."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from followup.bench.scratch import Scratch, phone, scratch
from followup.domain.actor import OPERATOR
from followup.gateways.clock import MovableClock
from followup.gateways.memory_sms import MemorySms
from followup.gateways.queue import RecordingQueue
from followup.services.context import Services
from followup.services.delivery.claim import claim_batch
from followup.services.delivery.send import send_batch
from followup.services.procedures import record_procedure
from followup.store import filling, health, history, senders
from followup.store.filling import Wanted

_MORNING = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)  # in Chicago: texts may leave
_LONG_AGO = datetime(2020, 1, 6, tzinfo=UTC)
_BATCHES = 8  # of 200 for each median
_FEW = 10_000
_UNPACED = 1_000_000


@dataclass(frozen=True, slots=True)
class _Stage:
    services: Services
    clock: MovableClock
    real: MovableClock
    pattern: UUID


def measure(finished: int = 200_000, waiting: int = 200_000, database_url: str = "") -> dict[str, Any]:
    """Milliseconds to claim 200 texts, and for each text to look at it, hand it to a carrier in memory and settle it.

    First with 10,000 and with `finished` finished messages, then with 10,000 and `waiting` planned ones of other times;
    on PostgreSQL at last while a transaction stays open elsewhere and 20,000 due texts are claimed.
    """
    with scratch(database_url) as place:
        stage = _stage(place)
        answer: dict[str, Any] = {"database": "SQLite" if stage.services.db.sqlite else "PostgreSQL"}
        filled = 0
        for rows in sorted({min(_FEW, finished), finished}):
            history.finished(stage.services.db, stage.pattern, filled, rows, _LONG_AGO)
            filled = rows
            answer[f"with {rows} finished"] = _cost(stage)
        filled = 0
        for rows in sorted({min(_FEW, waiting), waiting}):
            later = stage.services.now() + timedelta(days=30)
            history.planned(stage.services.db, stage.pattern, filled, rows, later, later, 1.0)
            filled = rows
            answer[f"with {rows} planned"] = _cost(stage)
        if not stage.services.db.sqlite:
            answer["with a transaction open elsewhere"] = _beside_a_snapshot(stage)
        with stage.services.db.read() as tx:
            answer["largest tables"] = {name: f"{size / 1e6:,.0f} MB" for name, _, size in health.largest_tables(tx)}
        return answer


def _stage(place: Scratch) -> _Stage:
    clock, real = MovableClock(_MORNING), MovableClock(datetime.now(UTC))
    services = replace(
        place.services, clock=clock, queue=RecordingQueue(), sms=MemorySms(clock=real.now), real_now=real.now
    )
    request = {
        "source": "bench",
        "external_id": "pattern",
        "protocol": "trigger-point-injection",
        "performed_at": clock.now().isoformat(),
        "patient": {
            "mrn": "pattern", "given_name": "Pat", "family_name": "Measured", "birth_date": "1970-01-01",
            "phone": phone(0), "consent": {"sms": True},
        },
    }  # fmt: skip
    rows = record_procedure(services, place.clinic_id, request, OPERATOR, how="desk").communications
    # The last text of the plan: it is not due while this runs, and so stays as it is.
    pattern = [row.id for row in rows if row.channel == "sms" and row.status == "planned"][-1]
    with services.db.write() as tx:
        sender = senders.for_one(tx, filling.text_of(tx, pattern))
        assert sender is not None
        sender.pace_per_second, sender.daily_cap = _UNPACED, 100 * _UNPACED
    clock.put(_MORNING + timedelta(minutes=61))
    return _Stage(services, clock, real, pattern)


def _cost(stage: _Stage) -> dict[str, float]:
    """The medians of some batches of texts of patients of their own."""
    services = stage.services
    filling.refresh_statistics(services.db)
    due = services.now() - timedelta(seconds=1)
    people = (Wanted(phone(number), due) for number in range(1, 200 * _BATCHES + 1))
    filling.patients_like(services.db, stage.pattern, people)
    claims: list[float] = []
    sends: list[float] = []
    while (batch := _timed_claim(services, claims)) is not None:
        begun = time.perf_counter()
        sent = send_batch(services, batch)
        sends.append((time.perf_counter() - begun) / max(sent, 1))
    return {
        "claim_of_200_ms": round(median(claims[: len(sends)]) * 1000, 1),
        "look_send_settle_ms_a_text": round(median(sends) * 1000, 3),
    }


def _timed_claim(services: Services, took: list[float]) -> UUID | None:
    begun = time.perf_counter()
    batch = claim_batch(services, urgent=False)
    took.append(time.perf_counter() - begun)
    return batch.id if batch is not None else None


def _beside_a_snapshot(stage: _Stage, claims: int = 100) -> dict[str, float]:
    """The claims of a long queue while somebody's old snapshot keeps what was claimed from being swept away."""
    services, now = stage.services, stage.services.now()
    first = 100_000_000
    history.planned(services.db, stage.pattern, first, first + 200 * claims, now, now - timedelta(hours=30_000), 1.0)
    filling.refresh_statistics(services.db)
    took: list[float] = []
    with ExitStack() as stack:
        stack.enter_context(_snapshot(services))
        for _ in range(claims):
            _timed_claim(services, took)
    return {
        "first_claims_ms": round(median(took[:10]) * 1000, 1),
        f"claims_{claims - 10}_to_{claims}_ms": round(median(took[-10:]) * 1000, 1),
    }


@contextmanager
def _snapshot(services: Services) -> Iterator[None]:
    with services.db.read() as tx:
        history.hold_a_snapshot(tx)
        yield
