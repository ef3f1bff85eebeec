"""What becomes of a message, and how the service is told."""

from dataclasses import replace

from twilio.request_validator import RequestValidator
from twilio.rest import Client

from followup.simulator import FaultRule, Misbehaviour, RunningSimulator, SimulatorSettings, run_in_thread
from tests.simulator.conftest import ADA, BEN, CLINIC, SERVICE, client_of
from tests.simulator.listener import Listener


def send(client: Client, listener: Listener, **given: str) -> str:
    path = given.pop("path", "/status/7?attempt=1")
    wanted = {"to": ADA, "from_": CLINIC, "body": "Hello", "status_callback": listener.url + path, **given}
    sid: str = client.messages.create(**wanted).sid
    return sid


def statuses(listener: Listener, sid: str) -> list[str]:
    return [post.form["MessageStatus"] for post in listener.heard if post.form["MessageSid"] == sid]


def test_the_service_hears_sent_and_delivered_signed_for_the_exact_address(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sid = send(client, listener)
    sim.settle()
    assert sorted(statuses(listener, sid)) == ["delivered", "sent"]
    for post in listener.heard:
        assert post.path == "/status/7?attempt=1"
        assert RequestValidator(sim.simulator.settings.auth_token).validate(
            listener.url + post.path, post.form, post.headers["x-twilio-signature"]
        )
        assert post.headers["i-twilio-idempotency-token"]
        assert (post.form["To"], post.form["From"], post.form["SmsSid"]) == (ADA, CLINIC, sid)
    delivered = next(post.form for post in listener.heard if post.form["MessageStatus"] == "delivered")
    assert len(delivered["RawDlrDoneDate"]) == 10


def test_a_message_through_a_service_is_told_of_being_queued_too(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sid = send(client, listener, from_="", messaging_service_sid=SERVICE)
    sim.settle()
    assert sorted(statuses(listener, sid)) == ["delivered", "queued", "sent"]
    assert {post.form["MessagingServiceSid"] for post in listener.heard} == {SERVICE}


def test_a_chosen_number_ends_undelivered_with_its_code(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sim.misbehave(FaultRule(Misbehaviour.OUTCOME, number=BEN, code=30006))
    good, dead = send(client, listener), send(client, listener, to=BEN)
    sim.settle()
    assert sorted(statuses(listener, good)) == ["delivered", "sent"]
    assert sorted(statuses(listener, dead)) == ["sent", "undelivered"]
    last = next(post.form for post in listener.heard if post.form["MessageStatus"] == "undelivered")
    assert last["ErrorCode"] == "30006"
    message = client.messages(dead).fetch()
    assert (message.status, message.error_code) == ("undelivered", 30006)
    assert message.error_message == "Landline or unreachable carrier"


def test_a_message_can_fail_before_it_leaves(client: Client, sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.OUTCOME, number=ADA, code=30001, status="failed"))
    sid = send(client, listener)
    sim.settle()
    assert statuses(listener, sid) == ["failed"]
    assert client.messages(sid).fetch().date_sent is None


def test_a_carrier_without_receipts_leaves_a_message_sent(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sim.misbehave(FaultRule(Misbehaviour.NO_RECEIPT))
    sid = send(client, listener)
    sim.settle()
    assert statuses(listener, sid) == ["sent"]


def test_a_lost_callback_loses_the_news_and_not_the_message(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sim.misbehave(FaultRule(Misbehaviour.CALLBACK_LOST))
    sid = send(client, listener)
    sim.settle()
    assert listener.heard == []
    assert client.messages(sid).fetch().status == "delivered"


def test_a_repeated_callback_comes_twice(client: Client, sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.CALLBACK_REPEATED))
    sid = send(client, listener)
    sim.settle()
    assert sorted(statuses(listener, sid)) == ["delivered", "delivered", "sent", "sent"]


def test_a_reordered_callback_comes_after_the_last(client: Client, sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.CALLBACK_REORDERED))
    sid = send(client, listener)
    sim.settle()
    assert statuses(listener, sid) == ["delivered", "sent"]


def test_a_delayed_callback_still_comes(client: Client, sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.CALLBACK_DELAYED, seconds=0.01, jitter=0.05))
    sid = send(client, listener)
    sim.settle()
    assert sorted(statuses(listener, sid)) == ["delivered", "sent"]


def test_a_status_address_that_fails_is_not_asked_again_unless_its_fragment_says_so(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    listener.answers.extend([500] * 2)
    once = send(client, listener)
    sim.settle()
    assert len(statuses(listener, once)) == 2
    listener.answers.extend([500] * 2)
    stubborn = send(client, listener, path="/status/8#rc=3&rp=all")
    sim.settle()
    assert len(statuses(listener, stubborn)) == 4
    assert {post.path for post in listener.heard if post.form["MessageSid"] == stubborn} == {"/status/8"}


def test_a_cancelled_message_never_leaves(settings: SimulatorSettings, listener: Listener) -> None:
    with run_in_thread(replace(settings, sent_after=3600.0)) as sim:
        client = client_of(sim)
        sid = send(client, listener)
        assert client.messages(sid).update(status="canceled").status == "canceled"
        assert client.messages(sid).fetch().date_sent is None
        client.http_client.session.close()
    assert listener.heard == []
