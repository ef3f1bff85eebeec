"""Commands on the database: migrations forward and back, a consistent copy and its return."""

from pathlib import Path

import click

from followup import bootstrap
from followup.cli.context import settings
from followup.store import migrate
from followup.store.database import Database


@click.group()
def db() -> None:
    """Migrations, backup and restore."""


def _database() -> Database:
    return bootstrap.open_database(settings())


@db.command()
@click.option("--revision", default="head", show_default=True, help="How far to go.")
def upgrade(revision: str) -> None:
    """Bring the database forward to this version."""
    database = _database()
    migrate.upgrade(database, revision)
    click.echo(f"The database is at {migrate.current(database)}.")


@db.command()
@click.option(
    "--revision", default="-1", show_default=True, help="Where to go back to; -1 is one step, base is nothing."
)
@click.confirmation_option(prompt="Going back can drop tables with everything in them. Go on?")
def downgrade(revision: str) -> None:
    """Take the database back."""
    database = _database()
    migrate.downgrade(database, revision)
    click.echo(f"The database is at {migrate.current(database) or 'nothing'}.")


@db.command()
def check() -> None:
    """Say whether the database is where this version expects it."""
    database = _database()
    migrate.require_head(database)
    migrate.load_index_key(database)
    found = migrate.differences(database)
    if found:
        raise click.ClickException(f"The tables differ from this version's in {len(found)} places: {found[0]}")
    click.echo(f"The database is at {migrate.head()}, as this version needs it.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a consistent copy of everything but the keys to FILE."""
    from followup.store import backup as copies

    rows = copies.write(_database(), file)
    click.echo(f"{rows} rows are in {file}. The keys are not: keep a copy of them elsewhere.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.confirmation_option(prompt="This replaces everything in the database. Go on?")
def restore(file: Path) -> None:
    """Put a copy back; sending stays held until what happened since is reconciled."""
    from followup.store import backup as copies

    rows = copies.read(_database(), file)
    click.echo(
        f"{rows} rows are back. Sending is held: start the service, let it reconcile with the provider, then run "
        "followup sending resume."
    )


@db.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything with the newest of FOLLOWUP_ENCRYPTION_KEYS; the service may run meanwhile."""
    from followup.store import rotation

    database = _database()
    migrate.require_head(database)
    migrate.load_index_key(database)
    click.echo(f"{rotation.reseal(database)} values were sealed with the newest key; the older keys may go.")
