"""Says what is wrong with the service, and how to mend it."""

import json
import sys
from dataclasses import asdict

import click

from followup import bootstrap
from followup.cli.context import json_option, settings
from followup.domain.errors import FollowupError
from followup.services.health import Finding, examine

_NO_BROKER = Finding(
    "broker", False, "there is none", "set FOLLOWUP_BROKER_URL, or start followup serve, which brings its own"
)


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check settings, database, broker, workers, clock, provider credentials and webhooks."""
    findings: list[Finding] = []
    try:
        found = settings()
        services = bootstrap.build_services(found)
        findings.append(Finding("settings", True, "complete"))
    except FollowupError as error:
        findings.append(Finding("settings", False, error.message, "mend this first, then run followup doctor again"))
    else:
        findings += [one if found.broker_url or one.name != "broker" else _NO_BROKER for one in examine(services)]
        services.db.dispose()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            mark = click.style("ok   ", fg="green") if finding.well else click.style("WRONG", fg="red", bold=True)
            click.echo(f"{mark} {finding.name}: {finding.said}")
            if finding.mend:
                click.echo(f"      → {finding.mend}")
    wrong = sum(not finding.well for finding in findings)
    if wrong:
        click.echo(f"followup: {wrong} of {len(findings)} are wrong", err=True)
        sys.exit(1)
