"""The dashboard's tables as one CSV file that a spreadsheet may open."""

import csv
import io
from datetime import timedelta

from followup.domain.dashboard import Spread
from followup.domain.table import report_cell
from followup.services.dashboard import DashboardPage


def dashboard_csv(page: DashboardPage) -> str:
    """Every table with its days and filters on each line; durations are in minutes."""
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\r\n")
    about = (page.first, page.last, page.office or "all", page.protocol or "all")

    def table(name: str, columns: str, rows: list[tuple[object, ...]]) -> None:
        sheet.writerow(["first day", "last day", "office", "protocol", "table", *columns.split(", ")])
        for row in rows:
            sheet.writerow([report_cell("" if cell is None else str(cell)) for cell in (*about, name, *row)])
        sheet.writerow([])

    figures = page.figures
    table(
        "times in minutes",
        "acuity, until, cases, not yet, median, p90, worst, working median, working p90, working worst",
        [
            (line.acuity, line.passage, line.true.count, line.waiting, *_minutes(line.true), *_minutes(line.working))
            for line in figures.timings
        ],
    )
    table(
        "contact in time",
        "acuity, in time, late, still open",
        [(line.acuity, line.in_time, line.late, line.open) for line in figures.targets],
    )
    table(
        "messages",
        "step, channel, due, sent, delivered, not delivered, not sent, asked, answered, silent",
        [
            (line.step, line.channel, line.due, line.sent, line.delivered, line.not_delivered, line.skipped,
             line.asked, line.answered, line.silent)
            for line in figures.reaches
        ],
    )  # fmt: skip
    table("not delivered", "channel, reason, messages", [tuple(row) for row in figures.refusals])
    table("not sent", "channel, reason, messages", [tuple(row) for row in figures.not_sent])
    table(
        "flags",
        "protocol of the procedure, body site, procedures, emergency, urgent, routine",
        [
            (line.protocol, line.site, line.procedures, line.emergency, line.urgent, line.routine)
            for line in figures.flags
        ],
    )
    table(
        "pages to staff",
        "channel, pages, not delivered, answered, median minutes, p90, worst",
        [
            (line.channel, line.pages, line.not_delivered, line.answers.count, *_minutes(line.answers))
            for line in figures.paging
        ],
    )
    table("corrections", "raised, lowered", [(figures.raised, figures.lowered)])
    table(
        "hours",
        "hour, replies, share of days staffed",
        [(line.hour, line.replies, f"{line.staffed:.2f}") for line in figures.hours],
    )
    return written.getvalue()


def _minutes(found: Spread) -> tuple[str, ...]:
    return tuple(_of(value) for value in (found.median, found.p90, found.worst))


def _of(value: timedelta | None) -> str:
    return "" if value is None else f"{value.total_seconds() / 60:.1f}"
