"""What the carrier takes and what it refuses, asked through Twilio's own client."""

import asyncio
from dataclasses import replace

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from followup.simulator import FaultRule, Misbehaviour, RunningSimulator, SimulatorSettings, run_in_thread
from followup.simulator.carrier.sending import normal_number
from tests.simulator.conftest import ADA, BEN, CLINIC, SECOND, SERVICE, client_of


def refusal(client: Client, **send: object) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**{"to": ADA, "from_": CLINIC, "body": "Hello", **send})
    return caught.value


def test_a_message_is_queued_first_and_delivered_later(client: Client, sim: RunningSimulator) -> None:
    message = client.messages.create(to=ADA, from_=CLINIC, body="How are you today?")
    assert (message.status, message.direction, message.num_segments) == ("queued", "outbound-api", "1")
    assert (message.from_, message.to, message.body) == (CLINIC, ADA, "How are you today?")
    sim.settle()
    later = client.messages(message.sid).fetch()
    assert later.status == "delivered"
    assert later.date_sent is not None
    assert later.date_sent >= later.date_created
    assert later.error_code is None


def test_a_message_through_a_service_is_accepted_first_and_sent_from_its_number(
    client: Client, sim: RunningSimulator
) -> None:
    message = client.messages.create(to=ADA, messaging_service_sid=SERVICE, body="Hello")
    assert (message.status, message.num_segments, message.messaging_service_sid) == ("accepted", "0", SERVICE)
    sim.settle()
    later = client.messages(message.sid).fetch()
    assert (later.from_, later.num_segments, later.status) == (SECOND, "1", "delivered")


@pytest.mark.parametrize(
    ("send", "code", "status"),
    [
        ({"to": "12"}, 21211, 400),
        ({"to": "+1312555010"}, 21211, 400),
        ({"to": "not a phone"}, 21211, 400),
        ({"to": ""}, 21604, 400),
        ({"to": "+15005550002"}, 21612, 400),
        ({"to": "+15005550009"}, 21614, 400),
        ({"body": ""}, 21602, 400),
        ({"body": "x" * 1601}, 21617, 400),
        ({"from_": ""}, 21603, 400),
        ({"from_": "+13125550177"}, 21606, 400),
        ({"from_": "12"}, 21212, 400),
        ({"from_": "", "messaging_service_sid": "MG" + "0" * 32}, 21701, 400),
        ({"status_callback": "example.test/no-scheme"}, 21609, 400),
        ({"status_callback": "http://under_score.test/x"}, 21609, 400),
        ({"validity_period": 0}, 20001, 400),
        ({"validity_period": 36_001}, 20001, 400),
        ({"media_url": ["ftp://example.test/a.jpg"]}, 21620, 400),
        ({"media_url": [f"http://example.test/{n}.jpg" for n in range(11)]}, 21623, 400),
    ],
)
def test_a_send_that_twilio_refuses_is_refused_with_its_code(
    client: Client, sim: RunningSimulator, send: dict[str, object], code: int, status: int
) -> None:
    error = refusal(client, **send)
    assert (error.code, error.status) == (code, status)
    assert sim.accepted == []


def test_a_body_of_1600_characters_and_a_picture_without_words_are_taken(client: Client, sim: RunningSimulator) -> None:
    long = client.messages.create(to=ADA, from_=CLINIC, body="x" * 1600)
    assert long.num_segments == "11"
    picture = client.messages.create(to=ADA, from_=CLINIC, media_url=["http://example.test/a.jpg"])
    assert picture.num_media == "1"
    assert picture.sid.startswith("MM")


def test_wrong_credentials_get_401_and_nothing_is_sent(sim: RunningSimulator) -> None:
    wrong = client_of(sim, token="not-the-token")
    error = refusal(wrong)
    wrong.http_client.session.close()
    assert (error.code, error.status) == (20003, 401)
    assert sim.accepted == []


def test_an_api_key_is_as_good_as_the_token(settings: SimulatorSettings) -> None:
    key = "SK" + "1" * 32
    with run_in_thread(replace(settings, api_keys={key: "key-secret"})) as sim:
        plain = client_of(sim)
        client = Client(key, "key-secret", settings.account_sid, http_client=plain.http_client)
        assert client.messages.create(to=ADA, from_=CLINIC, body="Hello").status == "queued"
        plain.http_client.session.close()


def test_a_number_is_read_as_people_type_it() -> None:
    assert normal_number("(312) 555-0101") == ADA
    assert normal_number("+1 312.555.0101") == ADA
    assert normal_number("+44 20 7946 0018") == "+442079460018"
    assert normal_number("+11235550101") is None
    assert normal_number("312-555-010") is None


@pytest.mark.parametrize(
    ("kind", "status", "code", "taken"),
    [
        (Misbehaviour.TOO_MANY, 429, 20429, 0),
        (Misbehaviour.ERROR_BEFORE, 503, 20503, 0),
        (Misbehaviour.ERROR_AFTER, 500, 20500, 1),
    ],
)
def test_a_server_error_says_nothing_about_whether_the_message_was_taken(
    client: Client, sim: RunningSimulator, kind: Misbehaviour, status: int, code: int, taken: int
) -> None:
    sim.misbehave(FaultRule(kind, count=1))
    error = refusal(client)
    assert (error.status, error.code) == (status, code)
    assert len(sim.accepted) == taken
    assert client.messages.create(to=ADA, from_=CLINIC, body="Again").sid


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (Misbehaviour.DROP_BEFORE, 0),
        (Misbehaviour.DROP_AFTER, 1),
        (Misbehaviour.HANG_BEFORE, 0),
        (Misbehaviour.HANG_AFTER, 1),
    ],
)
def test_a_line_that_drops_or_hangs_gives_no_answer(
    client: Client, sim: RunningSimulator, kind: Misbehaviour, taken: int
) -> None:
    sim.misbehave(FaultRule(kind, count=1, seconds=0.05))
    with pytest.raises(OSError, match=r"abort|reset|closed"):
        client.messages.create(to=ADA, from_=CLINIC, body="Hello")
    assert len(sim.accepted) == taken


def test_a_refusal_can_be_asked_for_by_number(client: Client, sim: RunningSimulator) -> None:
    sim.misbehave(FaultRule(Misbehaviour.REFUSED, number=BEN, code=21614))
    assert refusal(client, to=BEN).code == 21614
    assert client.messages.create(to=ADA, from_=CLINIC, body="Hello").status == "queued"


# Twilio's client still hands aiohttp its credentials in a way that aiohttp 4 will drop.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")
def test_the_asynchronous_client_of_twilio_sends_a_hundred_at_once(
    settings: SimulatorSettings, sim: RunningSimulator
) -> None:
    class Redirected(AsyncTwilioHttpClient):  # type: ignore[misc]
        async def request(self, method: str, url: str, *args: object, **kwargs: object) -> object:
            return await super().request(
                method, url.replace("https://api.twilio.com", sim.carrier_url), *args, **kwargs
            )

    async def send() -> list[str]:
        async with Redirected(timeout=20) as http:
            client = Client(settings.account_sid, settings.auth_token, http_client=http)
            sends = [client.messages.create_async(to=ADA, from_=CLINIC, body=f"Text {n}") for n in range(100)]
            return [message.sid for message in await asyncio.gather(*sends)]

    sids = asyncio.run(send())
    assert len(set(sids)) == 100
    assert {taken.sid for taken in sim.accepted} == set(sids)
