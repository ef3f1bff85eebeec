"""The order in which cases are taken, and that the database sorts by it too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.escalation import CLAIM_BUYS
from followup.domain.queue_order import Band, Standing, band, due_by, key

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
BEFORE = NOW - timedelta(minutes=30)


def standing(
    acuity: Acuity = Acuity.ROUTINE,
    kind: CaseKind = CaseKind.REPLY,
    *,
    owned: bool = False,
    acknowledged_at: datetime | None = None,
    waiting_since: datetime | None = BEFORE,
    respond_by: datetime = LATER,
    unclear: bool = False,
) -> Standing:
    """A case that waits and still has time, unless told otherwise."""
    return Standing(acuity, kind, owned, acknowledged_at, waiting_since, respond_by, unclear)


def test_the_bands_stand_in_the_order_that_costs_the_fewest_lives() -> None:
    in_order = [
        standing(Acuity.EMERGENCY, respond_by=BEFORE),
        standing(Acuity.ROUTINE, respond_by=BEFORE),
        standing(Acuity.EMERGENCY, owned=True, acknowledged_at=NOW - timedelta(minutes=2), respond_by=BEFORE),
        standing(Acuity.URGENT),
        standing(kind=CaseKind.UNKNOWN_SENDER),
        standing(kind=CaseKind.SILENT),
        standing(),
        standing(Acuity.EMERGENCY, owned=True, waiting_since=None),
    ]
    assert [band(case, NOW) for case in in_order] == list(Band)
    assert sorted(in_order, key=lambda case: key(case, NOW)) == in_order


def test_words_that_were_not_understood_stand_with_the_unmatched() -> None:
    assert band(standing(unclear=True), NOW) is Band.UNCLEAR


def test_an_owner_of_an_emergency_buys_ten_minutes_and_no_more() -> None:
    taken = standing(Acuity.EMERGENCY, owned=True, acknowledged_at=NOW - timedelta(minutes=10), respond_by=BEFORE)
    assert band(taken, NOW - timedelta(seconds=1)) is Band.EMERGENCY_OWNED
    assert band(taken, NOW) is Band.OVERDUE
    assert due_by(taken) == NOW


def test_emergencies_without_an_owner_go_by_age() -> None:
    old = standing(Acuity.EMERGENCY, waiting_since=NOW - timedelta(hours=2), respond_by=NOW - timedelta(hours=1))
    new = standing(Acuity.EMERGENCY, waiting_since=NOW - timedelta(hours=1), respond_by=NOW - timedelta(hours=2))
    assert key(old, NOW) < key(new, NOW)


def test_among_late_cases_the_higher_acuity_goes_first() -> None:
    urgent = standing(Acuity.URGENT, respond_by=NOW - timedelta(minutes=1))
    routine = standing(Acuity.ROUTINE, respond_by=NOW - timedelta(days=2))
    assert key(urgent, NOW) < key(routine, NOW)


def test_urgent_cases_go_by_the_time_that_is_left() -> None:
    assert key(standing(Acuity.URGENT, respond_by=LATER), NOW) < key(
        standing(Acuity.URGENT, respond_by=LATER + timedelta(minutes=1)), NOW
    )


@given(
    st.builds(
        Standing,
        acuity=st.sampled_from([Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE]),
        kind=st.sampled_from(CaseKind),
        owned=st.booleans(),
        acknowledged_at=st.just(BEFORE),
        waiting_since=st.just(BEFORE),
        respond_by=st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 9), timezones=st.just(UTC)),  # noqa: DTZ001
        unclear=st.booleans(),
    )
)
def test_nothing_that_waits_stands_above_an_emergency_that_nobody_has(case: Standing) -> None:
    emergency = standing(Acuity.EMERGENCY, respond_by=BEFORE)
    assert key(emergency, NOW)[0] <= key(case, NOW)[0]


def test_an_owner_buys_time_for_an_emergency_alone() -> None:
    taken = NOW - timedelta(minutes=2)
    emergency = standing(Acuity.EMERGENCY, owned=True, acknowledged_at=taken, respond_by=BEFORE)
    assert due_by(emergency) == taken + CLAIM_BUYS
    for other in (
        standing(Acuity.URGENT, owned=True, acknowledged_at=taken, respond_by=BEFORE),
        standing(Acuity.EMERGENCY, owned=False, acknowledged_at=taken, respond_by=BEFORE),
        standing(Acuity.EMERGENCY, owned=True, acknowledged_at=None, respond_by=BEFORE),
    ):
        assert due_by(other) == BEFORE


def test_risk_orders_those_who_stay_silent_and_nobody_else() -> None:
    def place(kind: CaseKind, risk: int) -> tuple[object, ...]:
        return key(replace(standing(kind=kind), risk=risk), NOW)

    assert place(CaseKind.SILENT, 40) < place(CaseKind.SILENT, 10)
    assert place(CaseKind.REPLY, 40) == place(CaseKind.REPLY, 10)


def test_the_claim_that_runs_out_first_stands_first() -> None:
    def taken(minutes: int) -> Standing:
        return standing(
            Acuity.EMERGENCY, owned=True, acknowledged_at=NOW - timedelta(minutes=minutes), respond_by=BEFORE
        )

    assert key(taken(3), NOW) < key(taken(2), NOW)
