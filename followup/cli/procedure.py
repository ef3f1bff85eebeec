"""Intake without a browser: one procedure, a file of them, and taking one back."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from followup.cli.context import clinic_id, clinic_option, json_option, opened, readable
from followup.domain.actor import OPERATOR
from followup.domain.errors import ConfigurationError
from followup.services import imports
from followup.services.procedures import cancel_procedure, record_procedure


@click.group()
def procedure() -> None:
    """Procedures: record, import, cancel."""


@procedure.command()
@click.option("--source", default="operator", show_default=True)
@click.option("--external-id", required=True)
@click.option("--protocol", "slug", required=True)
@click.option("--performed-at", required=True, help="With an offset, such as 2026-03-03T09:30:00-06:00.")
@click.option("--body-site")
@click.option("--mrn", required=True)
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--birth-date", required=True)
@click.option("--phone")
@click.option("--email")
@click.option("--language")
@click.option("--timezone")
@click.option("--consent-sms", is_flag=True, help="The patient agreed to texts.")
@click.option("--consent-email", is_flag=True, help="The patient agreed to emails.")
@clinic_option
@json_option
def record(clinic_slug: str | None, as_json: bool, **given: Any) -> None:
    """Record one procedure; the same source and external id again changes nothing."""
    people = ("mrn", "given_name", "family_name", "birth_date", "phone", "email", "language", "timezone")
    patient: dict[str, Any] = {key: given[key] for key in people if given[key] is not None}
    # What was not asked is not a no: an explicit one from the desk would outweigh a later yes.
    patient["consent"] = {channel: True for channel in ("sms", "email") if given[f"consent_{channel}"]}
    request = {
        "source": given["source"],
        "external_id": given["external_id"],
        "protocol": given["slug"],
        "performed_at": given["performed_at"],
        "patient": patient,
    }
    if given["body_site"]:
        request["body_site"] = given["body_site"]
    with opened() as services:
        done = record_procedure(services, clinic_id(services, clinic_slug), request, OPERATOR, how="desk")
    rows = [
        {
            "id": str(row.id),
            "step": row.step,
            "channel": row.channel,
            "due_at": row.due_at.isoformat(),
            "status": row.status,
            "reason": row.reason,
        }
        for row in done.communications
    ]
    if as_json:
        answer = {"id": str(done.procedure.id), "patient_id": str(done.patient.id), "new": done.new}
        click.echo(json.dumps(answer | {"status": done.procedure.status, "communications": rows}, ensure_ascii=False))
        return
    click.echo(f"{'Recorded' if done.new else 'Was recorded before'}: {done.procedure.id}")
    for row in rows:
        click.echo(
            f"  {row['due_at']}  {row['step']}  {row['channel']}  {row['status']}  {row['reason'] or ''}".rstrip()
        )


@procedure.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Where the report of refused rows goes."
)
@clinic_option
@json_option
def import_file(file: Path, report: Path | None, clinic_slug: str | None, as_json: bool) -> None:
    """Import procedures from a CSV file; good rows go in, and each refused row is reported."""
    content = readable(file)
    target = report or file.with_suffix(".report.csv")
    with opened() as services:
        clinic = clinic_id(services, clinic_slug)
        with click.progressbar(length=1, label="Importing", file=sys.stderr) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = max(total, 1)
                bar.update(done - bar.pos)

            job = imports.import_file(services, clinic, file.name, content, OPERATOR, progress)
        try:
            target.write_text(imports.report(services, clinic, job.id), encoding="utf-8", newline="")
        except OSError as error:
            raise ConfigurationError(f"The rows are in, but {target} cannot be written ({error.strerror})") from error
    counts = {"total": job.total, "recorded": job.recorded, "repeated": job.repeated, "refused": job.refused}
    if as_json:
        click.echo(json.dumps(counts | {"report": str(target)}))
    else:
        click.echo(f"{job.recorded} recorded, {job.repeated} known before, {job.refused} refused; report in {target}")
    if job.refused:
        raise ConfigurationError(f"{job.refused} of {job.total} rows were refused; mend them and import the file again")


@procedure.command()
@click.argument("procedure_id", type=click.UUID)
@click.option("--reason", required=True)
@click.option("--entered-in-error", is_flag=True)
@clinic_option
@json_option
def cancel(procedure_id: UUID, reason: str, entered_in_error: bool, clinic_slug: str | None, as_json: bool) -> None:
    """Cancel a procedure: nothing more of its plan is sent."""
    with opened() as services:
        done = cancel_procedure(
            services,
            clinic_id(services, clinic_slug),
            procedure_id,
            reason,
            OPERATOR,
            entered_in_error=entered_in_error,
        )
    if as_json:
        click.echo(json.dumps({"id": str(done.procedure.id), "status": done.procedure.status}))
        return
    click.echo(f"The procedure is {done.procedure.status.replace('_', ' ')}.")
