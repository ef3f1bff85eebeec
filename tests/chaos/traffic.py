"""What a run asks of the service: procedures over its API, and texts that people write, each tried until it is in."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.household import ask

# Area codes that no caller pays for are not patients' numbers.
_AREAS = [area for area in range(201, 990) if area % 100 not in (0, 11, 22, 33, 44, 55, 66, 77, 88, 99)]
WORDS = (
    "Better today, thank you", "same", "thanks!!", "When can I go back to the gym?",
    "The swelling is worse than yesterday", "ok", "Can I take ibuprofen?", "Sigue igual, gracias",
    "I have a fever and the spot is hot and red",
)  # fmt: skip
CHEST_PAIN = "I have crushing chest pain and can't breathe"
_LANES = 4  # clients at once, for procedures and for texts each


def phone(number: int) -> str:
    """An invented person's number, of the range that is kept for fiction."""
    return f"+1{_AREAS[number // 100 % len(_AREAS)]}55501{number % 100:02d}"


@dataclass(frozen=True, slots=True)
class Desk:
    """One clinic: the number it texts from, and the key that records procedures there."""

    number: str
    key: str


@dataclass(slots=True)
class Told:
    """What was told to the service and taken: the ground on which the account is made."""

    procedures: dict[str, set[str]] = field(default_factory=dict)  # external id -> ids it was answered with
    untaken: list[str] = field(default_factory=list)  # what nobody took until the end
    emergencies: dict[str, float] = field(default_factory=dict)  # phone -> when it was written, monotonic seconds
    guard: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class Traffic:
    """Clients that record procedures and phones that write, in threads, spread over `seconds`."""

    webs: Sequence[str]
    carrier: str
    desks: Sequence[Desk]
    draw: random.Random
    now: Callable[[], datetime]
    told: Told = field(default_factory=Told)
    stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, procedures: int, texts: int, seconds: float) -> None:
        """Begin to record so many procedures and to write so many texts, a share of each on every lane."""
        self._spread(procedures, seconds, self._record)
        self._spread(texts, seconds, self._write)

    def wait(self) -> None:
        """Until everything was taken."""
        for thread in self._threads:
            thread.join()

    def end(self) -> None:
        """Give up what was not taken yet."""
        self.stopping.set()
        self.wait()

    def _spread(self, count: int, seconds: float, work: Callable[[int, random.Random], None]) -> None:
        begun = time.monotonic()
        for lane in range(min(_LANES, count)):
            numbers = range(lane, count, _LANES)
            draw = random.Random(self.draw.random())

            def run(numbers: range = numbers, draw: random.Random = draw) -> None:
                for number in numbers:
                    self.stopping.wait(max(0.0, begun + seconds * number / count - time.monotonic()))
                    if self.stopping.is_set():
                        return
                    work(number, draw)

            thread = threading.Thread(target=run, name=f"{work.__name__}-{lane}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _record(self, number: int, draw: random.Random) -> None:
        """A procedure of a new patient; now and then it is asked for twice at the same moment, as a double click is."""
        desk, request = self.desks[number % len(self.desks)], self._procedure(number, draw)
        if draw.random() < 0.1:
            twin = threading.Thread(target=self._until_taken, args=(desk, request, draw.choice(self.webs)))
            twin.start()
            self._until_taken(desk, request, draw.choice(self.webs))
            twin.join()
        else:
            self._until_taken(desk, request, draw.choice(self.webs))

    def _procedure(self, number: int, draw: random.Random) -> dict[str, Any]:
        ago = timedelta(minutes=draw.uniform(5, 100))
        return {
            "source": "chaos",
            "external_id": f"C{number}",
            "protocol": "trigger-point-injection",
            "performed_at": (self.now() - ago).isoformat(),
            "patient": {
                "mrn": f"M{number}",
                "given_name": "Pat",
                "family_name": f"Example{number}",
                "birth_date": "1970-01-01",
                "phone": phone(number),
                "timezone": "America/Chicago",
                "consent": {"sms": True},
            },
        }

    def _until_taken(self, desk: Desk, request: Mapping[str, Any], web: str) -> None:
        headers = {"Authorization": f"Bearer {desk.key}"}
        while not self.stopping.is_set():
            try:
                status, answer = ask("POST", f"{web}/api/v1/procedures", request, headers)
            except (OSError, http.client.HTTPException):
                status, answer = 0, None
            if status in (200, 201):
                with self.told.guard:
                    self.told.procedures.setdefault(str(request["external_id"]), set()).add(str(answer["id"]))
                return
            if status and status not in (429, 500, 502, 503, 504):
                break
            self.stopping.wait(0.3)
        with self.told.guard:
            self.told.untaken.append(f"procedure {request['external_id']}")

    def _write(self, number: int, draw: random.Random) -> None:
        """A text of a patient or a stranger; one in thirty tells of an emergency, from a phone of its own."""
        desk = self.desks[number % len(self.desks)]
        if number % 30 == 7:
            self.emergency(phone(40_000 + number), desk)
        else:
            self._send(phone(draw.randrange(3000)), desk, f"{draw.choice(WORDS)} #{number}")

    def emergency(self, who: str, desk: Desk) -> None:
        """Somebody writes of an emergency."""
        with self.told.guard:
            self.told.emergencies[who] = time.monotonic()
        self._send(who, desk, CHEST_PAIN)

    def _send(self, who: str, desk: Desk, body: str) -> None:
        status, _ = ask("POST", f"{self.carrier}/simulator/phones/{who}/send", {"body": body, "to": desk.number})
        assert status == 202, f"the carrier took no text: {status}"
