"""A person's text on its way to the clinic."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from followup.simulator import (
    FaultRule,
    Keywords,
    Misbehaviour,
    RunningSimulator,
    SimulatorSettings,
    run_in_thread,
)
from tests.simulator.conftest import ADA, BEN, CLINIC, SECOND, SERVICE, client_of
from tests.simulator.listener import Listener

PICTURE = ("image/png", b"\x89PNG not really")


def bodies(sim: RunningSimulator, phone: str) -> list[str]:
    return [text.body for text in sim.thread(phone)]


@pytest.fixture
def advanced(settings: SimulatorSettings) -> Iterator[RunningSimulator]:
    with run_in_thread(replace(settings, keywords=Keywords.ADVANCED, extra_stop_words=("alto",))) as running:
        yield running


@pytest.fixture
def unfiltered(settings: SimulatorSettings) -> Iterator[RunningSimulator]:
    with run_in_thread(replace(settings, keywords=Keywords.OFF)) as running:
        yield running


def test_a_text_is_posted_with_blank_fields_and_a_good_signature_and_shows_in_the_log(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    text, post = sim.text(ADA, CLINIC, " It hurts  more ¿sí? 😀 ")
    assert post is not None
    assert post.status == 200
    heard = listener.heard[0]
    assert heard.form["Body"] == " It hurts  more ¿sí? 😀 "
    assert (heard.form["From"], heard.form["To"], heard.form["MessageSid"]) == (ADA, CLINIC, text.sid)
    assert (heard.form["NumMedia"], heard.form["FromCity"], heard.form["ToZip"]) == ("0", "", "")
    assert "OptOutType" not in heard.form
    validator = RequestValidator(sim.simulator.settings.auth_token)
    assert validator.validate(f"{listener.url}/inbound", heard.form, heard.headers["x-twilio-signature"])
    logged = client.messages.list(to=CLINIC, limit=5)
    assert [(message.sid, message.direction, message.status) for message in logged] == [
        (text.sid, "inbound", "received")
    ]


def test_a_number_in_a_service_names_it(sim: RunningSimulator, listener: Listener) -> None:
    sim.text(ADA, SECOND, "Hello")
    assert listener.heard[0].form["MessagingServiceSid"] == SERVICE


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Unsubscribe ", "END", "quit", "STOPALL", "revoke", "OptOut", "cancel"]
)
def test_a_stop_word_blocks_that_sender_and_start_lifts_it(
    client: Client, sim: RunningSimulator, listener: Listener, word: str
) -> None:
    sim.text(ADA, CLINIC, word)
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=ADA, from_=CLINIC, body="Hello")
    assert (caught.value.code, caught.value.status) == (21610, 400)
    assert client.messages.create(to=ADA, from_=SECOND, body="From the other number").sid
    assert client.messages.create(to=BEN, from_=CLINIC, body="To somebody else").sid
    sim.text(ADA, CLINIC, "start")
    assert client.messages.create(to=ADA, from_=CLINIC, body="Hello").sid
    assert [post.form["Body"] for post in listener.heard] == [word, "start"]


@pytest.mark.parametrize("words", ["STOP please", "please stop texting me", "opt out", "Stop!", "ALTO"])
def test_a_stop_in_other_words_is_left_to_the_service(client: Client, sim: RunningSimulator, words: str) -> None:
    sim.text(ADA, CLINIC, words)
    assert client.messages.create(to=ADA, from_=CLINIC, body="Hello").sid
    assert bodies(sim, ADA) == [words, "Hello"]


def test_the_carrier_confirms_a_stop_once_and_its_log_never_shows_it(client: Client, sim: RunningSimulator) -> None:
    sim.text(ADA, CLINIC, "STOP")
    sim.text(ADA, CLINIC, "STOP")
    assert len(sim.thread(ADA)) == 3
    assert "START" in bodies(sim, ADA)[1]
    assert [message.body for message in client.messages.list(limit=10)] == ["STOP", "STOP"]
    assert sim.accepted == []


def test_yes_is_a_start_word_and_is_answered_only_where_there_was_a_stop(sim: RunningSimulator) -> None:
    sim.text(ADA, CLINIC, "YES")
    assert bodies(sim, ADA) == ["YES"]
    sim.text(ADA, CLINIC, "STOP")
    sim.text(ADA, CLINIC, "yes")
    assert len(bodies(sim, ADA)) == 5


def test_advanced_opt_out_names_the_keyword_and_knows_the_clinics_own(
    advanced: RunningSimulator, listener: Listener
) -> None:
    for word in ("Alto", "START", "HELP", "hello"):
        advanced.text(ADA, CLINIC, word)
    assert [post.form.get("OptOutType") for post in listener.heard] == ["STOP", "START", "HELP", None]


def test_without_filtering_the_carrier_blocks_nobody_and_says_nothing(
    unfiltered: RunningSimulator, listener: Listener
) -> None:
    unfiltered.text(ADA, CLINIC, "STOP")
    assert bodies(unfiltered, ADA) == ["STOP"]
    assert "OptOutType" not in listener.heard[0].form
    client = client_of(unfiltered)
    assert client.messages.create(to=ADA, from_=CLINIC, body="The service must know better").sid
    client.http_client.session.close()


def test_a_stop_on_one_number_of_a_service_stops_the_service(client: Client, sim: RunningSimulator) -> None:
    sim.text(ADA, SECOND, "STOP")
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=ADA, messaging_service_sid=SERVICE, body="Hello")
    assert caught.value.code == 21610


def test_a_webhook_that_errs_is_not_tried_again_unless_its_fragment_says_so(
    sim: RunningSimulator, listener: Listener
) -> None:
    listener.answers.append(503)
    _, post = sim.text(ADA, CLINIC, "Once")
    assert post is not None
    assert (post.status, post.attempt) == (503, 0)
    sim.set_inbound(CLINIC, f"{listener.url}/inbound#rc=5&rp=all")
    listener.answers.extend([503, 500, 404])
    text, post = sim.text(ADA, CLINIC, "Again and again")
    assert post is not None
    assert (post.status, post.attempt) == (200, 3)
    again = [heard for heard in listener.heard if heard.form["MessageSid"] == text.sid]
    assert len(again) == 4
    assert len({heard.headers["i-twilio-idempotency-token"] for heard in again}) == 1


def test_a_webhook_that_does_not_listen_is_tried_twice_and_then_the_fallback_hears(
    sim: RunningSimulator, listener: Listener
) -> None:
    sim.set_inbound(CLINIC, "http://127.0.0.1:1/inbound", fallback_url=f"{listener.url}/fallback")
    _, post = sim.text(ADA, CLINIC, "Is anyone there?")
    assert post is not None
    assert post.status == 200
    assert [attempt.trouble for attempt in sim.posts] == ["ct", "ct", ""]
    assert listener.forms("/fallback")[0]["ErrorCode"] == "11200"


def test_a_lost_text_is_in_the_log_and_was_never_posted(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sim.misbehave(FaultRule(Misbehaviour.INBOUND_LOST, count=1))
    text, post = sim.text(ADA, CLINIC, "Nobody heard this")
    assert post is None
    assert listener.heard == []
    assert [message.sid for message in client.messages.list(to=CLINIC, limit=5)] == [text.sid]


def test_a_repeated_text_has_the_same_sid(sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.INBOUND_REPEATED))
    text, _ = sim.text(ADA, CLINIC, "Twice")
    assert [post.form["MessageSid"] for post in listener.heard] == [text.sid, text.sid]


def test_a_text_can_be_posted_twice_at_the_same_moment(sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.INBOUND_AT_ONCE, count=1))
    text, _ = sim.text(ADA, CLINIC, "Twice")
    assert [post.form["MessageSid"] for post in listener.heard] == [text.sid, text.sid]


def test_a_reordered_text_comes_after_the_next_of_that_phone(sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.INBOUND_REORDERED, count=1))
    sim.text_without_waiting(ADA, CLINIC, "First")
    sim.wait_for(lambda: sim.simulator.carrier.held_texts)
    sim.text(ADA, CLINIC, "Second")
    sim.settle()
    assert [post.form["Body"] for post in listener.heard] == ["Second", "First"]


def test_a_picture_is_behind_the_credentials_and_can_be_deleted(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    text, _ = sim.text(ADA, CLINIC, "Look", [PICTURE])
    form = listener.heard[0].form
    assert (form["NumMedia"], form["MediaContentType0"]) == ("1", "image/png")
    assert form["MessageSid"].startswith("MM")
    url = form["MediaUrl0"]
    settings = sim.simulator.settings
    assert requests.get(url, timeout=10).status_code == 401
    signed_in = (settings.account_sid, settings.auth_token)
    assert requests.get(url, auth=signed_in, timeout=10, allow_redirects=False).status_code == 307
    picture = requests.get(url, auth=signed_in, timeout=10)
    assert (picture.content, picture.headers["Content-Type"]) == (PICTURE[1], "image/png")
    listed = client.messages(text.sid).media.list(limit=5)
    assert [medium.content_type for medium in listed] == ["image/png"]
    assert client.messages(text.sid).media(listed[0].sid).delete()
    assert requests.get(url, auth=signed_in, timeout=10).status_code == 404
    assert client.messages(text.sid).fetch().num_media == "0"


def test_a_message_in_the_webhooks_answer_is_sent_to_the_phone(sim: RunningSimulator, listener: Listener) -> None:
    listener.body = "<Response><Message>Thank you &amp; rest</Message></Response>"
    sim.text(ADA, CLINIC, "Hello")
    sim.settle()
    assert bodies(sim, ADA) == ["Hello", "Thank you & rest"]
    assert [text.status for text in sim.thread(ADA)] == ["received", "delivered"]
