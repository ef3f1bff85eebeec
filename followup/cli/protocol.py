"""Protocols as files: which there are, what is wrong with them, what a patient would get."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from followup import bootstrap
from followup.cli.context import json_option
from followup.domain.errors import ConfigurationError, Fault, InvalidInput
from followup.domain.intake import parse_performed_at
from followup.domain.patient import parse_zone
from followup.domain.schedule import ClinicRules, PlanStatus
from followup.domain.triage import load_reader
from followup.paths import templates_dir
from followup.services.message_check import check_messages
from followup.services.protocol_check import CheckData, check_data, check_protocol_folder, reading_of
from followup.services.protocol_preview import preview


@click.group()
def protocol() -> None:
    """Plans of messages, as folders that a clinic can read."""


@protocol.command("list")
@json_option
def list_protocols(as_json: bool) -> None:
    """List the protocols with their versions."""
    source = bootstrap.protocol_source()
    rows = []
    for slug, files in sorted(source.current().items()):
        read = source.read(files)
        rows.append(
            {
                "slug": slug,
                "name": read.name,
                "version": files.digest[:12],
                "steps": [step.slug for step in read.steps],
                "languages": list(read.languages),
            }
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['slug']}  {row['version']}  {row['name']}: {', '.join(row['steps'])}")


@protocol.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@json_option
def check(path: Path | None, as_json: bool) -> None:
    """Report every fault of every text, of the folder PATH or of all protocols."""
    data: CheckData = check_data(templates_dir(), read=reading_of(load_reader()))
    folders = [path] if path else sorted(_folders())
    found: dict[str, list[Fault]] = {folder.name: check_protocol_folder(folder, data) for folder in folders}
    if path is None:
        found["messages"] = check_messages(data)
    count = sum(len(faults) for faults in found.values())
    if as_json:
        rows = [
            {"protocol": name, "field": fault.field, "message": fault.message}
            for name, faults in found.items()
            for fault in faults
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for name, faults in found.items():
            click.echo(f"{name}: {'no faults' if not faults else f'{len(faults)} faults'}")
            for fault in faults:
                click.echo(f"  {fault}")
    if count:
        raise ConfigurationError(f"{count} faults; nothing is sent from a protocol that has any")


def _folders() -> list[Path]:
    return [folder for folder in (templates_dir() / "protocols").iterdir() if (folder / "protocol.yaml").is_file()]


@dataclass(frozen=True, slots=True)
class _Clinic:
    """A clinic made up for the preview."""

    sender_name: str = "Lakeview Clinic"
    phone: str = "+13125550199"
    zone: str = "America/Chicago"
    settings: dict[str, Any] = field(default_factory=dict)


@protocol.command("preview")
@click.argument("slug")
@click.option("--lang", type=click.Choice(["en", "es"]), default="en", show_default=True)
@click.option("--performed-at", metavar="T", help="When the procedure was done, with an offset (default: now).")
@click.option("--zone", default="America/Chicago", show_default=True, help="The patient's time zone.")
@click.option("--check-in-by-text", is_flag=True, help="As for a clinic that wants the check-in link in texts, too.")
@json_option
def preview_protocol(
    slug: str, lang: str, performed_at: str | None, zone: str, check_in_by_text: bool, as_json: bool
) -> None:
    """Show every message of the protocol SLUG with its date, as a patient would get it."""
    source = bootstrap.protocol_source()
    files = source.current().get(slug)
    if files is None:
        known = ", ".join(sorted(source.current()))
        raise InvalidInput(Fault("SLUG", f"there is no protocol {slug!r}; there are: {known}"))
    now = datetime.now(UTC)
    at = parse_performed_at(performed_at, now, "--performed-at") if performed_at else now
    shown = preview(
        source.read(files),
        files,
        bootstrap.message_texts(),
        _Clinic(zone=zone, settings={"check_in_by_text": check_in_by_text}),
        ClinicRules(),
        performed_at=at,
        zone=parse_zone(zone, "--zone"),
        language=lang,
    )
    if as_json:
        rows = [
            {
                "step": item.row.step,
                "channel": item.row.channel,
                "due_at": item.row.due_at.isoformat(),
                "local_due": item.local_due.isoformat(),
                "status": item.row.status,
                "reason": item.row.reason.words if item.row.reason else None,
                "segments": item.weight.segments if item.weight else None,
                "subject": item.subject,
                "text": item.text,
            }
            for item in shown
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for item in shown:
        when = f"{item.local_due:%a %d %b %Y %H:%M}"
        weight = f", {item.weight.segments} segment(s) {item.weight.alphabet.value}" if item.weight else ""
        reason = f" — {item.row.reason.words}" if item.row.reason else ""
        skipped = "" if item.row.status is PlanStatus.PLANNED else "not sent, "
        click.secho(f"{when}  {item.row.step}  {item.row.channel} ({skipped}{lang}{weight}){reason}", bold=True)
        if item.subject:
            click.echo(f"  Subject: {item.subject}")
        click.echo("".join(f"  {line}\n" for line in item.text.splitlines()))
