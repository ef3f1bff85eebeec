"""The compose file: what it promises, and each of its commands run as it would be: unprivileged, read-only, by file.

Where no container engine runs, a mount namespace gives each command the same surroundings: user 10001 without any
capability, a file system that cannot be written, a /tmp of its own, and secrets under /run/secrets.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from followup.config import NAMES, SECRETS
from followup.simulator.thread import RunningSimulator, run_in_thread
from tests.conftest import REQUIRED
from tests.journeys.service import Running, answers, free_port, started, until, where_it_is_noon

ROOT = Path(__file__).parents[2]
BOX = Path(__file__).with_name("as_in_a_container.sh")
NUMBER = "+13125550100"
OURS = ("migrate", "web", "worker", "beat")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_there_is_everything_that_a_clinic_needs() -> None:
    assert set(SERVICES) == {"db", "redis", *OURS}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert {SERVICES[name]["image"] for name in OURS} == {"followup"}, "one image runs everything"


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_has_no_rights_and_writes_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "volumes" not in service


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_known_and_every_secret_comes_by_file(name: str) -> None:
    for key, value in SERVICES[name]["environment"].items():
        setting = key.removeprefix("FOLLOWUP_")
        if setting.endswith("_FILE"):
            assert setting.removesuffix("_FILE") in SECRETS
            secret = str(value).removeprefix("/run/secrets/")
            assert secret in SERVICES[name]["secrets"]
            assert secret in COMPOSE["secrets"]
        else:
            assert setting in NAMES
            assert "password" not in str(value)
    for given in COMPOSE["secrets"].values():
        assert given["file"].startswith("./secrets/")


def test_what_can_fall_ill_is_looked_after_and_started_in_order() -> None:
    for name in ("db", "redis", "web", "worker"):
        check = SERVICES[name]["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL")
        assert int(str(check["timeout"]).rstrip("s")) <= int(str(check["interval"]).rstrip("s"))
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_only_the_web_is_reached_from_outside_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_the_image_runs_without_rights_from_locked_packages() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.lock" in image
    assert re.findall(r"^USER (\S+)", image, re.MULTILINE) == ["10001"]
    assert not re.search(r"^(ENV|ARG) .*(PASSWORD|SECRET|TOKEN|KEY)", image, re.MULTILINE)


def _namespaces() -> str:
    """Why commands cannot be run as in a container here; empty where they can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root on Linux, to make a mount namespace"
    if not shutil.which("unshare") or not shutil.which("setpriv"):
        return "needs unshare and setpriv (util-linux)"
    tried = subprocess.run(
        ["unshare", "--mount", "--uts", "mount", "--make-rprivate", "/"], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else "mount namespaces are not permitted here"


class Compose:
    """The services of the compose file, each started in its box."""

    def __init__(self, place: Path, world: RunningSimulator, database_url: str, broker_url: str, port: int) -> None:
        self.place, self.port = place, port
        account = world.simulator.settings
        given = {
            "database_url": database_url,
            "secret_key": secrets.token_urlsafe(48),
            "encryption_keys": secrets.token_urlsafe(48),
            "twilio_account_sid": account.account_sid,
            "twilio_auth_token": account.auth_token,
            "smtp_url": world.simulator.smtp_url,
            "imap_url": world.simulator.imap_url,
        }
        self.secrets = place / "secrets"
        self.secrets.mkdir()
        for name, value in given.items():
            (self.secrets / name).write_text(value + "\n")
        self.environment = {
            "FOLLOWUP_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "FOLLOWUP_TWILIO_FROM": NUMBER,
            "FOLLOWUP_TWILIO_API_URL": world.carrier_url,
            "FOLLOWUP_EMAIL_FROM": "care@lake.clinic.example",
            "FOLLOWUP_BROKER_URL": broker_url,
        }

    def box(self, service: str, host: str = "") -> tuple[list[str], dict[str, str]]:
        """What stands before a command to run it as this service, and its environment."""
        readable = ":".join(dict.fromkeys([sys.base_prefix, sys.prefix, str(ROOT)]))
        words = ["unshare", "--mount", "--uts", "sh", str(BOX), host or service, str(self.secrets), readable]
        files = {key: value for key, value in SERVICES[service]["environment"].items() if key.endswith("_FILE")}
        own = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "FOLLOWUP_DATA_DIR": "/tmp/followup"}  # noqa: S108
        return words, {**files, **self.environment, **own, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, service: str) -> list[str]:
        """The service's command on this test's port."""
        return [word if word != "8000" else str(self.port) for word in SERVICES[service]["command"]]

    def run(self, service: str, words: list[str], host: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end in the surroundings of a service."""
        before, environment = self.box(service, host)
        command = [*before, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    def start(self, stack: ExitStack, service: str, host: str = "") -> Running:
        """Start a service."""
        before, environment = self.box(service, host)
        return stack.enter_context(started(self.command(service), self.place, self.port, before, **environment))

    def healthy(self, service: str, host: str = "") -> bool:
        """Run the service's own health check in its surroundings."""
        kind, *words = SERVICES[service]["healthcheck"]["test"]
        words = [word.replace("8000", str(self.port)).replace("$$", "$") for word in words]
        return self.run(service, ["sh", "-c", words[0]] if kind == "CMD-SHELL" else words, host).returncode == 0


@pytest.mark.slow
@pytest.mark.postgres
def test_every_service_runs_without_rights_on_a_file_system_that_cannot_be_written(
    tmp_path: Path, role_database_url: str, redis_url: str
) -> None:
    if why := _namespaces():
        pytest.skip(why)
    with run_in_thread() as world, ExitStack() as stack:
        port = free_port()
        world.set_inbound(NUMBER, f"http://127.0.0.1:{port}/hooks/twilio/inbound")
        compose = Compose(tmp_path, world, role_database_url, redis_url, port)

        tried = compose.run("migrate", ["sh", "-c", "id -u; touch /x /opt/x; echo hello > /tmp/x && cat /tmp/x"])
        assert tried.stdout.split() == ["10001", "hello"], tried.stderr
        for _ in range(2):  # the second finds nothing to do
            migrated = compose.run("migrate", compose.command("migrate"))
            assert migrated.returncode == 0, migrated.stderr
        added = compose.run(
            "web",
            [
                "followup",
                "clinic",
                "add",
                "lake",
                "--name",
                "Lake Clinic",
                "--zone",
                where_it_is_noon(),
                "--pace",
                "100",
            ],
        )
        assert added.returncode == 0, added.stderr
        who = ["staff", "add", "ada@lake.example", "--name", "Ada", "--role", "admin"]
        assert compose.run("web", ["followup", *who]).returncode == 0

        web = compose.start(stack, "web")
        web.until_ready()
        first, second = (compose.start(stack, "worker", name) for name in ("worker-1", "worker-2"))
        compose.start(stack, "beat")
        assert compose.healthy("web")
        until(lambda: compose.healthy("worker", "worker-1"), first.said)
        until(lambda: compose.healthy("worker", "worker-2"), second.said)
        assert not compose.healthy("worker", "worker-3"), "a worker that is not there cannot be healthy"

        _a_text_leaves(compose, world, "M-1", "+13125550141")
        first.end(signal.SIGKILL)
        _a_text_leaves(compose, world, "M-2", "+13125550142")
        world.text("+13125550143", NUMBER, "I have crushing chest pain and can't breathe")
        world.wait_for(lambda: _heard(world, "+13125550143", "911"), 60, web.said())

        found = {row["name"]: row for row in json.loads(compose.run("web", ["followup", "doctor", "--json"]).stdout)}
        wrong = [row for name, row in found.items() if not row["well"]]
        assert wrong == []
        assert second.end() == 0, second.said()
        assert web.end() in (0, -signal.SIGTERM), web.said()  # it ends in order, and then says by which signal
        assert not answers(f"{web.url}/healthz")


def _a_text_leaves(compose: Compose, world: RunningSimulator, mrn: str, phone: str) -> None:
    performed = (datetime.now(UTC) - timedelta(minutes=70)).isoformat(timespec="seconds")
    done = compose.run(
        "web",
        [
            *("followup", "procedure", "record", "--external-id", mrn, "--protocol", "trigger-point-injection"),
            *("--performed-at", performed, "--mrn", mrn, "--given-name", "Ana", "--family-name", "Ruiz"),
            *("--birth-date", "1970-02-03", "--phone", phone, "--timezone", where_it_is_noon(), "--consent-sms"),
        ],
    )
    assert done.returncode == 0, done.stderr
    world.wait_for(lambda: _heard(world, phone, "rest"), 60, done.stdout)


def _heard(world: RunningSimulator, phone: str, word: str) -> bool:
    return any(word in item.body for item in world.simulator.carrier.texts.thread(phone))


def test_ci_does_not_skip_what_it_can_run() -> None:
    if REQUIRED and sys.platform == "linux" and os.geteuid() == 0:
        assert _namespaces() == ""
