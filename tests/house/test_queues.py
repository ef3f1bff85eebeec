"""Every task waits in a queue that the started workers empty, and every wake names a task that is there."""

import re
from typing import Any

import pytest
import yaml
from celery import Celery

from followup.broker import EXPIRES, QUEUE_OF, QUEUES
from tests.house.tree import ROOT, modules


@pytest.fixture(scope="module")
def app() -> Celery:
    """The Celery application, made as a worker makes it."""
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("FOLLOWUP_BROKER_URL", "redis://127.0.0.1:1/0")
        settings.setenv("FOLLOWUP_SECRET_KEY", "s" * 40)
        settings.setenv("FOLLOWUP_ENCRYPTION_KEYS", "k" * 40)
        from workers.app import app

        app.loader.import_default_modules()
        assert isinstance(app, Celery)
        return app


def _tasks(app: Celery) -> set[str]:
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_task_has_a_queue_and_every_queue_is_known(app: Celery) -> None:
    assert _tasks(app) == set(QUEUE_OF)
    assert set(QUEUE_OF.values()) <= set(QUEUES)
    assert {queue.name for queue in app.conf.task_queues} == set(QUEUES)


def test_every_tick_names_a_task_and_goes_out_of_date(app: Celery) -> None:
    for tick in app.conf.beat_schedule.values():
        assert tick["task"] in QUEUE_OF
        assert tick["options"]["expires"] == EXPIRES[tick["task"]]


def test_no_send_waits_in_the_broker_for_its_time() -> None:
    found = [
        f"{path.name}: {match.group()}"
        for path in modules()
        for match in re.finditer(r"\b(eta|countdown)=", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_wake_names_a_task_that_is_there(app: Celery) -> None:
    woken = {
        name
        for path in modules()
        for name in re.findall(r'wake\(\s*"(followup\.\w+)"', path.read_text(encoding="utf-8"))
    }
    assert woken
    assert woken - _tasks(app) == set()


def _started_workers() -> list[list[str]]:
    compose: Any = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    commands = [
        service["command"] for service in compose["services"].values() if "worker" in service.get("command", [])
    ]
    serve = (ROOT / "followup" / "cli" / "serve.py").read_text(encoding="utf-8")
    found = re.search(r'\[\*celery, "worker", ([^]]*)\]', serve)
    assert found, "followup serve starts no worker"
    return [*commands, found[1].replace('"', "").replace(",", " ").split()]


def test_the_workers_that_are_started_empty_every_queue() -> None:
    for command in _started_workers():
        named = [word for word in command if word.startswith(("-Q", "--queues", "-X", "--exclude-queues"))]
        assert named == [], "a worker without -Q takes every queue of the application"
