"""The report on how replies are read: what nurses left as it was, what they changed, and what the sample found."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from followup.domain import triage_report as rule
from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.errors import NotFound
from followup.domain.hours import local_day, wall
from followup.domain.steering import steering
from followup.domain.table import report_cell
from followup.services.asked_days import asked_days
from followup.services.context import Services
from followup.store import audit, clinics, reviews, triage_counts


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The report of the replies that came in from the day `first` to the day `last`, on the clinic's calendar."""

    first: date
    last: date
    percent: float
    outside_reader: bool
    outside_reader_name: str  # empty where the operator has set none up
    report: rule.TriageReport
    now: datetime


def report_page(
    services: Services, clinic_id: UUID, actor: Actor, *, first: str = "", last: str = "", action: str = "view"
) -> ReportPage:
    """The report, by default of the last 30 days; asking is audited. Raises InvalidInput for days that are none."""
    now = services.now()
    with services.db.write() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        if clinic is None:
            raise NotFound
        begin, end = asked_days(first, last, local_day(now, clinic.zone))
        since, before = wall(begin, time(0), clinic.zone), wall(end + timedelta(days=1), time(0), clinic.zone)
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action=action, object_kind="triage_report", object_id=None
        )
        counted = triage_counts.replies_read(tx, clinic_id, since, before)
        standing = triage_counts.replies_corrected(tx, clinic_id, since, before)
        sampled = triage_counts.sample(tx, clinic_id, since, before)
    set_to = steering(clinic.settings)
    return ReportPage(
        first=begin,
        last=end,
        percent=set_to.sample_percent,
        outside_reader=set_to.outside_reader,
        outside_reader_name=services.outside_reader.name if services.outside_reader else "",
        report=rule.triage_report(
            [
                rule.Group(rule.language_of(row.language), Acuity(row.acuity), row.read, row.unqueued, row.seen)
                for row in counted
            ],
            [
                rule.Change(
                    rule.language_of(row.language), Acuity(row.read), Acuity(row.stands),
                    sampled=row.verdict == reviews.CORRECTED,
                )
                for row in standing
            ],
            [
                rule.Sampled(
                    rule.language_of(language), count,
                    looked_at=count if verdict in (reviews.RIGHT, reviews.CORRECTED) else 0,
                    seen_elsewhere=count if verdict == reviews.QUEUED else 0,
                )
                for language, verdict, count in sampled
            ],
        ),
        now=now,
    )  # fmt: skip


def report_csv(page: ReportPage) -> str:
    """The report's tables as one CSV file that a spreadsheet may open."""
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\r\n")

    def row(*cells: object) -> None:
        sheet.writerow([report_cell(str(cell)) for cell in cells])

    row("first day", "last day", "table", "group", "replies", "opened no case", "seen by a nurse", "raised", "lowered",
        "left as read", "agreement", "95 % from", "95 % to")  # fmt: skip
    report = page.report
    for table, lines in (("all", (report.total,)), ("language", report.by_language), ("acuity", report.by_acuity)):
        for line in lines:
            row(page.first, page.last, table, line.name, line.read, line.unqueued, line.seen, line.raised, line.lowered,
                line.agreed.hits, *_share(line.agreed))  # fmt: skip
    row()
    row("first day", "last day", "table", "group", "opened no case", "chosen", "looked at", "seen in a case",
        "waiting", "missed", "missed share", "95 % from", "95 % to", "urgent or higher", "share", "95 % from",
        "95 % to")  # fmt: skip
    for name, sample in (("all", report.sample), *((line.name, line) for line in report.sample_by_language)):
        row(page.first, page.last, "sample", name, sample.unqueued, sample.chosen, sample.looked_at,
            sample.seen_elsewhere, sample.waiting, sample.missed, *_share(sample.misses), sample.missed_grave,
            *_share(sample.grave))  # fmt: skip
    row()
    row("first day", "last day", "table", "read as", "corrected to", "replies")
    for (read, stands), count in sorted(report.moved.items()):
        row(page.first, page.last, "corrections", read, stands, count)
    return written.getvalue()


def _share(share: rule.Share) -> tuple[str, str, str]:
    if share.value is None:
        return "", "", ""
    low, high = share.interval
    return f"{share.value:.4f}", f"{low:.4f}", f"{high:.4f}"
