"""The service as real processes, started as an operator starts it, and looked at from outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.cli.shell import clean_environment

# Waits end as soon as what they wait for is there; this is only how long a very busy machine may take.
PATIENCE = 90.0


class Running:
    """One `followup serve`, or any other command, with everything it started."""

    def __init__(self, process: subprocess.Popen[str], said: Path, port: int) -> None:
        self.process = process
        self.said_in = said
        self.port = port

    @property
    def url(self) -> str:
        """Where its web is."""
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        """All its lines so far."""
        return self.said_in.read_text(errors="replace")

    def until_ready(self) -> None:
        """Wait until the web takes requests."""
        until(lambda: self.process.poll() is not None or answers(f"{self.url}/readyz"), self.said)
        assert self.process.poll() is None, self.said()

    def until_said(self, words: str) -> None:
        """Wait for a line."""
        until(lambda: words in self.said() or self.process.poll() is not None, self.said)
        assert words in self.said(), self.said()

    def family(self) -> dict[int, str]:
        """Every process under this one, with its command line."""
        return below(self.process.pid)

    def child(self, pattern: str) -> int:
        """The only process under this one whose command line fits."""
        found = [pid for pid, command in self.family().items() if re.search(pattern, command)]
        assert len(found) == 1, self.family()
        return found[0]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for its end; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def started(
    words: Sequence[str], place: Path, port: int = 0, before: Sequence[str] = (), **environment: str
) -> Iterator[Running]:
    """Run a command as a process; whatever is left of it at the end is killed."""
    said = place / f"said-{time.monotonic_ns()}.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [*before, *words],
            env=clean_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            cwd=place,
        )
    running = Running(process, said, port)
    try:
        yield running
    finally:
        left = running.family()
        if process.poll() is None:
            process.kill()
            process.wait()
        for pid in left:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def serve(place: Path, port: int, **environment: str) -> "contextmanager[Running]":  # type: ignore[type-arg]
    """`followup serve` on a data directory in this place."""
    settings = {"FOLLOWUP_DATA_DIR": str(place / "data")} | environment
    return started([sys.executable, "-m", "followup.cli", "serve", "--port", str(port)], place, port, **settings)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str, status: int = 200) -> bool:
    """Whether an address answers with this status."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == status)
    except urllib.error.HTTPError as error:
        return error.code == status
    except OSError:
        return False


def until(condition: Callable[[], object], tell: Callable[[], object] = lambda: "", seconds: float = PATIENCE) -> None:
    """Wait until something holds, asked again and again; fails with what `tell` says."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.05)


def where_it_is_noon() -> str:
    """A zone in which texts may leave now."""
    zones = (
        *("Pacific/Honolulu", "America/Los_Angeles", "America/Chicago", "America/Sao_Paulo", "Europe/London"),
        *("Europe/Moscow", "Asia/Karachi", "Asia/Bangkok", "Asia/Tokyo", "Pacific/Auckland"),
    )
    now = datetime.now(UTC)
    return min(zones, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour + 0.5 - 13))


def below(pid: int) -> dict[int, str]:
    """Every process under this one, with its command line."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for child in [each for each, its in parents.items() if its == parent and alive(each)]:
            try:
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            waiting.append(child)
    return found


def alive(pid: int) -> bool:
    """True while a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
