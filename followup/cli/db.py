"""Commands on the database: migrations forward and back, a consistent copy and its return, new keys."""

from pathlib import Path

import click

from followup import bootstrap
from followup.cli.context import alone, settings
from followup.services import maintenance


@click.group()
def db() -> None:
    """Migrations, backup and restore."""


@db.command()
@click.option("--revision", default="head", show_default=True, help="How far to go.")
def upgrade(revision: str) -> None:
    """Bring the database forward to this version."""
    click.echo(f"The database is at {maintenance.upgrade(bootstrap.open_database(settings()), revision)}.")


@db.command()
@click.option("--revision", default="-1", show_default=True, help="Where to: -1 is one step back, base is nothing.")
@click.confirmation_option(prompt="Going back can drop tables with everything in them. Go on?")
def downgrade(revision: str) -> None:
    """Take the database back."""
    with alone() as found:
        at = maintenance.downgrade(bootstrap.open_database(found), revision)
    click.echo(f"The database is at {at or 'nothing'}.")


@db.command()
def check() -> None:
    """Say whether the database is where this version expects it."""
    at = maintenance.require_current(bootstrap.open_database(settings()))
    click.echo(f"The database is at {at}, as this version needs it.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a consistent copy of everything but the keys to FILE."""
    rows = maintenance.back_up(bootstrap.open_database(settings()), file)
    click.echo(f"{rows} rows are in {file}. The keys are not: keep a copy of them elsewhere.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.confirmation_option(prompt="This replaces everything in the database. Go on?")
def restore(file: Path) -> None:
    """Put a copy back; sending stays held until what happened since is reconciled."""
    with alone() as found:
        rows = maintenance.restore(bootstrap.open_database(found), file)
    click.echo(
        f"{rows} rows are back. Sending is held: start the service, then run followup sending resume, which first asks "
        "the provider what went out and came in since the copy."
    )


@db.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything with the newest of FOLLOWUP_ENCRYPTION_KEYS; the service may run meanwhile."""
    count = maintenance.rotate_keys(bootstrap.open_database(settings()))
    click.echo(f"{count} values were sealed with the newest key; the older keys may go.")
