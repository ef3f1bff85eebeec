"""Everything that goes wrong in a run, drawn from its seed: when which process dies, and how the carrier misbehaves."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import redis

from followup.broker import QUEUES
from followup.embedded.processes import Child
from tests.chaos.household import Company, ask
from tests.chaos.servers import Broker, Postgres

# What the carrier does to callbacks and to what people write, all the time.
ALWAYS: tuple[dict[str, Any], ...] = (
    {"kind": "callback_lost", "probability": 0.05},
    {"kind": "callback_repeated", "probability": 0.2},
    {"kind": "callback_delayed", "probability": 0.1, "seconds": 1, "jitter": 4},
    {"kind": "callback_reordered", "probability": 0.1},
    {"kind": "inbound_lost", "probability": 0.03},
    {"kind": "inbound_repeated", "probability": 0.15},
    {"kind": "inbound_at_once", "probability": 0.15},
    {"kind": "inbound_delayed", "probability": 0.1, "seconds": 1, "jitter": 4},
    {"kind": "inbound_reordered", "probability": 0.1},
)
# Nothing but its list tells what it has taken: what is in doubt now can only be settled by looking it up.
SILENT: tuple[dict[str, Any], ...] = (
    {"kind": "drop_after", "probability": 0.3},
    {"kind": "callback_lost", "probability": 1.0},
)
# And what it does to sends and to its list, one mood after the other.
MOODS: tuple[tuple[dict[str, Any], ...], ...] = (
    (),
    ({"kind": "latency", "seconds": 0.1, "jitter": 0.6},),
    ({"kind": "too_many", "probability": 0.1, "count": 12},),
    ({"kind": "error_before", "probability": 0.1}, {"kind": "error_after", "probability": 0.05}),
    ({"kind": "drop_before", "probability": 0.05}, {"kind": "drop_after", "probability": 0.1}),
    SILENT,
    ({"kind": "hang_before", "probability": 0.03, "seconds": 15},
     {"kind": "hang_after", "probability": 0.05, "seconds": 15}),
    ({"kind": "list_lag", "seconds": 8}, {"kind": "list_error", "probability": 0.3},
     {"kind": "drop_after", "probability": 0.1}),
    ({"kind": "latency", "seconds": 0.3, "jitter": 0.3}, {"kind": "drop_after", "probability": 0.05}),
)  # fmt: skip


_SILENT_FOR = 2.0  # seconds after a jump of the care clock


@dataclass(slots=True)
class Trouble:
    """Makes trouble for `seconds`, then lets everything be well again."""

    company: Company
    postgres: Postgres
    broker: Broker
    carrier: str
    draw: random.Random
    move: Callable[[timedelta], None]
    done: Counter[str] = field(default_factory=Counter)
    worst: Callable[[], None] = lambda: None  # called when broker, workers and database are gone at once
    pause: tuple[float, float] = (0.2, 2.0)  # seconds for which what was killed stays away
    mood_every: float = 6.0
    _silent_until: float = 0.0
    _kept: list[tuple[str, bytes]] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def make(
        self, seconds: float, *, kills: int, beat_kills: int, broker_kills: int, flushes: int, crashes: int,
        jumps: dict[float, timedelta],
    ) -> None:  # fmt: skip
        """Do all of it within `seconds`; `jumps` says at which share of the time the care clock goes how far."""
        self._require(ask("POST", f"{self.carrier}/simulator/faults", list(ALWAYS)))
        tasks: list[tuple[float, Callable[[], None]]] = []
        for count, deed in (
            (kills - len(self.company.workers), self._kill_a_worker),
            (beat_kills, self._kill_a_beat),
            (broker_kills, self._kill_the_broker),
            (flushes, self._flush),
            (crashes, self._crash_the_database),
        ):
            # Spread over the time, each somewhere in its own stretch of it.
            tasks += [(seconds * (n + self.draw.random()) / count, deed) for n in range(count)]
        tasks += [(seconds * share, lambda by=by: self._jump(by)) for share, by in jumps.items()]
        tasks += [(seconds * self.draw.uniform(0.4, 0.6), self._worst)]
        moods = int(seconds / self.mood_every)
        tasks += [(n * self.mood_every, self._mood) for n in range(moods)]
        repeats = threading.Thread(target=self._repeat, daemon=True)
        repeats.start()
        begun = time.monotonic()
        for at, deed in sorted(tasks, key=lambda task: task[0]):
            self._stopping.wait(max(0.0, begun + at - time.monotonic()))
            if self._stopping.is_set():
                return
            self.company.tend()
            deed()
        self._stopping.wait(max(0.0, begun + seconds - time.monotonic()))
        self._require(ask("DELETE", f"{self.carrier}/simulator/faults"))
        self._stopping.set()
        repeats.join()

    def end(self) -> None:
        """Stop making trouble."""
        self._stopping.set()

    def repeat_everything(self) -> None:
        """Give the broker every message once more that it ever held of this run and that was remembered."""
        door = self.broker.door()
        for queue, message in self._kept:
            door.lpush(queue, message)
        self.done["broker messages repeated"] += len(self._kept)

    def _away(self) -> None:
        self._stopping.wait(self.draw.uniform(*self.pause))

    def _kill_a_worker(self) -> None:
        self._kill(self.draw.choice(self.company.workers), "workers killed -9")

    def _kill_a_beat(self) -> None:
        self._kill(self.draw.choice(self.company.beats), "beats killed -9")

    def _kill(self, child: Child, what: str) -> None:
        self.company.kill(child)
        self.done[what] += 1
        self._away()
        self.company.begin_again(child)

    def _kill_the_broker(self) -> None:
        self.broker.kill()
        self.done["broker killed -9"] += 1
        self._away()
        self.broker.start()

    def _flush(self) -> None:
        self.broker.door().flushall()
        self.done["broker flushed"] += 1

    def _crash_the_database(self) -> None:
        self.postgres.crash()
        self.done["database crashed and restarted"] += 1
        self._away()
        self.postgres.start()

    def _worst(self) -> None:
        """Broker, every worker and the database go at once; the database alone comes back before somebody writes."""
        for worker in self.company.workers:
            self.company.kill(worker)
            self.done["workers killed -9"] += 1
        self.broker.kill()
        self.done["broker killed -9"] += 1
        self._crash_the_database()
        self.worst()
        self._stopping.wait(4)
        self.broker.start()
        for worker in self.company.workers:
            self.company.begin_again(worker)

    def _jump(self, by: timedelta) -> None:
        # What the jump makes due goes out while the carrier is silent, in every run: its list alone can tell.
        self._be(SILENT)
        self._silent_until = time.monotonic() + _SILENT_FOR
        self.move(by)
        self.done["care clock jumps"] += 1

    def _mood(self) -> None:
        mood = self.draw.choice(MOODS)
        if time.monotonic() >= self._silent_until:
            self._be(mood)

    def _be(self, mood: tuple[dict[str, Any], ...]) -> None:
        self._require(ask("DELETE", f"{self.carrier}/simulator/faults"))
        self._require(ask("POST", f"{self.carrier}/simulator/faults", [*ALWAYS, *mood]))
        for rule in mood:
            self.done[f"carrier moods: {rule['kind']}"] += 1

    def _repeat(self) -> None:
        """A broker that repeats: what is under way or waits in it is given again, at once and much later."""
        draw = random.Random(self.draw.random())
        while not self._stopping.wait(0.05):
            with suppress(redis.RedisError, OSError, RuntimeError):
                door = self.broker.door()
                held = [(queue, message) for queue in QUEUES for message in door.lrange(queue, 0, 20)]
                for raw in list(door.hgetall("unacked").values()):
                    message, _, queue = json.loads(raw)
                    held.append((queue, json.dumps(message).encode()))
                again = [one for one in held if draw.random() < 0.3]
                again += draw.sample(self._kept, min(len(self._kept), 1))
                for queue, message in again:
                    if b"send_batch" in message or b"send_urgent" in message or b"read_reply" in message:
                        door.lpush(queue, message)
                        self.done["broker messages repeated"] += 1
                        self._kept.append((queue, message))

    def _require(self, answer: tuple[int, Any]) -> None:
        assert answer[0] == 200, answer
