"""What holds of every plan, whatever the protocol, the zone, the hour, the patient and the other plans."""

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.domain.caps import WEEK, Caps
from followup.domain.delivery import Channel
from followup.domain.hours import SendingHours, is_open, local, local_day
from followup.domain.patient import PatientFacts
from followup.domain.protocol import After, Delivery, Moment, OnDay, Protocol, Step
from followup.domain.schedule import ClinicRules, PlanReason, PlanStatus, Settled, plan
from followup.domain.schedule_changes import Stored, replan
from followup.domain.schedule_recheck import Action, recheck
from tests.domain.plans import RULES, consent, patient, protocol

ZONES = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
WAITS = {PlanReason.LATE_ENTRY, PlanReason.QUIET_HOURS, PlanReason.TEXT_CAP, PlanReason.EMAIL_INSTEAD}
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
moments: st.SearchStrategy[Moment] = st.one_of(
    st.integers(0, 20 * 24 * 60).map(lambda minutes: After(timedelta(minutes=minutes))),
    st.builds(OnDay, st.integers(0, 20), clocks),
)


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    steps = [
        Step(
            f"step-{number}",
            draw(moments),
            draw(moments),
            tuple(draw(st.permutations([Channel.SMS, Channel.EMAIL])))[: draw(st.integers(1, 2))],
            draw(st.sampled_from(Delivery)),
            priority=draw(st.integers(-1, 1)),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    anchor = datetime(2026, 6, 1, 12, tzinfo=UTC)
    return protocol(*sorted(steps, key=lambda step: step.due.instant(anchor, "UTC")))


@st.composite
def patients(draw: st.DrawFn) -> PatientFacts:
    agreed = draw(st.dictionaries(st.sampled_from([Channel.SMS, Channel.EMAIL]), st.booleans()))
    return patient(
        draw(st.sampled_from(ZONES)),
        phone=draw(st.sampled_from(["+13125550100", None])),
        consents={channel: consent(channel, yes) for channel, yes in agreed.items()},
        opted_out=frozenset(draw(st.sets(st.sampled_from([Channel.SMS, Channel.EMAIL]), max_size=1))),
        deceased=draw(st.integers(0, 20)) == 0,
    )


@st.composite
def rules(draw: st.DrawFn) -> ClinicRules:
    opens, closes = sorted(draw(st.lists(st.integers(0, 23 * 60 + 59), min_size=2, max_size=2, unique=True)))
    hours = SendingHours(time(*divmod(opens, 60)), time(*divmod(closes, 60)))
    return ClinicRules(hours, Caps(per_week=draw(st.integers(1, 3))))


instants = st.integers(820_000_000, 2_110_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
days = st.integers(-10 * 24 * 60, 25 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@SLOW
@given(
    protocols(),
    instants,
    patients(),
    rules(),
    st.integers(-15, 20 * 24 * 60),
    st.lists(days, max_size=6),
    st.booleans(),
)
def test_every_plan_keeps_every_rule(
    care: Protocol,
    performed_at: datetime,
    who: PatientFacts,
    clinic: ClinicRules,
    entered_after: int,
    others: list[timedelta],
    one_sent: bool,
) -> None:
    now = performed_at + timedelta(minutes=entered_after)
    already = [performed_at + other for other in others]
    settled: Mapping[tuple[str, Channel], Settled] = (
        {(care.steps[0].slug, care.steps[0].channels[0]): Settled.SENT} if one_sent else {}
    )
    rows = plan(care, performed_at, who, clinic, now=now, already=already, settled=settled)

    # The same question has the same answer, in whatever order the other texts are named.
    assert rows == plan(care, performed_at, who, clinic, now=now, already=already[::-1], settled=dict(settled))

    # Every step ends in exactly one outcome for each message it is, and a skipped one has a reason.
    for step in care.steps:
        mine = [row for row in rows if row.step == step.slug]
        sent = [channel for (slug, channel) in settled if slug == step.slug]
        if step.deliver is Delivery.ALL:
            assert sorted([*(row.channel for row in mine), *sent]) == sorted(step.channels)
        else:
            assert len(mine) + len(sent) == 1
    assert all(row.reason in {None, *WAITS} for row in rows if row.status is PlanStatus.PLANNED)
    assert all(row.reason not in {None, *WAITS} for row in rows if row.status is PlanStatus.SKIPPED)

    going = [row for row in rows if row.status is PlanStatus.PLANNED]
    for row in going:
        assert who.unreachable(row.channel) is None
        assert is_open(row.due_at, who.zone, clinic.hours), "in quiet hours"
        assert now <= row.due_at < row.expires_at, "before its entry or after its usefulness"
        assert row.due_at >= care.step(row.step).due.instant(performed_at, who.zone)  # type: ignore[union-attr]

    texts = [row.due_at for row in going if row.channel is Channel.SMS]
    assert texts == sorted(texts), "out of order"
    every = sorted([*texts, *already])
    for text in texts:
        assert sum(local_day(other, who.zone) == local_day(text, who.zone) for other in every) <= clinic.caps.per_day
        for start in every:
            if start <= text < start + WEEK:
                assert sum(start <= other < start + WEEK for other in every) <= clinic.caps.per_week

    # At its time, with nothing changed, each one leaves.
    for row in going:
        gone = [text for text in every if text < row.due_at]
        look = recheck(row.channel, row.expires_at, who, clinic, now=row.due_at, texted=gone)
        assert look.action is Action.SEND

    # A plan made anew from the same facts changes nothing.
    stored = [
        Stored(str(number), row.step, row.channel, row.due_at, row.expires_at, row.status, row.reason)
        for number, row in enumerate(rows)
    ]
    assert not replan(stored, rows)


@SLOW
@given(
    instants, patients(), rules(), instants, st.lists(days, max_size=6), st.sampled_from([Channel.SMS, Channel.EMAIL])
)
def test_the_last_look_never_sends_against_a_rule(
    now: datetime,
    who: PatientFacts,
    clinic: ClinicRules,
    expires_at: datetime,
    others: list[timedelta],
    channel: Channel,
) -> None:
    texted = [now + min(other, -other) for other in others]
    look = recheck(channel, expires_at, who, clinic, now=now, texted=texted)
    if look.action is Action.SEND:
        assert who.unreachable(channel) is None
        assert now < expires_at
        assert is_open(now, who.zone, clinic.hours)
        if channel is Channel.SMS:
            assert all(local_day(text, who.zone) != local_day(now, who.zone) for text in texted)
            assert sum(text > now - WEEK for text in texted) < clinic.caps.per_week
    elif look.action is Action.HOLD:
        assert look.until is not None
        assert now < look.until < expires_at
        assert is_open(look.until, who.zone, clinic.hours)
        assert look.reason is not None
    else:
        assert look.reason is not None


def test_every_zone_keeps_wall_time_through_every_change_of_its_clock_in_a_year() -> None:
    ten = protocol(Step("ten", OnDay(1, time(10)), OnDay(3, time(0)), (Channel.SMS,)))
    for zone in ZONES:
        who = patient(zone)
        for day in _eves_of_changes(zone, 2026):
            performed_at = datetime.combine(day, time(12), zoneinfo.ZoneInfo(zone)).astimezone(UTC)
            (row,) = plan(ten, performed_at, who, RULES, now=performed_at)
            due = local(row.due_at, zone)
            assert (due.date(), due.time()) == (day + timedelta(days=1), time(10)), (zone, day)


def _eves_of_changes(zone: str, year: int) -> list[date]:
    """The days of a year before which and after which the zone's clock stands differently, and one ordinary day."""
    info = zoneinfo.ZoneInfo(zone)
    noons = [datetime.combine(date(year, 1, 1) + timedelta(days=day), time(12), info) for day in range(365)]
    changes = [one.date() for one, other in pairwise(noons) if one.utcoffset() != other.utcoffset()]
    return [date(year, 6, 1), *changes]
