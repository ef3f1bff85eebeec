"""The daily summary: how yesterday went, by mail to the administrators of each clinic, once a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import structlog

from followup.domain.acuity import Acuity
from followup.domain.daily_summary import day_to_sum_up, wants_summary
from followup.domain.delivery import Channel, Kind
from followup.domain.hours import local_day, wall
from followup.services import outbox
from followup.services.context import Services
from followup.services.dashboard import Figures, figures_in
from followup.store import case_queue, clinics, communications, staff
from followup.store.database import Tx
from followup.store.models import Clinic, Staff

log = structlog.get_logger(__name__)
_USEFUL = timedelta(hours=12)


def send_summaries(services: Services) -> int:
    """Write yesterday's summary for every administrator who has none yet; returns how many. Any number may do so:
    each mail has a key of clinic, day and person."""
    now, written = services.now(), 0
    with services.db.read() as tx:
        due = [(clinic.id, day) for clinic in clinics.all_clinics(tx) if (day := _day(clinic, now)) is not None]
        due = [(clinic_id, day) for clinic_id, day in due if _without(tx, clinic_id, day)]
    for clinic_id, day in due:
        with services.db.write() as tx:
            written += _write_in(tx, services, clinic_id, day, now)
    if written:
        log.info("summaries_written", mails=written)
        services.queue.wake("followup.send_due")
    return written


def _day(clinic: Clinic, now: datetime) -> date | None:
    day = day_to_sum_up(now, clinic.zone) if wants_summary(clinic.settings) else None
    # A clinic that began this morning has no yesterday.
    return day if day is not None and local_day(clinic.created_at, clinic.zone) <= day else None


def _key(clinic_id: UUID, day: date, person: Staff) -> str:
    return f"summary:{clinic_id}:{day.isoformat()}:{person.id}"


def _without(tx: Tx, clinic_id: UUID, day: date) -> list[Staff]:
    """The administrators to whom this day's summary was not written yet."""
    return [
        person
        for person in staff.of_clinic(tx, clinic_id, active_only=True)
        if person.role == "admin" and communications.by_key(tx, clinic_id, _key(clinic_id, day, person)) is None
    ]


def _write_in(tx: Tx, services: Services, clinic_id: UUID, day: date, now: datetime) -> int:
    clinic = clinics.by_id(tx, clinic_id)
    if clinic is None:
        return 0
    language = clinic.language
    words = {**services.texts.clinic_words(clinic, language), **_words(tx, services, clinic, day, now)}
    mail = services.texts.message("daily-summary", language, Channel.EMAIL, words)
    written = 0
    for person in _without(tx, clinic_id, day):
        row = outbox.write_in(
            tx, services, clinic=clinic, kind=Kind.STAFF_NOTICE, channel=Channel.EMAIL, to_address=person.email,
            language=language, body=mail.text, subject=mail.subject, html=mail.html,
            dedupe_key=_key(clinic_id, day, person), staff_id=person.id, expires_at=now + _USEFUL, now=now,
        )  # fmt: skip
        written += row is not None
    return written


def _words(tx: Tx, services: Services, clinic: Clinic, day: date, now: datetime) -> Mapping[str, str]:
    """The figures of the day, and how many cases stand now; never a name."""
    figures = figures_in(tx, clinic.id, day, day, now)
    began = wall(local_day(now, clinic.zone), time(0), clinic.zone)
    standing = case_queue.counts(tx, clinic.id, now=now, me=None, day_began=began)
    return {
        "day": day.isoformat(),
        "replies": str(figures.replies),
        **{level.value: _of(figures, level) for level in (Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE)},
        "open": str(standing.open),
        "todo": str(standing.todo),
        "asked": str(figures.asked),
        "silent": str(figures.silent),
        "not_delivered": str(sum(count for _, _, count in figures.refusals)),
        "pages": str(sum(line.pages for line in figures.paging)),
        "pages_answered": str(sum(line.answers.count for line in figures.paging)),
        "url": f"{services.public_url}/dashboard?first={day}&last={day}",
    }


def _of(figures: Figures, level: Acuity) -> str:
    """Cases of one level with contact in time, as "2 of 3"; "0" where there was none."""
    found: Sequence[tuple[int, int]] = [
        (line.in_time, line.in_time + line.late + line.open) for line in figures.targets if line.acuity is level
    ]
    return f"{found[0][0]} / {found[0][1]}" if found else "0"
