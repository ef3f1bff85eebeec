"""Measurements on this machine, each beside a naive design or a floor in the same run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from followup.cli.context import json_option

_LABELLED = Path(__file__).resolve().parents[2] / "tests" / "corpus" / "triage"
_database = click.option(
    "--database", "database_url", default="", help="An empty database to measure on (default: SQLite)."
)


@click.group()
def bench() -> None:
    """Measure on this machine: delivery, inbound, queue, growth, triage."""


@bench.command()
@click.option("--texts", type=click.IntRange(10, 1_000_000), default=5000, show_default=True)
@click.option("--peer-texts", type=click.IntRange(10, 100_000), default=500, show_default=True)
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="Worker processes.")
@click.option("--waiting", default=0, help="Measure from due to handed over too, with so many texts of other times.")
@_database
@json_option
def delivery(texts: int, peer_texts: int, workers: int, waiting: int, database_url: str, as_json: bool) -> None:
    """Texts a second from worker processes to a carrier on this machine, beside one task a message."""
    from followup.bench.delivery import measure

    _show(measure(texts, peer_texts=peer_texts, workers=workers, waiting=waiting, database_url=database_url), as_json)


@bench.command()
@click.option("--posts", type=click.IntRange(10, 100_000), default=400, show_default=True)
@click.option("--clients", type=click.IntRange(1, 64), default=8, show_default=True, help="How many post at once.")
@_database
@json_option
def inbound(posts: int, clients: int, database_url: str, as_json: bool) -> None:
    """Signed webhook posts a second that one web process keeps, reads and answers."""
    from followup.bench.inbound import measure

    _show(measure(posts, clients, database_url), as_json)


@bench.command()
@click.option("--cases", type=click.IntRange(11, 200_000), default=300, show_default=True)
@click.option("--looks", type=click.IntRange(1, 10_000), default=40, show_default=True)
@click.option("--history", type=click.IntRange(0, 1000), default=2, show_default=True, help="Past texts for each case.")
@_database
@json_option
def queue(cases: int, looks: int, history: int, database_url: str, as_json: bool) -> None:
    """How long a nurse waits for her queue and for a case, with many cases and with ten."""
    from followup.bench.queue import measure

    _show(measure(cases, looks, history, database_url), as_json)


@bench.command()
@click.option("--finished", type=click.IntRange(1000), default=200_000, show_default=True, help="Messages of the past.")
@click.option("--waiting", type=click.IntRange(1000), default=200_000, show_default=True, help="Messages to come.")
@_database
@json_option
def growth(finished: int, waiting: int, database_url: str, as_json: bool) -> None:
    """What claiming and sending costs with many finished and many planned messages, beside 10,000 of each."""
    from followup.bench.growth import measure

    _show(measure(finished, waiting, database_url), as_json)


@bench.command()
@click.option(
    "--labelled",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Labelled replies, one JSON object a line (default: those of a checkout that nothing was learned from).",
)
@click.option("--misses", type=click.IntRange(0), default=40, show_default=True, help="How many misses to list.")
@json_option
def triage(files: tuple[Path, ...], misses: int, as_json: bool) -> None:
    """How well and how fast replies are read, beside a list of words and the rules alone."""
    from followup.bench.triage import measure

    figures, page = measure(files or sorted(_LABELLED.glob("*holdout*.jsonl")), misses)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        click.echo(page)
        click.echo(f"{figures['replies_per_second']} replies a second, {figures['p50_ms']} ms each (p50)")


def _show(figures: Mapping[str, Any], as_json: bool, within: str = "") -> None:
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        words = f"{within}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            _show(value, as_json, f"{words}: ")
        else:
            click.echo(f"{words:<36} {value}")
