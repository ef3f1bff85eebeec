"""What commands share: settings (with the embedded service's own), services, and the clinic that is meant."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from followup import bootstrap, config
from followup.domain.errors import ConfigurationError, NotFound
from followup.embedded import directory
from followup.services import clinics
from followup.services.context import Services

BROKER_FILE = "broker.url"

clinic_option = click.option("--clinic", "clinic_slug", metavar="SLUG", help="Which clinic (default: the only one).")
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


def settings() -> config.Settings:
    """The settings of this command; without a database URL, those of the embedded service on this machine."""
    environment = dict(os.environ)
    if environment.get("FOLLOWUP_DATABASE_URL") or environment.get("FOLLOWUP_DATABASE_URL_FILE"):
        return config.load(environment)
    data = config.default_data_dir(environment)
    generated = directory.prepare(data)
    broker = data / BROKER_FILE
    if broker.exists():
        generated["BROKER_URL"] = broker.read_text(encoding="utf-8").strip()
    return config.load(environment, generated=generated)


@contextmanager
def alone() -> Iterator[config.Settings]:
    """Settings for a command during which no embedded service may run. Raises ConfigurationError while one does."""
    found = settings()
    held = directory.lock(found.data_dir) if found.embedded and found.data_dir.is_dir() else None
    try:
        yield found
    finally:
        if held is not None:
            held.close()


@contextmanager
def opened() -> Iterator[Services]:
    """Services for one command; the database must be at this version's revision."""
    services = bootstrap.build_services(settings(), check_database=True)
    try:
        yield services
    finally:
        services.db.dispose()


def clinic_id(services: Services, slug: str | None) -> Any:
    """The id of the clinic that is meant. Raises NotFound or ConfigurationError that says what to do."""
    found = clinics.find(services, slug)
    if found is None:
        raise NotFound(
            f"There is no clinic {slug!r}; followup clinic add makes one"
            if slug
            else "There is no clinic yet, or more than one: name it with --clinic, or make one with followup clinic add"
        )
    return found.id


def readable(path: Path) -> bytes:
    """A file's bytes. Raises ConfigurationError in one sentence."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from error
