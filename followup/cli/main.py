"""The commands by name; each is imported when it is used, so that a quick one starts quickly."""

import importlib
import sys

import click

from followup import __version__
from followup.domain.errors import FollowupError

_COMMANDS = {
    "serve": "followup.cli.serve:serve",
    "web": "followup.cli.serve:web",
    "demo": "followup.cli.demo:demo",
    "db": "followup.cli.db:db",
    "clinic": "followup.cli.people:clinic",
    "staff": "followup.cli.people:staff",
    "apikey": "followup.cli.people:apikey",
    "procedure": "followup.cli.procedure:procedure",
    "protocol": "followup.cli.protocol:protocol",
    "triage": "followup.cli.triage:triage",
    "sending": "followup.cli.sending:sending",
    "doctor": "followup.cli.doctor:doctor",
    "bench": "followup.cli.bench:bench",
}


class _Commands(click.Group):
    """Loads a command's module when it is called; says every error of ours in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except FollowupError as error:
            click.echo(f"followup: {error.message}", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="followup")
def main() -> None:
    """Followup looks after patients once they have gone home."""
