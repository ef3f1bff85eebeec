"""One web process to measure, and requests to it over kept-open connections."""

import http.client
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from followup.bench.scratch import Scratch
from followup.domain.errors import ConfigurationError
from followup.embedded import processes

_STARTS_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make."""

    path: str
    body: bytes = b""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def web_process(scratch: Scratch, port: int) -> Iterator[None]:
    """A web process with a broker of its own, ready; both end with the block."""
    household = processes.Household()
    try:
        broker, url = processes.broker_child(scratch.place, scratch.environment)
        household.start(broker)
        processes.wait_for_socket(url.removeprefix("redis+socket://"))
        command = [sys.executable, "-m", "followup.cli", "web", "--port", str(port)]
        household.start(processes.Child("web", command, scratch.environment | {"FOLLOWUP_BROKER_URL": url}))
        deadline = time.monotonic() + _STARTS_WITHIN
        while _status(port) != 200:
            if time.monotonic() > deadline:
                raise ConfigurationError("The web that was to be measured did not get ready")
            time.sleep(0.1)
        yield
    finally:
        household.stop()


def _status(port: int) -> int:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except OSError:
        return 0


def timed(port: int, calls: Sequence[Call], clients: int) -> tuple[float, list[float]]:
    """Make all calls from some clients at once; the whole time and each call's own, in seconds.

    Raises ConfigurationError at the first answer that is not a 2xx: a failure is no measurement.
    """

    def client(mine: Sequence[Call]) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        took = []
        for call in mine:
            begun = time.perf_counter()
            connection.request(call.method, call.path, call.body or None, dict(call.headers))
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - begun)
            if not 200 <= answer.status < 300:
                raise ConfigurationError(f"{call.method} {call.path} was answered {answer.status}")
        connection.close()
        return took

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        each = list(pool.map(client, [calls[number::clients] for number in range(clients)]))
    return time.perf_counter() - begun, [took for of_one in each for took in of_one]
