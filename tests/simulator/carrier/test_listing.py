"""The carrier's log, asked through Twilio's own client."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from followup.simulator import FaultRule, Misbehaviour, RunningSimulator
from followup.simulator.settings import SimulatorSettings
from tests.simulator.conftest import ADA, BEN, CLINIC


class Calendar:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def settings(calendar: Calendar) -> SimulatorSettings:
    return SimulatorSettings(numbers={CLINIC: ""}, sent_after=0.0, delivered_after=0.0, wire_clock=calendar)


def send(client: Client, count: int, to: str = ADA, name: str = "Text") -> list[str]:
    return [client.messages.create(to=to, from_=CLINIC, body=f"{name} {n}").sid for n in range(count)]


def test_the_log_is_newest_first_and_narrowed_by_number(client: Client, sim: RunningSimulator) -> None:
    to_ada, to_ben = send(client, 2), send(client, 1, to=BEN)
    reply = sim.text(ADA, CLINIC, "Back")[0].sid
    assert [message.sid for message in client.messages.list(limit=10)] == [reply, *to_ben, *reversed(to_ada)]
    assert [message.sid for message in client.messages.list(to=ADA, limit=10)] == [*reversed(to_ada)]
    assert [message.sid for message in client.messages.list(from_=CLINIC, to=BEN, limit=10)] == to_ben
    assert [message.sid for message in client.messages.list(to=CLINIC, limit=10)] == [reply]
    assert [message.sid for message in client.messages.list(from_=ADA, limit=10)] == [reply]
    assert client.messages.list(to="+13125550188", limit=10) == []


def test_pages_hold_all_and_repeat_nothing_while_new_texts_arrive(client: Client, sim: RunningSimulator) -> None:
    sids = send(client, 7)
    page = client.messages.page(to=ADA, page_size=3)
    seen = [message.sid for message in page]
    while True:
        send(client, 1, name="New")
        page = page.next_page()
        if page is None:
            break
        seen += [message.sid for message in page]
    assert seen == [*reversed(sids)]


def test_streaming_follows_the_pages_to_the_end(client: Client, sim: RunningSimulator) -> None:
    sids = send(client, 12)
    assert [message.sid for message in client.messages.stream(page_size=5)] == [*reversed(sids)]


def test_dates_narrow_by_when_a_text_was_sent(client: Client, sim: RunningSimulator, calendar: Calendar) -> None:
    days: list[str] = []
    for _ in range(3):
        days += send(client, 1)
        sim.settle()
        calendar.now += timedelta(days=1)
    first, second, third = days
    noon = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)

    def listed(**given: object) -> list[str]:
        return [message.sid for message in client.messages.list(limit=10, **given)]

    assert listed(date_sent=noon.date()) == [second]
    assert listed(date_sent_after=noon) == [third, second]
    assert listed(date_sent_after=noon + timedelta(seconds=1)) == [third]
    assert listed(date_sent_before=noon) == [second, first]
    assert listed(date_sent_after="2026-03-08", date_sent_before="2026-03-08") == [second]


def test_a_text_that_has_not_left_is_in_the_list_and_in_no_date(client: Client, sim: RunningSimulator) -> None:
    sim.misbehave(FaultRule(Misbehaviour.OUTCOME, code=30001, status="failed"))
    sids = send(client, 1)
    sim.settle()
    assert [message.sid for message in client.messages.list(to=ADA, limit=5)] == sids
    assert client.messages.list(to=ADA, date_sent_after=datetime(2020, 1, 1, tzinfo=UTC), limit=5) == []


def test_a_list_can_lag_or_fail(client: Client, sim: RunningSimulator) -> None:
    sids = send(client, 1)
    sim.misbehave(FaultRule(Misbehaviour.LIST_LAG, count=1, seconds=3600))
    assert client.messages.list(to=ADA, limit=5) == []
    assert [message.sid for message in client.messages.list(to=ADA, limit=5)] == sids
    sim.misbehave(FaultRule(Misbehaviour.LIST_ERROR, count=1))
    with pytest.raises(TwilioException, match="20503"):
        client.messages.list(to=ADA, limit=5)


def test_a_date_that_is_none_is_refused(client: Client, sim: RunningSimulator) -> None:
    with pytest.raises(TwilioException, match="20001"):
        client.messages.list(date_sent="yesterday", limit=5)


def test_a_message_can_be_redacted_and_deleted(client: Client, sim: RunningSimulator) -> None:
    sid = send(client, 1)[0]
    sim.settle()
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).fetch().body == ""
    assert client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)
    assert client.messages.list(limit=5) == []
    assert len(sim.accepted) == 1


def test_a_finished_message_cannot_be_cancelled(client: Client, sim: RunningSimulator) -> None:
    sid = send(client, 1)[0]
    sim.settle()
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).update(status="canceled")
    assert caught.value.code == 30409
