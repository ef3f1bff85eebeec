"""The service in one command: it starts, mends itself, ends without a trace, and says in one sentence why it cannot."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from followup.simulator.thread import RunningSimulator, run_in_thread
from tests.cli.shell import followup, one_line
from tests.journeys.service import Running, alive, answers, free_port, serve, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through Linux's /proc"),
]
NUMBER = "+13125550100"
PARTS = (r"followup\.cli web", r"workers\.app worker", r"workers\.app beat", r"valkey-server")


@pytest.fixture
def carrier() -> object:
    with run_in_thread() as simulator:
        yield simulator


def settings_for(carrier: RunningSimulator, port: int) -> dict[str, str]:
    account = carrier.simulator.settings
    carrier.set_inbound(NUMBER, f"http://127.0.0.1:{port}/hooks/twilio/inbound")
    return {
        "FOLLOWUP_TWILIO_ACCOUNT_SID": account.account_sid,
        "FOLLOWUP_TWILIO_AUTH_TOKEN": account.auth_token,
        "FOLLOWUP_TWILIO_FROM": NUMBER,
        "FOLLOWUP_TWILIO_API_URL": carrier.carrier_url,
    }


def with_clinic(place: Path) -> dict[str, str]:
    """A data directory with a clinic that texts from NUMBER."""
    data = {"FOLLOWUP_DATA_DIR": str(place / "data")}
    assert followup("db", "upgrade", **data).returncode == 0
    added = followup(
        *("clinic", "add", "lakeview", "--name", "Lakeview Clinic", "--zone", "America/Chicago"),
        *("--phone", "312-555-0190", "--sms-from", NUMBER),
        **data,
    )
    assert added.returncode == 0, added.stderr
    return data


def emergency(carrier: RunningSimulator, phone: str) -> None:
    """A stranger writes of chest pain; the bilingual answer that leaves at any hour must reach the phone."""
    before = len(carrier.thread(phone))
    _, post = carrier.text(phone, NUMBER, "I have crushing chest pain and can't breathe")
    assert post is not None
    assert 200 <= post.status < 300
    carrier.wait_for(
        lambda: any("911" in text.body for text in carrier.simulator.carrier.texts.thread(phone)[before:]), 60
    )


def test_it_starts_mends_itself_and_leaves_nothing_at_ctrl_c(tmp_path: Path, carrier: RunningSimulator) -> None:
    with_clinic(tmp_path)
    port = free_port()
    with serve(tmp_path, port, **settings_for(carrier, port)) as service:
        service.until_said("Followup runs at")
        assert answers(f"{service.url}/readyz")
        for part in PARTS:
            service.child(part)

        # Its worker is killed: the household starts another, and texts leave meanwhile and after.
        worker = service.child(PARTS[1])
        os.kill(worker, signal.SIGKILL)
        until(lambda: _matching(service, PARTS[1]) - {worker}, service.said)
        emergency(carrier, "+13125550111")

        # Its broker is killed: replies are answered at once, and it comes back.
        broker = service.child(PARTS[3])
        os.kill(broker, signal.SIGKILL)
        emergency(carrier, "+13125550112")
        until(lambda: _matching(service, PARTS[3]) - {broker}, service.said)
        emergency(carrier, "+13125550113")

        _refuses_a_second(tmp_path)
        family = service.family()
        assert service.end(signal.SIGINT) == 0, service.said()
        assert [command for pid, command in family.items() if alive(pid)] == []
    assert not answers(f"{service.url}/healthz")
    assert not (tmp_path / "data" / "broker.url").exists()


def _matching(service: Running, pattern: str) -> set[int]:
    return {pid for pid, command in service.family().items() if re.search(pattern, command)}


def _refuses_a_second(place: Path) -> None:
    second = followup("serve", "--port", str(free_port()), FOLLOWUP_DATA_DIR=str(place / "data"))
    assert second.returncode == 1
    assert "already runs" in one_line(second.stderr)


def test_sigterm_leaves_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, free_port()) as service:
        service.until_ready()
        family = service.family()
        assert len(family) == len(PARTS)
        assert service.end(signal.SIGTERM) == 0, service.said()
        assert [command for pid, command in family.items() if alive(pid)] == []


def test_a_parent_that_is_killed_leaves_nothing_and_it_starts_again(tmp_path: Path) -> None:
    port = free_port()
    with serve(tmp_path, port) as service:
        service.until_ready()
        family = service.family()
        assert len(family) == len(PARTS)
        service.end(signal.SIGKILL)
        until(lambda: not any(alive(pid) for pid in family))
    with serve(tmp_path, port) as again:
        again.until_ready()
        assert again.end() == 0


def test_ctrl_c_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, free_port()) as service:
        until(lambda: _matching(service, PARTS[3]), service.said)
        family = service.family()
        service.end(signal.SIGINT)
        assert [command for pid, command in family.items() if alive(pid)] == []
        assert "Traceback" not in service.said()


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = followup("serve", "--port", str(port), FOLLOWUP_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in one_line(done.stderr)
    assert not (tmp_path / "data").exists()


def test_a_file_where_the_data_directory_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    done = followup("serve", "--port", str(free_port()), FOLLOWUP_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "cannot be written" in one_line(done.stderr)


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, to become somebody without rights"
)
def test_a_directory_without_rights_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    closed = Path("/var/lib") / "followup-test-no-rights"  # made by nobody: its parent is root's
    command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    program = [sys.executable, "-m", "followup.cli", "serve", "--port", str(free_port())]
    environment = {
        "PATH": os.environ["PATH"],
        "FOLLOWUP_DATA_DIR": str(closed),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    if subprocess.run([*command, sys.executable, "-c", "pass"], capture_output=True, check=False).returncode:
        pytest.skip("somebody without rights cannot run this Python: it lies in root's home")
    done = subprocess.run([*command, *program], env=environment, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 1
    assert "cannot be written (Permission denied)" in one_line(done.stderr)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE alembic_version SET version_num = 'from_the_future'",
            "from_the_future, which this version does not know",
        ),
        ("DROP TABLE communications", "communications"),
    ],
    ids=["unknown revision", "half of a database"],
)
def test_a_database_that_is_not_as_it_should_be_is_one_sentence(tmp_path: Path, change: str, said: str) -> None:
    with_clinic(tmp_path)
    with sqlite3.connect(tmp_path / "data" / "followup.sqlite") as database:
        database.execute(change)
    database.close()
    done = followup("serve", "--port", str(free_port()), FOLLOWUP_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert said in one_line(done.stderr)


def test_an_empty_database_that_is_not_its_own_is_one_sentence(tmp_path: Path) -> None:
    done = followup(
        *("serve", "--port", str(free_port())),
        FOLLOWUP_DATA_DIR=str(tmp_path / "data"),
        FOLLOWUP_DATABASE_URL=f"sqlite:///{tmp_path / 'other.sqlite'}",
        FOLLOWUP_SECRET_KEY="s" * 40,
        FOLLOWUP_ENCRYPTION_KEYS="k" * 40,
    )
    assert done.returncode == 1
    assert one_line(done.stderr) == "followup: The database is empty; run: followup db upgrade"


def test_lost_keys_are_one_sentence(tmp_path: Path) -> None:
    with_clinic(tmp_path)
    (tmp_path / "data" / "secrets.json").unlink()
    done = followup("serve", "--port", str(free_port()), FOLLOWUP_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "key" in one_line(done.stderr)
