"""The whole service on PostgreSQL and Redis, while each of them goes away and comes back: replies come first."""

import os
import re
import secrets
import signal
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, make_url, text

from followup.simulator.thread import RunningSimulator, run_in_thread
from tests.cli.shell import followup
from tests.conftest import POSTGRES
from tests.journeys.service import Running, alive, answers, free_port, started, until, where_it_is_noon
from tests.journeys.wire import wire

NUMBER = "+13125550100"
CHEST_PAIN = "I have crushing chest pain and can't breathe"

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def _answered(world: RunningSimulator, phone: str, word: str = "911") -> bool:
    return any(word in item.body for item in world.simulator.carrier.texts.thread(phone))


def _emergency(world: RunningSimulator, service: Running, phone: str) -> None:
    """An emergency comes in, is answered 2xx (posted again where it was not), and the answer reaches the phone."""
    _, post = world.text(phone, NUMBER, CHEST_PAIN)
    assert post is not None
    assert 200 <= post.status < 300, service.said()
    world.wait_for(lambda: _answered(world, phone), 60, service.said())


def _procedure(settings: dict[str, str], mrn: str, phone: str) -> None:
    performed = (datetime.now(UTC) - timedelta(minutes=70)).isoformat(timespec="seconds")
    done = followup(
        *("procedure", "record", "--external-id", mrn, "--protocol", "trigger-point-injection", "--mrn", mrn),
        *("--performed-at", performed, "--given-name", "Ana", "--family-name", "Ruiz", "--birth-date", "1970-02-03"),
        *("--phone", phone, "--timezone", where_it_is_noon(), "--consent-sms"),
        **settings,
    )
    assert done.returncode == 0, done.stderr


def test_database_and_broker_go_away_and_come_back(tmp_path: Path, role_database_url: str, redis_url: str) -> None:
    broker = urlsplit(redis_url)
    place = urlsplit(role_database_url)
    with ExitStack() as stack:
        world = stack.enter_context(run_in_thread())
        to_database = stack.enter_context(wire(str(place.hostname), int(place.port or 5432)))
        to_broker = stack.enter_context(wire(str(broker.hostname), int(broker.port or 6379)))
        account, port = world.simulator.settings, free_port()
        world.set_inbound(NUMBER, f"http://127.0.0.1:{port}/hooks/twilio/inbound#rc=5&rp=all")
        settings = {
            "FOLLOWUP_DATA_DIR": str(tmp_path / "data"),
            "FOLLOWUP_DATABASE_URL": role_database_url.replace(f":{place.port}/", f":{to_database.port}/"),
            "FOLLOWUP_BROKER_URL": f"redis://127.0.0.1:{to_broker.port}{broker.path}",
            "FOLLOWUP_SECRET_KEY": secrets.token_urlsafe(48),
            "FOLLOWUP_ENCRYPTION_KEYS": secrets.token_urlsafe(48),
            "FOLLOWUP_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "FOLLOWUP_TWILIO_ACCOUNT_SID": account.account_sid,
            "FOLLOWUP_TWILIO_AUTH_TOKEN": account.auth_token,
            "FOLLOWUP_TWILIO_FROM": NUMBER,
            "FOLLOWUP_TWILIO_API_URL": world.carrier_url,
        }
        command = [sys.executable, "-m", "followup.cli", "serve", "--port", str(port)]
        early = followup("serve", "--port", str(port), **settings)
        assert early.returncode == 1
        assert "followup db upgrade" in early.stderr
        assert followup("db", "upgrade", **settings).returncode == 0
        zone = where_it_is_noon()
        assert (
            followup("clinic", "add", "lake", "--name", "Lake", "--zone", zone, "--pace", "100", **settings).returncode
            == 0
        )

        service = stack.enter_context(started(command, tmp_path, port, **settings))
        service.until_ready()
        _emergency(world, service, "+13125550131")

        _terminate_all(role_database_url)
        _emergency(world, service, "+13125550132")

        to_database.cut()
        until(lambda: answers(f"{service.url}/readyz", 503), service.said)
        assert answers(f"{service.url}/healthz")
        _, refused = world.text("+13125550133", NUMBER, CHEST_PAIN)
        assert refused is not None
        assert refused.status >= 500, "the carrier must know that it is to post this again"
        to_database.mend()
        until(lambda: answers(f"{service.url}/readyz"), service.said)
        _emergency(world, service, "+13125550134")

        to_broker.cut()
        assert answers(f"{service.url}/readyz"), "a broker that is away never takes the web out of rotation"
        _emergency(world, service, "+13125550135")
        _procedure(settings, "M-1", "+13125550136")
        to_broker.mend()
        world.wait_for(lambda: _answered(world, "+13125550136", "rest"), 90, service.said())

        worker = service.child(r"workers\.app worker")
        os.kill(worker, signal.SIGKILL)
        _procedure(settings, "M-2", "+13125550137")
        world.wait_for(lambda: _answered(world, "+13125550137", "rest"), 90, service.said())
        counts = [
            sum("rest" in item.body for item in world.thread(phone)) for phone in ("+13125550136", "+13125550137")
        ]
        assert counts == [1, 1], "each text left once"

        family = service.family()
        assert len(family) == 3, family
        assert not any(re.search("valkey", line) for line in family.values()), "no broker of its own beside a given one"
        assert service.end(signal.SIGINT) == 0, service.said()
        assert [line for pid, line in family.items() if alive(pid)] == []


def _terminate_all(url: str) -> None:
    """What a restart of PostgreSQL does to those who are connected."""
    base = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        ended = connection.execute(
            text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :name"),
            {"name": urlsplit(url).path.lstrip("/")},
        ).scalar_one()
    admin.dispose()
    assert ended
