"""The demo: the whole service beside a simulated carrier, phone and mailbox, with invented patients."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from followup.cli.demo_seed import MAIL, NUMBER, PAGES_NUMBER
from followup.cli.serve import run
from followup.embedded import processes

_ACCOUNT = "AC" + "0f" * 16
_TOKEN = "simulated-auth-token"  # noqa: S105  (the simulator's own, worth nothing elsewhere)
_MAIL_PASSWORD = "simulated-mail-password"  # noqa: S105  (as above)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--verbose", is_flag=True, help="Show every process's log lines here instead of in the demo's data directory."
)
def demo(host: str, port: int, verbose: bool) -> None:
    """Run a clinic to try, with invented patients; nothing leaves this machine, and nothing is kept."""
    processes.require_free_port(host, port)
    place = Path(tempfile.mkdtemp(prefix="followup-demo-"))
    try:
        environment, simulator = _composition(place, host, port)
        logs = None if verbose else place / "log"
        simulator.log_file = logs

        def seed(settings: dict[str, str], stopping: Callable[[], bool]) -> None:
            click.echo(f"\n  Open http://{host}:{port}/demo\n")
            click.echo("The clinic is open; its patients' last days go by, up to today ...")
            _seed(settings, place / "seed.log", stopping)

        run(environment, host, port, extra=[simulator], logs=logs, ready=seed)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _seed(settings: dict[str, str], said: Path, stopping: Callable[[], bool]) -> None:
    """Let the invented patients' past happen, in a process that ends with this one."""
    command = [sys.executable, "-m", "followup.cli.demo_seed"]
    with said.open("wb") as log:
        seeding = subprocess.Popen(  # noqa: S603  (the command is ours)
            command,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=processes.dying_with_parent(),
        )
        while seeding.poll() is None:
            if stopping():
                seeding.kill()
                seeding.wait()
                return
            time.sleep(0.1)
    if seeding.returncode:
        last = said.read_text(errors="replace").strip().splitlines()[-1:]
        click.echo(f"followup: the invented patients are missing: {' '.join(last)}", err=True)


def _composition(place: Path, host: str, port: int) -> tuple[dict[str, str], processes.Child]:
    """The settings of the demo's service, and the simulator they point to. Settings from outside play no part."""
    carrier, smtp, imap = (processes.free_port() for _ in range(3))
    own = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
    service = f"http://{host}:{port}"
    phone = f"http://127.0.0.1:{carrier}"
    environment = own | {
        "FOLLOWUP_DATA_DIR": str(place),
        "FOLLOWUP_PUBLIC_URL": service,
        "FOLLOWUP_DEMO": phone,
        "FOLLOWUP_TWILIO_ACCOUNT_SID": _ACCOUNT,
        "FOLLOWUP_TWILIO_AUTH_TOKEN": _TOKEN,
        "FOLLOWUP_TWILIO_FROM": NUMBER,
        "FOLLOWUP_TWILIO_API_URL": phone,
        "FOLLOWUP_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "FOLLOWUP_EMAIL_FROM": MAIL,
        "FOLLOWUP_IMAP_URL": f"imap://replies%40clinic.example:{_MAIL_PASSWORD}@127.0.0.1:{imap}/INBOX",
    }
    command = [
        *(sys.executable, "-m", "followup.simulator"),
        *("--carrier-port", str(carrier), "--smtp-port", str(smtp), "--imap-port", str(imap)),
        *("--account-sid", _ACCOUNT, "--auth-token", _TOKEN),
        *("--number", f"{NUMBER}={service}/hooks/twilio/inbound"),
        *("--number", f"{PAGES_NUMBER}={service}/hooks/twilio/inbound"),
        *(
            "--inbox",
            MAIL,
            "--frame-ancestor",
            service,
            "--frame-ancestor",
            f"http://localhost:{port}",
            "--clinic-name",
            "Lakeview Clinic",
        ),
    ]
    return environment, processes.Child("simulator", command, own, outlives=True)
