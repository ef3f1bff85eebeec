"""Starting and stopping, in a thread and as a process."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import requests

from followup.simulator import Keywords, Simulator, SimulatorSettings, run_in_thread
from followup.simulator.__main__ import read_arguments
from tests.simulator.conftest import ADA, CLINIC


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_two_simulators_run_side_by_side_and_know_nothing_of_each_other(settings: SimulatorSettings) -> None:
    with run_in_thread(settings) as one, run_in_thread(settings) as other:
        one.text(ADA, CLINIC, "Only here")
        assert (len(one.thread(ADA)), len(other.thread(ADA))) == (1, 0)


def test_the_addresses_hold_what_a_client_needs(settings: SimulatorSettings) -> None:
    given = replace(settings, smtp_login="care@clinic", smtp_password="p:w")
    with run_in_thread(given) as sim:
        assert sim.simulator.smtp_url == f"smtp://care%40clinic:p%3Aw@127.0.0.1:{sim.simulator.smtp_port}"
        assert sim.simulator.imap_url.endswith(f"@127.0.0.1:{sim.simulator.imap_port}")


@pytest.mark.parametrize("which", ["carrier_port", "smtp_port", "imap_port"])
def test_a_taken_port_is_an_error_and_leaves_nothing_listening(settings: SimulatorSettings, which: str) -> None:
    with (
        taken_port() as port,
        pytest.raises(OSError, match=r"in use"),
        run_in_thread(replace(settings, **{which: port})),
    ):
        pass


def test_stopping_cuts_a_hung_call_short() -> None:
    async def hang_and_stop() -> None:
        simulator = Simulator(SimulatorSettings())
        await simulator.start()
        waiting = asyncio.create_task(
            asyncio.to_thread(requests.get, f"{simulator.carrier_url}/simulator/changes?wait=60", timeout=60)
        )
        async with asyncio.timeout(30):
            while not simulator.changes.waiting:  # noqa: ASYNC110 - what is awaited happens in a server's own code
                await asyncio.sleep(0.01)
        await simulator.stop()
        assert (await waiting).status_code == 200

    asyncio.run(hang_and_stop())


def test_the_command_line_says_everything_that_matters() -> None:
    read = read_arguments(
        [
            *("--number", f"{CLINIC}=http://127.0.0.1:1/in#rc=5&rp=all", "--number", "+13125550190="),
            *("--service", "MG1=+13125550190,+13125550191", "--keywords", "advanced", "--seed", "7"),
            *("--frame-ancestor", "http://127.0.0.1:8000", "--keep", "100"),
        ]
    )
    assert read.numbers == {CLINIC: "http://127.0.0.1:1/in#rc=5&rp=all", "+13125550190": ""}
    assert read.services == {"MG1": ("+13125550190", "+13125550191")}
    assert (read.keywords, read.seed, read.keep) == (Keywords.ADVANCED, 7, 100)
    assert read.frame_ancestors == ("http://127.0.0.1:8000",)


def test_a_process_says_where_it_is_and_ends_when_told(settings: SimulatorSettings) -> None:
    command = [sys.executable, "-m", "followup.simulator", "--seed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        listed = requests.get(f"{where['carrier_url']}/simulator/people", timeout=10).json()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert listed["people"] == []
    assert set(where) == {"carrier_url", "smtp_url", "imap_url"}


def test_a_process_that_cannot_listen_says_so_in_one_line() -> None:
    with taken_port() as port:
        command = [sys.executable, "-m", "followup.simulator", "--carrier-port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Choose another port" in done.stderr
