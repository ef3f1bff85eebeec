"""Read replies from the command line: one and explain it, or a file of them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from followup.domain.errors import ConfigurationError, InvalidInput
from followup.domain.triage import Assessment, ReplyContext, load_reader
from followup.domain.triage.jsonl import read_row, write_row


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", "file", metavar="FILE", help="Read one JSON object a line from FILE; - is standard input.")
@click.option("--last-message", metavar="STEP", help="The message it answers: a step's name, or nurse.")
@click.option("--hours", type=float, help="Hours since the procedure.")
@click.option("--body-site", metavar="SITE", help="Where the procedure was done.")
@click.option("--channel", type=click.Choice(["sms", "email", "phone", "checkin"]), default="sms", show_default=True)
@click.option("--lang", metavar="CODE", help="The patient's language.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def triage(
    text: str | None,
    file: str | None,
    last_message: str | None,
    hours: float | None,
    body_site: str | None,
    channel: str,
    lang: str | None,
    as_json: bool,
) -> None:
    """Read TEXT as a reply and explain the result."""
    if (text is None) == (file is None):
        raise click.UsageError("Give either a text in quotes or --jsonl FILE.")
    if file is not None:
        _read_file(file)
        return
    assert text is not None
    context = ReplyContext(
        text=text,
        body_site=body_site,
        hours_since_procedure=hours,
        last_message=last_message,
        channel=channel,
        lang=lang,
    )
    assessment = load_reader().assess(context)
    if as_json:
        click.echo(json.dumps(write_row({"text": text}, assessment), ensure_ascii=False))
    else:
        _explain(assessment)


def _read_file(file: str) -> None:
    """Every line that can be read is answered; those that cannot are named at the end, and the exit code is 1."""
    reader = load_reader()
    problems: list[str] = []
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("is not a JSON object")
            context = read_row(row)
        except InvalidInput as error:
            problems.append(f"line {number}: {error.message}")
            continue
        except ValueError as error:
            problems.append(f"line {number}: {error}; give one JSON object a line")
            continue
        click.echo(json.dumps(write_row(row, reader.assess(context)), ensure_ascii=False))
    if problems:
        raise ConfigurationError(
            "; ".join(problems[:20]) + (f"; and {len(problems) - 20} more" if problems[20:] else "")
        )


def _lines(file: str) -> Iterator[str]:
    try:
        if file == "-":
            yield from sys.stdin
        else:
            with Path(file).open(encoding="utf-8-sig") as lines:
                yield from lines
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error


def _explain(assessment: Assessment) -> None:
    stop = " — and texts must stop" if assessment.opt_out else ""
    click.echo(f"{assessment.acuity.value}{stop}")
    for reason in assessment.reasons:
        click.echo(f"  because {reason}")
    for item in assessment.evidence:
        click.echo(f"  {item.rule}: {item.text!r} (characters {item.start} to {item.end})")
    if not assessment.understood:
        click.echo("  not everything in it was understood, so a person reads it")
    click.echo(f"  language {assessment.language}, reader {assessment.version}")
