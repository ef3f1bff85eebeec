"""Processes live and die together."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from followup.domain.errors import ConfigurationError
from followup.embedded import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def alive(pid: int) -> bool:
    """True while the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int, seconds: float = 10) -> bool:
    """True once the process has ended, looked at again and again for a while."""
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


def test_stop_ends_every_child() -> None:
    household = processes.Household()
    children = [household.start(processes.Child(name, SLEEP, os.environ)) for name in ("one", "two")]
    pids = [child.process.pid for child in children if child.process]
    household.stop()
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)


def test_a_child_that_ends_by_itself_is_started_again() -> None:
    household = processes.Household()
    child = household.start(processes.Child("short", [sys.executable, "-c", "pass"], os.environ))
    assert child.process is not None
    child.process.wait()
    household.tend()
    assert child.restarts == 1
    child.not_before = 0.0
    child.command = SLEEP
    household.tend()
    assert child.process is not None
    assert alive(child.process.pid)
    household.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the kernel ends children with their parent there")
def test_children_die_with_a_parent_that_is_killed() -> None:
    code = """
        import os, sys, time
        from followup.embedded import processes
        household = processes.Household()
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = household.start(processes.Child("sleep", sleep, os.environ))
        print(child.process.pid, flush=True)
        time.sleep(600)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    assert gone(pid)


def test_a_taken_port_is_refused_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} .*--port"):
            processes.require_free_port("127.0.0.1", port)


def test_the_private_broker_answers_and_keeps_nothing_on_disk(tmp_path: Path) -> None:
    import redis

    household = processes.Household()
    child, url = processes.broker_child(tmp_path, os.environ)
    household.start(child)
    path = url.removeprefix("redis+socket://")
    try:
        processes.wait_for_socket(path)
        client = redis.Redis(unix_socket_path=path)
        assert client.ping()
        assert client.config_get("save") == {"save": ""}
        client.close()
    finally:
        household.stop()
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith((".rdb", ".aof"))] == []
