"""The processes of one run: the carrier, web, workers and beats, which are killed and started again one by one."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from followup.embedded.processes import Child, Household

CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "workers.app"]
_STARTS_WITHIN = 90.0  # seconds


@dataclass(frozen=True, slots=True)
class Commands:
    """How each kind of process is started; `web` gets its port added."""

    web: Sequence[str] = (sys.executable, "-m", "followup.cli", "web", "--port")
    worker: Sequence[str] = (*CELERY, "worker", "--loglevel", "WARNING")
    beat: Sequence[str] = (*CELERY, "beat", "--loglevel", "WARNING")


@dataclass(slots=True)
class Company:
    """Everything that runs, with its log files in `place`. End it with `stop`, whatever happened."""

    place: Path
    environment: Mapping[str, str]
    commands: Commands = field(default_factory=Commands)
    household: Household = field(default_factory=Household)
    workers: list[Child] = field(default_factory=list)
    beats: list[Child] = field(default_factory=list)
    webs: list[Child] = field(default_factory=list)
    fallen: int = 0

    def start(self, *, ports: Sequence[int], workers: int, beats: int) -> None:
        """Start a web on each port, and workers and beats; wait until the webs take requests."""
        for number, port in enumerate(ports):
            # There is no balancer here, so each web has an address of its own.
            own = {"FOLLOWUP_PUBLIC_URL": f"http://127.0.0.1:{port}"}
            self.webs.append(self._begin(f"web-{number}", [*self.commands.web, str(port)], own))
        self.workers += [self._begin(f"worker-{number}", self.commands.worker) for number in range(workers)]
        self.beats += [self._begin(f"beat-{number}", self.commands.beat) for number in range(beats)]
        for port in ports:
            wait_for(f"http://127.0.0.1:{port}/readyz", self.place)

    def _begin(self, name: str, command: Sequence[str], own: Mapping[str, str] | None = None) -> Child:
        child = Child(name, command, {**self.environment, **(own or {})}, log_file=self.place / f"{name}.log")
        return self.household.start(child)

    def kill(self, child: Child) -> None:
        """Kill a process with -9; it stays away until it is begun again."""
        if child.process is not None:
            child.process.kill()
            child.process.wait()

    def begin_again(self, child: Child) -> None:
        """Start a process that was killed."""
        if child.process is None or child.process.poll() is not None:
            child.start()

    def tend(self) -> None:
        """Start again what has ended by itself, as whatever looks after a service does."""
        for child in (*self.webs, *self.workers, *self.beats):
            if child.process is not None and child.process.poll() is not None:
                self.fallen += 1
                child.start()

    def stop(self) -> None:
        """End everything that was started here."""
        self.household.stop()


def start_carrier(company: Company, arguments: Sequence[str]) -> str:
    """Start the carrier simulator as a process; its address."""
    said = company.place / "carrier.log"
    command = [sys.executable, "-m", "followup.simulator", *arguments]
    child = Child("carrier", command, company.environment, log_file=said)
    company.household.start(child)
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        for line in said.read_text(errors="replace").splitlines():
            if line.startswith("{"):
                return str(json.loads(line)["carrier_url"])
        if child.process is not None and child.process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"The carrier did not start; see {said}")


def wait_for(url: str, place: Path) -> None:
    """Wait until an address answers 200. Raises RuntimeError when it does not."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            if ask("GET", url)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not get ready; see the logs in {place}")


def ask(
    method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, seconds: float = 15.0
) -> tuple[int, Any]:
    """One JSON request; its status and answer. Raises OSError or HTTPException where none comes."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        sent = None if body is None else json.dumps(body)
        given = {"Content-Type": "application/json", **(headers or {})} if sent else dict(headers or {})
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), sent, given)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text.decode(errors="replace")
    finally:
        connection.close()


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the run's database to this version, as an operator does."""
    subprocess.run(
        [sys.executable, "-m", "followup.cli", "db", "upgrade"],
        env=dict(environment),
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=120,
    )
