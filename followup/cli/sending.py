"""Hold sending, say where it stands, and let it go again after a restore."""

import json

import click

from followup.cli.context import json_option, opened
from followup.domain.actor import OPERATOR
from followup.services import holding


@click.group()
def sending() -> None:
    """Whether messages leave."""


@sending.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether sending is held, since when and why."""
    with opened() as services:
        held = holding.held(services)
    if as_json:
        since = held.since.isoformat() if held else None
        click.echo(json.dumps({"held": held is not None, "since": since, "reason": held.reason if held else None}))
        return
    click.echo(
        f"Sending is held: {held.reason} (since {held.since:%Y-%m-%d %H:%M} UTC)." if held else "Messages leave."
    )


@sending.command()
@click.option("--reason", default="held by the operator", show_default=True)
def hold(reason: str) -> None:
    """Let nothing leave but emergency answers, until told otherwise."""
    with opened() as services:
        holding.hold(services, reason, OPERATOR)
    click.echo("Sending is held. Replies still come in, and emergency answers still leave.")


@sending.command()
def resume() -> None:
    """Let messages leave again; after a restore, once everything since the backup is reconciled."""
    with opened() as services:
        report = holding.resume(services, OPERATOR)
    for line in report:
        click.echo(line)
    click.echo("Messages leave again.")
