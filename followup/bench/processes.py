"""The processes of a measurement: started, waited for, ended, and what processor and memory each has used (Linux)."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from followup.domain.errors import ConfigurationError
from followup.embedded import processes

_STARTS_WITHIN = 60.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE = 0.5  # seconds between looks at memory


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, port: int = 0
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block; with `port` it is waited for until it listens there. What it says is not
    shown: a measurement prints figures."""
    household = processes.Household()
    try:
        nowhere = Path(os.devnull)  # a measurement prints figures, not what its processes say
        child = household.start(processes.Child("measured", command, environment or os.environ, nowhere))
        assert child.process is not None
        if port:
            wait_until(lambda: listens(port), f"{command[2]} did not get ready")
        yield child.process
    finally:
        household.stop()


@contextmanager
def own_broker(place: Path, environment: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """A broker of this measurement's own: its URL and its process's id."""
    household = processes.Household()
    try:
        child, url = processes.broker_child(place, environment)
        household.start(child)
        processes.wait_for_socket(url.removeprefix("redis+socket://"))
        assert child.process is not None
        yield url, child.process.pid
    finally:
        household.stop()


def wait_until(ready: Callable[[], bool], complaint: str, within: float = _STARTS_WITHIN, every: float = 0.1) -> None:
    """Look again and again. Raises ConfigurationError with the complaint when it takes too long."""
    deadline = time.monotonic() + within
    while not ready():
        if time.monotonic() > deadline:
            raise ConfigurationError(complaint)
        time.sleep(every)


def listens(port: int) -> bool:
    """True when something takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processor_seconds(pids: Sequence[int]) -> float:
    """The processor time of these processes so far, as user and as system; none for one that has ended."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def machine_seconds() -> float:
    """The processor time that everything on this machine has used since it started."""
    with Path("/proc/stat").open(encoding="utf-8") as lines:
        user, nice, system, _idle, _wait, interrupt, soft, *_ = (int(word) for word in lines.readline().split()[1:])
    return (user + nice + system + interrupt + soft) / _TICKS


def database_processes(database_url: str) -> list[int]:
    """PostgreSQL's own processes for this database, where its server is on this machine: their titles name it."""
    name = database_url.rpartition("/")[2].partition("?")[0]
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                title = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").split()
            except OSError:
                continue
            if title[:1] == ["postgres:"] and name in title[1:4]:
                found.append(int(place.name))
    return found


def resident_megabytes(pid: int) -> float:
    """What a process holds in memory; 0 for one that has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class MemoryWatch:
    """The most memory that any one of some processes has held, from a quarter of the way on and in all."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids, self._seen = pids, [0.0]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stopping.wait(_SAMPLE):
            self._seen.append(max(resident_megabytes(pid) for pid in self._pids))

    def end(self) -> dict[str, float]:
        """Megabytes: the most, and how much it grew from the middle of the time to its end."""
        self._stopping.set()
        self._thread.join()
        seen = self._seen[1:] or [max(resident_megabytes(pid) for pid in self._pids)]
        return {"most": round(max(seen), 1), "grown_in_second_half": round(seen[-1] - seen[len(seen) // 2], 1)}
