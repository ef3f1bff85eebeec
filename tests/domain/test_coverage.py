"""Which hours nobody can be paged in: exact to the instant, also where the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.domain.coverage import Gap, Need, gaps, on_call_until
from followup.domain.ladder import Ladder, PageChannel, Rung, Who
from followup.domain.rota import Rota, RotaRole, Shift

ANA, BEN, EVA = (UUID(int=number) for number in (1, 2, 3))
ZONE = "America/Chicago"
EVERYTHING = {person: set(PageChannel) for person in (ANA, BEN, EVA)}
TWO = Ladder(
    (
        Rung(timedelta(0), Who.ROLE, (PageChannel.SMS,), RotaRole.ON_CALL),
        Rung(timedelta(minutes=5), Who.ROLE, (PageChannel.CALL,), RotaRole.BACKUP),
    )
)
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)  # midnight in Chicago


def week(role: RotaRole, person: UUID, begins: time = time(0), ends: time = time(0)) -> list[Shift]:
    """The same hours on every day of the week."""
    return [Shift(role, person, begins, ends, weekday=day) for day in range(7)]


FULL = (*week(RotaRole.ON_CALL, ANA), *week(RotaRole.BACKUP, BEN))


def test_a_rota_without_a_hole_has_no_gap_in_a_year_of_changing_clocks() -> None:
    assert gaps(Rota(ZONE, FULL), TWO, EVERYTHING, MONDAY, MONDAY + timedelta(days=400)) == ()


def test_without_rungs_or_shifts_the_whole_time_is_a_gap() -> None:
    end = MONDAY + timedelta(days=3)
    for rota, ladder in ((Rota(ZONE, FULL), Ladder()), (Rota(ZONE), TWO)):
        assert gaps(rota, ladder, EVERYTHING, MONDAY, end) == (Gap(Need.FIRST, MONDAY, end),)


def test_a_gap_that_lasts_over_many_turns_of_the_rota_is_one_until_who_is_missed_changes() -> None:
    end = MONDAY + timedelta(days=3)
    rota = Rota(ZONE, FULL)
    assert gaps(rota, TWO, {}, MONDAY, end) == (Gap(Need.FIRST, MONDAY, end, (ANA,)),)
    swapped = Shift(RotaRole.ON_CALL, EVA, time(0), time(0), day=date(2026, 3, 3))
    found = gaps(Rota(ZONE, (*FULL, swapped)), TWO, {}, MONDAY, end)
    assert [one.unreachable for one in found] == [(ANA,), (EVA,), (ANA,)]
    assert found[0].ends == found[1].begins


def test_a_missing_evening_is_named_to_the_minute() -> None:
    shifts = [one for one in FULL if not (one.role is RotaRole.ON_CALL and one.weekday == 2)]
    shifts.append(Shift(RotaRole.ON_CALL, ANA, time(0), time(17, 30), weekday=2))
    assert gaps(Rota(ZONE, tuple(shifts)), TWO, EVERYTHING, MONDAY, MONDAY + timedelta(days=7)) == (
        Gap(Need.FIRST, datetime(2026, 3, 4, 23, 30, tzinfo=UTC), datetime(2026, 3, 5, 6, tzinfo=UTC)),
    )


def test_the_night_on_which_the_clock_springs_has_one_hour_less_to_cover() -> None:
    day = Shift(RotaRole.ON_CALL, None, time(1), time(4), day=date(2026, 3, 8))
    found = gaps(Rota(ZONE, (*FULL, day)), TWO, EVERYTHING, MONDAY, MONDAY + timedelta(days=14))
    assert found == (Gap(Need.FIRST, datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC)),)
    autumn = Shift(RotaRole.ON_CALL, None, time(0), time(4), day=date(2026, 11, 1))
    found = gaps(
        Rota(ZONE, (*FULL, autumn)),
        TWO,
        EVERYTHING,
        datetime(2026, 10, 30, tzinfo=UTC),
        datetime(2026, 11, 5, tzinfo=UTC),
    )
    assert [gap.ends - gap.begins for gap in found] == [timedelta(hours=5)]


def test_a_dated_shift_of_nobody_is_a_gap_and_of_somebody_closes_one() -> None:
    holiday = date(2026, 3, 5)
    nobody = Shift(RotaRole.ON_CALL, None, time(0), time(0), day=holiday)
    span = (MONDAY + timedelta(days=3), MONDAY + timedelta(days=4))
    end = MONDAY + timedelta(days=7)
    assert gaps(Rota(ZONE, (*FULL, nobody)), TWO, EVERYTHING, MONDAY, end) == (Gap(Need.FIRST, *span),)
    eva = Shift(RotaRole.ON_CALL, EVA, time(0), time(0), day=holiday)
    assert gaps(Rota(ZONE, (*FULL, eva)), TWO, EVERYTHING, MONDAY, end) == ()


def test_somebody_on_duty_without_a_number_is_a_gap_that_names_them() -> None:
    end = MONDAY + timedelta(days=1)
    mail_only = {**EVERYTHING, ANA: {PageChannel.EMAIL}}
    assert gaps(Rota(ZONE, FULL), TWO, mail_only, MONDAY, end) == (Gap(Need.FIRST, MONDAY, end, (ANA,)),)
    assert gaps(Rota(ZONE, FULL), TWO, {ANA: {PageChannel.SMS}}, MONDAY, end) == (
        Gap(Need.BACKUP, MONDAY, end, (BEN,)),
    )


def test_the_same_person_twice_is_no_backup() -> None:
    shifts = (*week(RotaRole.ON_CALL, ANA), *week(RotaRole.BACKUP, ANA))
    end = MONDAY + timedelta(days=1)
    assert gaps(Rota(ZONE, shifts), TWO, EVERYTHING, MONDAY, end) == (Gap(Need.BACKUP, MONDAY, end),)


def test_whoever_has_the_case_covers_nothing_and_a_webhook_stands_for_itself() -> None:
    end = MONDAY + timedelta(days=1)
    owner = Rung(timedelta(0), Who.OWNER, (PageChannel.SMS,))
    hook = Rung(timedelta(minutes=1), Who.WEBHOOK, (PageChannel.WEBHOOK,), webhook_id=UUID(int=9))
    ana = Rung(timedelta(minutes=2), Who.STAFF, (PageChannel.CALL,), staff_id=ANA)
    assert gaps(Rota(ZONE), Ladder((owner,)), EVERYTHING, MONDAY, end) == (Gap(Need.FIRST, MONDAY, end),)
    assert gaps(Rota(ZONE), Ladder((owner, hook)), EVERYTHING, MONDAY, end) == (Gap(Need.BACKUP, MONDAY, end),)
    assert gaps(Rota(ZONE), Ladder((owner, hook, ana)), EVERYTHING, MONDAY, end) == ()


def test_who_is_on_call_now_and_until_when() -> None:
    shifts = (*week(RotaRole.ON_CALL, ANA, time(7), time(19)), *week(RotaRole.ON_CALL, BEN, time(19), time(7)))
    rota, noon = Rota(ZONE, shifts), MONDAY + timedelta(hours=12)
    assert on_call_until(rota, TWO, noon, noon + timedelta(days=9)) == ((ANA,), MONDAY + timedelta(hours=19))
    always = Rota(ZONE, FULL)
    assert on_call_until(always, TWO, noon, noon + timedelta(days=9)) == ((ANA,), noon + timedelta(days=9))
    assert on_call_until(Rota(ZONE), Ladder(), noon, noon + timedelta(days=9)) == ((), noon + timedelta(days=9))


_clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
_who = st.sampled_from([ANA, BEN, EVA])
_role = st.sampled_from(list(RotaRole))
_weekly = st.builds(Shift, _role, _who, _clock, _clock, weekday=st.integers(0, 6))
_days = st.dates(date(2026, 3, 5), date(2026, 3, 12)) | st.dates(date(2026, 10, 29), date(2026, 11, 4))
_dated = st.builds(Shift, _role, st.none() | _who, _clock, _clock, day=_days)
_channels = st.lists(st.sampled_from([PageChannel.SMS, PageChannel.CALL]), min_size=1, max_size=2, unique=True)
_rung = st.builds(Rung, st.just(timedelta(0)), st.just(Who.ROLE), _channels.map(tuple), _role) | st.builds(
    Rung, st.just(timedelta(0)), st.just(Who.STAFF), _channels.map(tuple), staff_id=_who
)
_ladders = st.lists(_rung, max_size=3).map(lambda rungs: Ladder(tuple(rungs)))
_reach = st.dictionaries(_who, st.sets(st.sampled_from([PageChannel.SMS, PageChannel.CALL])))
_zones = st.sampled_from(["America/Chicago", "UTC", "Australia/Lord_Howe", "America/St_Johns"])
_begins = st.sampled_from([datetime(2026, 3, 6, 5, tzinfo=UTC), datetime(2026, 10, 30, 5, tzinfo=UTC)])


def _lacking_at(rota: Rota, ladder: Ladder, reach: dict[UUID, set[PageChannel]], at: datetime) -> Need | None:
    """The naive way: look at each rung at this very instant."""
    paged = [
        {
            person
            for person in (rota.on_duty(rung.role, at) if rung.role else (rung.staff_id,))
            if person and reach.get(person, set()) & set(rung.channels)
        }
        for rung in ladder.rungs
    ]
    if not paged or not paged[0]:
        return Need.FIRST
    return None if set().union(*paged[1:]) - paged[0] else Need.BACKUP


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_weekly, max_size=12), st.lists(_dated, max_size=5), _ladders, _reach, _zones, _begins)
def test_gaps_are_what_asking_at_every_quarter_hour_finds_and_no_more(
    weekly: list[Shift],
    dated: list[Shift],
    ladder: Ladder,
    reach: dict[UUID, set[PageChannel]],
    zone: str,
    begins: datetime,
) -> None:
    rota, ends = Rota(zone, (*weekly, *dated)), begins + timedelta(days=4)
    found = gaps(rota, ladder, reach, begins, ends)
    assert all(one.ends <= other.begins for one, other in pairwise(found))
    assert all(begins <= gap.begins < gap.ends <= ends for gap in found)
    at = begins
    while at < ends:
        inside = [gap.need for gap in found if gap.begins <= at < gap.ends]
        expected = _lacking_at(rota, ladder, reach, at)
        assert inside == ([expected] if expected else []), at
        at += timedelta(minutes=15)
