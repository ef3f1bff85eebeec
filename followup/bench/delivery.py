"""How many texts a second leave for the carrier, with every outcome written down, beside one task a message."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any
from uuid import UUID

from celery import Celery

from followup.bench.carrier import Carrier, carrier
from followup.bench.processes import (
    MemoryWatch,
    database_processes,
    machine_seconds,
    own_broker,
    processor_seconds,
    started,
    wait_until,
)
from followup.bench.scratch import Scratch, phone, record_pattern, scratch
from followup.broker import read_broker
from followup.store import filling, senders, signs
from followup.store.filling import Wanted

_CELERY = (sys.executable, "-m", "celery", "--quiet", "-A")
_PEER, _PEER_TASK, _PEER_THREADS = "followup.bench.naive", "naive.send", 32
_LATENCIES = (0.0, 0.1)  # seconds that the carrier takes
_A_SECOND, _SECONDS = 100, 20  # texts that fall due one after the other, while the promptness is measured
_UNPACED = 1_000_000  # segments a second: it is this service that is measured, not what carriers allow one sender
_LONGEST = 600.0  # seconds for one run


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where the runs take place."""

    place: Scratch
    environment: Mapping[str, str]
    broker_url: str
    broker_pid: int
    carrier: Carrier
    pattern: UUID  # the text that all others are like
    sender_id: UUID


def measure(
    texts: int = 5000, *, peer_texts: int = 500, workers: int = 2, waiting: int = 0, database_url: str = ""
) -> dict[str, Any]:
    """Texts a second of whole worker processes, from the first attempt begun to the last outcome written down.

    Each latency of the carrier is measured with the peer and with ours. `waiting` texts of other times then lie in the
    database while some fall due one after the other. Processor time is in milliseconds a text; `others` is what
    everything else on this machine used meanwhile, in processors.
    """
    figures: dict[str, Any] = {
        "texts": texts,
        "workers": workers,
        "database": "PostgreSQL" if database_url.startswith("postgres") else "SQLite",
    }
    with _stage(database_url) as stage:
        for latency in _LATENCIES:
            peer = _peer(stage, peer_texts, latency)
            with _workers(stage, workers) as pids:
                ours = _ours(stage, pids, texts, latency)
            ours["times_the_peer"] = round(ours["texts_per_second"] / peer["texts_per_second"], 1)
            figures[f"carrier_{latency * 1000:.0f}_ms"] = {**ours, "one_task_a_message": peer}
        if waiting:
            figures["due_to_handed_over"] = _promptness(stage, workers, waiting)
    return figures


@contextmanager
def _stage(database_url: str) -> Iterator[_Stage]:
    with ExitStack() as stack:
        stand_in = stack.enter_context(carrier())
        place = stack.enter_context(scratch(database_url, carrier=stand_in.url))
        broker_url, broker_pid = stack.enter_context(own_broker(place.place, place.environment))
        pattern = record_pattern(place)
        with place.services.db.write() as tx:
            sender = senders.for_one(tx, filling.text_of(tx, pattern))
            assert sender is not None
            sender.pace_per_second, sender.daily_cap = _UNPACED, 100 * _UNPACED
        environment = {**place.environment, "FOLLOWUP_BROKER_URL": broker_url}
        yield _Stage(place, environment, broker_url, broker_pid, stand_in, pattern, sender.id)


def _fill(stage: _Stage, due: Sequence[datetime]) -> None:
    filling.patients_like(
        stage.place.services.db,
        stage.pattern,
        (Wanted(phone(number + 1), moment) for number, moment in enumerate(due)),
    )
    filling.refresh_statistics(stage.place.services.db)


def _peer(stage: _Stage, count: int, latency: float) -> dict[str, Any]:
    """The same texts with one task each, put on the broker before the clock runs."""
    db, since = stage.place.services.db, datetime.now(UTC)
    _fill(stage, [since] * count)
    with db.read() as tx:
        ids = filling.planned(tx, since)
    broker = read_broker(stage.broker_url)
    app = Celery("bench", broker=broker.celery_url, set_as_current=False)
    app.conf.update(broker_transport_options=broker.celery_options, task_ignore_result=True)
    for each in ids:
        app.send_task(_PEER_TASK, args=(str(each),))
    stage.carrier.begin(latency)
    command = [*_CELERY, _PEER, "worker", "--pool", "threads", "--concurrency", str(_PEER_THREADS)]
    with started(command, stage.environment) as process:
        wait_until(lambda: stage.carrier.figures()["accepted"] > 0, "the peer does not send")
        use = _Use(stage, [process.pid])
        wait_until(lambda: stage.carrier.figures()["accepted"] >= count, "the peer did not end", _LONGEST, 0.2)
        time.sleep(0.5)  # its last updates
        with db.read() as tx:
            sent, first, last = filling.sent(tx, since)
        return {"texts": sent, **_rate(sent, first, last), **use.figures(count)}


@contextmanager
def _workers(stage: _Stage, count: int) -> Iterator[list[int]]:
    """Worker processes and a beat, all alive; nothing may be sent yet."""
    with ExitStack() as stack:
        _let_send(stage, False)
        names = [f"measured{number}" for number in range(count)]
        pids = [
            stack.enter_context(
                started([*_CELERY, "workers.app", "worker", "--loglevel", "ERROR", "-n", name], stage.environment)
            ).pid
            for name in names
        ]
        stack.enter_context(started([*_CELERY, "workers.app", "beat", "--loglevel", "ERROR"], stage.environment))
        wait_until(lambda: _alive(stage, pids), "the workers did not get ready")
        yield pids


def _alive(stage: _Stage, pids: Sequence[int]) -> bool:
    with stage.place.services.db.read() as tx:
        names = {sign.name for sign in signs.all_signs(tx)}
    return all(any(name.startswith("worker:") and name.endswith(f":{pid}") for name in names) for pid in pids)


def _let_send(stage: _Stage, may: bool) -> None:
    with stage.place.services.db.write() as tx:
        if may:
            senders.resume(tx, stage.place.clinic_id, stage.sender_id)
        else:
            senders.stop(tx, stage.sender_id, "a measurement begins", datetime.now(UTC))


def _ours(stage: _Stage, pids: list[int], count: int, latency: float) -> dict[str, Any]:
    """All texts are due at once; the clock runs from the first attempt."""
    db, since = stage.place.services.db, datetime.now(UTC)
    _fill(stage, [since] * count)
    stage.carrier.begin(latency)
    memory, use = MemoryWatch(pids), _Use(stage, pids)
    _let_send(stage, True)
    wait_until(lambda: stage.carrier.figures()["accepted"] >= count, "the texts did not all leave", _LONGEST, 0.2)
    wait_until(lambda: _settled(stage), "the outcomes were not all written down")
    used = use.figures(count)
    with db.read() as tx:
        sent, first, last = filling.outcomes(tx, since)
    books = stage.carrier.figures()
    return {
        **_rate(sent, first, last),
        "sent": sent,
        "twice": books["accepted"] - books["different"],
        **used,
        "worker_megabytes": memory.end(),
    }


def _settled(stage: _Stage) -> bool:
    with stage.place.services.db.read() as tx:
        return filling.unsettled(tx) == 0


def _promptness(stage: _Stage, workers: int, waiting: int) -> dict[str, Any]:
    """From due to written down as handed over, with many texts of other times in the same tables."""
    since = datetime.now(UTC)
    _fill(stage, [since + timedelta(days=1, seconds=number % 86_400) for number in range(waiting)])
    stage.carrier.begin(_LATENCIES[-1])
    with _workers(stage, workers):
        _let_send(stage, True)
        begin, count = datetime.now(UTC) + timedelta(seconds=5), _A_SECOND * _SECONDS
        _fill(stage, [begin + timedelta(seconds=number / _A_SECOND) for number in range(count)])
        wait_until(lambda: stage.carrier.figures()["accepted"] >= count, "the texts did not all leave", _LONGEST, 0.2)
        wait_until(lambda: _settled(stage), "the outcomes were not all written down")
    with stage.place.services.db.read() as tx:
        delays = filling.delays(tx, since)
    cut = quantiles(delays, n=100)
    return {
        "texts": len(delays),
        "texts_of_other_times": waiting,
        "p50_s": round(cut[49], 2),
        "p99_s": round(cut[98], 2),
        "longest_s": round(max(delays), 2),
    }


def _rate(sent: int, first: datetime | None, last: datetime | None) -> dict[str, float]:
    assert first is not None
    assert last is not None
    return {"texts_per_second": round(sent / max((last - first).total_seconds(), 0.001), 1)}


class _Use:
    """The processor time that each part has used since this was made."""

    def __init__(self, stage: _Stage, pids: list[int]) -> None:
        url = stage.place.environment["FOLLOWUP_DATABASE_URL"]
        self._database_url = url if url.startswith("postgres") else ""
        self._parts = {"worker": pids, "carrier": [stage.carrier.pid], "broker": [stage.broker_pid]}
        self._begun, self._before = time.monotonic(), self._now()

    def _now(self) -> dict[str, float]:
        parts = {name: processor_seconds(pids) for name, pids in self._parts.items()}
        of_database = database_processes(self._database_url) if self._database_url else []
        return {**parts, "database": processor_seconds(of_database), "machine": machine_seconds()}

    def figures(self, count: int) -> dict[str, Any]:
        """Milliseconds of processor a text, part by part."""
        took = time.monotonic() - self._begun
        used = {name: after - self._before[name] for name, after in self._now().items()}
        others = used.pop("machine") - sum(used.values())
        return {
            "processor_ms_a_text": {name: round(seconds * 1000 / count, 3) for name, seconds in used.items()},
            "processors_used_by_others": round(others / took, 2),
        }
