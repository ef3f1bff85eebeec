"""The shape in which labelled and read replies travel: one JSON object a line."""

from collections.abc import Mapping
from typing import Any

from followup.domain.errors import Fault, InvalidInput
from followup.domain.triage.assessment import Assessment, ReplyContext


def read_row(row: Mapping[str, Any]) -> ReplyContext:
    """The reply in one object. Only `text` is needed; raises InvalidInput naming every field that is wrong."""
    faults = []
    text = row.get("text")
    if not isinstance(text, str):
        faults.append(Fault("text", f"must be a string, not {type(text).__name__}: give the patient's own words"))
    hours = row.get("hours_since_procedure")
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, int | float)):
        faults.append(Fault("hours_since_procedure", f"must be a number, not {hours!r}: give hours or leave it out"))
    for field in ("protocol", "body_site", "last_message", "channel", "lang"):
        if row.get(field) is not None and not isinstance(row[field], str):
            faults.append(Fault(field, f"must be a string, not {row[field]!r}: correct it or leave it out"))
    attachments = row.get("attachments", 0)
    if not isinstance(attachments, int):
        attachments = len(attachments) if isinstance(attachments, list) else 0
    earlier = row.get("earlier") or ()
    if not isinstance(earlier, list | tuple) or not all(isinstance(one, str) for one in earlier):
        faults.append(Fault("earlier", "must be a list of strings: the replies just before this one, oldest first"))
    if faults:
        raise InvalidInput(faults)
    return ReplyContext(
        text=str(text),
        protocol=row.get("protocol"),
        body_site=row.get("body_site"),
        hours_since_procedure=None if hours is None else float(hours),
        last_message=row.get("last_message"),
        channel=row.get("channel") or "sms",
        lang=row.get("lang"),
        attachments=attachments,
        earlier=tuple(earlier),
    )


def write_row(row: Mapping[str, Any], assessment: Assessment) -> dict[str, Any]:
    """The same object with `acuity`, `opt_out`, `evidence` and `version` set to what the reading says."""
    return {
        **row,
        "acuity": assessment.acuity.value,
        "opt_out": assessment.opt_out,
        "evidence": [
            {"start": one.start, "end": one.end, "text": one.text, "rule": one.rule} for one in assessment.evidence
        ],
        "version": assessment.version,
    }
