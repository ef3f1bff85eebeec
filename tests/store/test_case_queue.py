"""The database sorts cases as the rule of the order says."""

import random
from datetime import timedelta
from uuid import uuid4

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.domain.queue_order import NOT_UNDERSTOOD, Band, band, key
from followup.services.context import Services
from followup.services.queue_view import standing
from followup.store import case_queue
from followup.store.case_queue import Tab
from followup.store.models import Case, Clinic, Staff
from tests.services.cases.making import make_clinic, make_staff


def fill(services: Services, clinic: Clinic, owners: list[Staff], count: int = 400) -> None:
    """Cases of every kind around now, in no order; the same ones every time."""
    dice = random.Random(7)
    now = services.now()

    def near() -> timedelta:
        return timedelta(minutes=dice.randint(-90, 90), seconds=dice.randint(0, 59))

    with services.db.write() as tx:
        for _ in range(count):
            owner = dice.choice([None, None, *owners])
            status = dice.choice([CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED, CaseStatus.RESOLVED])
            taken = status is CaseStatus.ACKNOWLEDGED
            since = now - abs(near())
            tx.add(
                Case(
                    clinic_id=clinic.id,
                    subject_key=str(uuid4()),
                    kind=dice.choice(list(CaseKind)),
                    status=status,
                    acuity=dice.choice([Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE]),
                    opened_at=since,
                    waiting_since=None if status is CaseStatus.RESOLVED else dice.choice([since, since, None]),
                    respond_by=now + near(),
                    owner_id=owner.id if owner else None,
                    acknowledged_at=now - timedelta(minutes=dice.randint(0, 20)) if taken else None,
                    resolved_at=now + near() if status is CaseStatus.RESOLVED else None,
                    risk=dice.choice([0, 10, 40]),
                    unseen=dice.random() < 0.5,
                    beware=[NOT_UNDERSTOOD] if dice.random() < 0.2 else ["photo"],
                    updated_at=now,
                )
            )


def test_the_database_sorts_and_bands_as_the_rule_says(services: Services) -> None:
    clinic = make_clinic(services)
    fill(services, clinic, [make_staff(services, clinic), make_staff(services, clinic, "Ben Okafor")])
    now = services.now()
    with services.db.read() as tx:
        found = case_queue.page(tx, clinic.id, tab=Tab.OPEN, now=now, me=None, day_began=now, limit=1000)
    assert {band(standing(case), now) for case in found} == set(Band)
    by_rule = sorted(found, key=lambda case: (*key(standing(case), now), case.id.hex))
    assert [case.id for case in found] == [case.id for case in by_rule]


def test_no_tab_of_open_cases_hides_an_emergency(services: Services) -> None:
    clinic = make_clinic(services)
    me = make_staff(services, clinic)
    fill(services, clinic, [me, make_staff(services, clinic, "Ben Okafor")])
    now = services.now()
    with services.db.read() as tx:
        emergencies = {case.id for case in case_queue.emergencies(tx, clinic.id, now, limit=1000)}
        assert len(emergencies) > 20
        for tab in (Tab.TODO, Tab.MINE, Tab.OPEN):
            shown = case_queue.page(tx, clinic.id, tab=tab, now=now, me=me.id, day_began=now, limit=1000)
            assert emergencies <= {case.id for case in shown}


def test_the_counts_say_what_the_tabs_hold(services: Services) -> None:
    clinic = make_clinic(services)
    me = make_staff(services, clinic)
    fill(services, clinic, [me])
    now = services.now()
    with services.db.read() as tx:
        counts = case_queue.counts(tx, clinic.id, now=now, me=me.id, day_began=now)
        tabs = {
            tab: case_queue.page(tx, clinic.id, tab=tab, now=now, me=me.id, day_began=now, limit=1000) for tab in Tab
        }
    assert counts.open == len(tabs[Tab.OPEN])
    assert counts.mine == sum(case.owner_id == me.id for case in tabs[Tab.MINE])
    assert counts.resolved == len(tabs[Tab.RESOLVED])
    to_do = [
        case
        for case in tabs[Tab.OPEN]
        if not standing(case).owned
        or band(standing(case), now) in (Band.OVERDUE, Band.EMERGENCY_UNOWNED)
        or (case.owner_id == me.id and case.unseen and case.waiting_since)
    ]
    assert counts.todo == len(to_do)
    assert counts.ringing == sum(band(standing(case), now) is Band.EMERGENCY_UNOWNED for case in tabs[Tab.OPEN])


def test_the_first_free_case_is_the_top_row_that_waits_and_nobody_has(services: Services) -> None:
    clinic = make_clinic(services)
    me, other = make_staff(services, clinic), make_staff(services, clinic, "Ben Okafor")
    fill(services, clinic, [me, other])
    now = services.now()
    with services.db.read() as tx:
        rows = case_queue.page(tx, clinic.id, tab=Tab.OPEN, now=now, me=me.id, day_began=now, limit=1000)
        first = next(
            row for row in rows
            if row.status == CaseStatus.OPEN and row.waiting_since and row.owner_id in (None, me.id)
        )  # fmt: skip
        assert case_queue.first_free(tx, clinic.id, now, me.id) == first.id


def test_another_clinics_cases_are_in_no_tab_and_no_count(services: Services) -> None:
    clinic, other = make_clinic(services), make_clinic(services, "riverside")
    fill(services, clinic, [], 30)
    now = services.now()
    with services.db.read() as tx:
        for tab in Tab:
            assert not case_queue.page(tx, other.id, tab=tab, now=now, me=None, day_began=now, limit=10)
        assert case_queue.counts(tx, other.id, now=now, me=None, day_began=now).open == 0
