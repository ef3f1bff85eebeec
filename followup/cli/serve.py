"""Start the service: all of it in one command, or the web alone."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from followup import bootstrap, config
from followup.cli.context import BROKER_FILE
from followup.domain.errors import ConfigurationError
from followup.embedded import directory, processes
from followup.services import maintenance
from followup.services.opening import open_checked

_STARTS_WITHIN = 60.0  # seconds, on a machine that is busy with much else


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Run the whole service: web, worker and beat; embedded unless a database and a broker are set."""
    environment = dict(os.environ)
    environment.setdefault("FOLLOWUP_PUBLIC_URL", f"http://{host}:{port}")
    run(environment, host, port)


def run(
    environment: dict[str, str],
    host: str,
    port: int,
    *,
    extra: list[processes.Child] | None = None,
    logs: Path | None = None,
    ready: Callable[[dict[str, str], Callable[[], bool]], None] | None = None,
) -> None:
    """Start every process of the service and tend them until a signal comes.

    `ready` is called once the web takes requests, with the environment of the processes and a function that says
    whether a signal has come.
    """
    processes.require_free_port(host, port)
    data = config.default_data_dir(environment)
    embedded = not (environment.get("FOLLOWUP_DATABASE_URL") or environment.get("FOLLOWUP_DATABASE_URL_FILE"))
    own_broker = not (environment.get("FOLLOWUP_BROKER_URL") or environment.get("FOLLOWUP_BROKER_URL_FILE"))
    held = None
    generated: dict[str, str] = {}
    if embedded or own_broker:
        generated = directory.prepare(data)
        held = directory.lock(data)
    settings = config.load(environment, generated=generated)
    database = bootstrap.open_database(settings)
    if embedded:
        maintenance.upgrade(database)
    open_checked(database)
    database.dispose()
    if embedded:
        for name, value in generated.items():
            if not environment.get(f"FOLLOWUP_{name}_FILE"):
                environment.setdefault(f"FOLLOWUP_{name}", value)
        environment["FOLLOWUP_DATABASE_URL"] = settings.database_url
        environment["FOLLOWUP_DATA_DIR"] = str(data)

    household = processes.Household()
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        if own_broker:
            broker, url = processes.broker_child(data, environment)
            household.start(broker)
            processes.wait_for_socket(url.removeprefix("redis+socket://"))
            environment["FOLLOWUP_BROKER_URL"] = url
            (data / BROKER_FILE).write_text(url, encoding="utf-8")
        for child in extra or []:
            household.start(child)
        python = sys.executable
        celery = [python, "-m", "celery", "--quiet", "-A", "workers.app"]
        household.start(
            processes.Child(
                "web", [python, "-m", "followup.cli", "web", "--host", host, "--port", str(port)], environment, logs
            )
        )
        household.start(
            processes.Child(
                "worker",
                [*celery, "worker", "--loglevel", "WARNING"],
                environment,
                logs,
            )
        )
        household.start(processes.Child("beat", [*celery, "beat", "--loglevel", "WARNING"], environment, logs))
        _wait_until_ready(household, host, port, lambda: stopping)
        if ready is not None and not stopping:
            ready(environment, lambda: stopping)
        if not stopping:
            click.echo(f"Followup runs at http://{host}:{port} — Ctrl-C ends it.")
        while not stopping:
            household.tend()
            time.sleep(0.5)
    finally:
        household.stop()
        if own_broker:
            (data / BROKER_FILE).unlink(missing_ok=True)
        if held is not None:
            held.close()


def _wait_until_ready(household: processes.Household, host: str, port: int, stopping: Callable[[], bool]) -> None:
    """Wait for the web's /readyz. Raises ConfigurationError when a process ends before that."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and not stopping():
        for child in household.children:
            if child.process is not None and (code := child.process.poll()) is not None:
                raise ConfigurationError(
                    f"The {child.name} process ended at once (exit code {code}); see its lines above"
                )
        try:
            connection = http.client.HTTPConnection(host, port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    if not stopping():
        raise ConfigurationError(
            f"The web did not get ready within {_STARTS_WITHIN:.0f} seconds; see the lines above, or followup doctor"
        )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def web(host: str, port: int) -> None:
    """Run one web process, for PostgreSQL and Redis; any number may run."""
    import uvicorn

    from followup import logs
    from followup.web.app import create_app

    settings = config.load(os.environ)
    logs.configure(settings.log_level)
    if not settings.broker_url:
        raise ConfigurationError("FOLLOWUP_BROKER_URL: the web needs a broker; set it, or use: followup serve")
    processes.require_free_port(host, port)
    services = bootstrap.build_services(settings)
    uvicorn.run(
        create_app(services, demo=settings.demo),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
