"""The commands by name; each is imported when it is used, so that a quick one starts quickly."""

import importlib
import os
import sys
from typing import NoReturn

import click

from followup import __version__, logs
from followup.domain.errors import Conflict, FollowupError

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
        except Conflict as error:
            _say("; ".join([error.message, *map(str, error.faults)]))
        except FollowupError as error:
            _say(error.message)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # usage, the reader's end of a pipe: Click says these
        except Exception as error:
            if os.environ.get("FOLLOWUP_LOG_LEVEL", "").upper() == "DEBUG":
                raise
            # Its own words may quote a patient's data or a query's values, and a terminal is often copied elsewhere.
            _say(
                f"Something went wrong that nobody foresaw ({type(error).__name__}); followup doctor says what is "
                "wrong, FOLLOWUP_LOG_LEVEL=DEBUG shows where it happened"
            )


def _say(message: str) -> NoReturn:
    """One line on standard error, whatever the message holds, and exit code 1."""
    click.echo(f"followup: {' '.join(message.split())}", err=True)
    sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="followup")
def main() -> None:
    """Followup looks after patients once they have gone home."""
    # On standard error, and of commands only what is wrong: standard output is the answer.
    logs.configure(os.environ.get("FOLLOWUP_LOG_LEVEL", "WARNING").upper(), console=True)
