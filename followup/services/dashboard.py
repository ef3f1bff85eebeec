"""The dashboard: how a clinic did over a stretch of days, for one look by whoever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from followup.domain import dashboard as rule
from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.domain.hours import local_day, wall
from followup.domain.working_week import working_week
from followup.services.asked_days import asked_days
from followup.services.context import Services
from followup.store import audit, clinics
from followup.store import dashboard_counts as counts
from followup.store.dashboard_counts import Asked, Flags
from followup.store.database import Tx


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """Figures from the day `first` to the day `last` on the clinic's calendar; empty filters mean everything."""

    first: date
    last: date
    office: str
    protocol: str
    offices: Sequence[str]
    protocols: Sequence[str]
    figures: "Figures"
    now: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is shown of one stretch."""

    cases: int
    replies: int
    timings: Sequence[rule.Timing]
    targets: Sequence[rule.Target]
    reaches: Sequence[rule.Reach]
    refusals: Sequence[tuple[str, str, int]]
    not_sent: Sequence[tuple[str, str, int]]
    flags: Sequence[Flags]
    hours: Sequence[rule.HourOfDay]
    paging: Sequence[rule.Paging]
    raised: int
    lowered: int

    @property
    def silent(self) -> int:
        """Questions that went out and have no answer, over all steps and channels."""
        return sum(reach.silent for reach in self.reaches)

    @property
    def asked(self) -> int:
        """Questions that went out."""
        return sum(reach.asked for reach in self.reaches)


def dashboard_page(
    services: Services,
    clinic_id: UUID,
    actor: Actor,
    *,
    first: str = "",
    last: str = "",
    office: str = "",
    protocol: str = "",
    action: str = "view",
) -> DashboardPage:
    """The dashboard, by default of the last 30 days; asking is audited.

    Raises InvalidInput for days that are none and for an office or a protocol that the clinic does not have.
    """
    now = services.now()
    with services.db.write() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        if clinic is None:
            raise NotFound
        begin, end = asked_days(first, last, local_day(now, clinic.zone))
        offices, protocols = counts.choices(tx, clinic_id)
        faults = [
            Fault(name, f"{value!r} is none of this clinic's; choose one from the list")
            for name, value, known in (("office", office, offices), ("protocol", protocol, protocols))
            if value and value not in known
        ]
        if faults:
            raise InvalidInput(faults)
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action=action, object_kind="dashboard", object_id=None
        )
    with services.db.read() as tx:
        figures = figures_in(tx, clinic_id, begin, end, now, office, protocol)
    return DashboardPage(begin, end, office, protocol, offices, protocols, figures, now)


def figures_in(
    tx: Tx, clinic_id: UUID, first: date, last: date, now: datetime, office: str = "", protocol: str = ""
) -> Figures:
    """The figures of the clinic's days from `first` to `last`, as they stand at the instant `now`."""
    clinic = clinics.by_id(tx, clinic_id)
    if clinic is None:
        raise NotFound
    week = working_week(clinic.zone, clinic.settings)
    since, before = wall(first, time(0), clinic.zone), wall(last + timedelta(days=1), time(0), clinic.zone)
    asked = Asked(clinic_id, since, before, office, protocol)
    cases = counts.case_times(tx, asked)
    received = counts.received(tx, asked)
    moved = [(Acuity(read), Acuity(stands)) for read, stands in counts.corrections(tx, asked) if read]
    return Figures(
        cases=len(cases),
        replies=len(received),
        timings=rule.timings(cases, week),
        targets=rule.targets(cases, week, now),
        reaches=rule.reaches(counts.fates(tx, asked, now)),
        refusals=counts.refusals(tx, asked),
        not_sent=counts.not_sent(tx, asked, now),
        flags=counts.flags(tx, asked),
        hours=rule.by_hour(received, week, since, min(before, now)),
        paging=rule.paging(counts.pages(tx, asked)),
        raised=sum(stands.rank > read.rank for read, stands in moved),
        lowered=sum(stands.rank < read.rank for read, stands in moved),
    )
