"""Twilio's client against a carrier over HTTP: every way in which a send can end, and what the list says."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from followup.domain.errors import PermanentGatewayError, TransientGatewayError
from followup.gateways.sms import Accepted, OutboundText, SenderKind
from followup.gateways.twilio_sms import TwilioSms
from followup.simulator import RunningSimulator, SimulatorSettings, run_in_thread
from followup.simulator.faults import FaultRule, Misbehaviour

CLINIC, ANA = "+13125550100", "+13125550123"
SERVICE = "MG" + "c1" * 16


@pytest.fixture(scope="module")
def carrier() -> Iterator[RunningSimulator]:
    with run_in_thread(SimulatorSettings(services={SERVICE: (CLINIC,)})) as running:
        yield running


@pytest.fixture
def twilio(carrier: RunningSimulator) -> Iterator[TwilioSms]:
    settings = carrier.simulator.settings
    carrier.behave()
    yield TwilioSms(
        settings.account_sid, settings.auth_token, public_url="http://127.0.0.1:1", api_url=carrier.carrier_url
    )
    carrier.behave()


def text(body: str = "Hello.", to: str = ANA, kind: SenderKind = SenderKind.SMS) -> OutboundText:
    return OutboundText(uuid4(), kind, SERVICE if kind is SenderKind.MESSAGING_SERVICE else CLINIC, to, body, 3600)


def send(twilio: TwilioSms, *messages: OutboundText) -> list[Accepted | BaseException]:
    """Hand texts over side by side on a loop of their own."""

    async def all_of_them() -> list[Accepted | BaseException]:
        try:
            return await asyncio.gather(*(twilio.send(one) for one in messages), return_exceptions=True)
        finally:
            await twilio.close()

    return asyncio.run(all_of_them())


def test_a_text_is_accepted_with_its_attempt_in_the_callbacks_address(
    carrier: RunningSimulator, twilio: TwilioSms
) -> None:
    message = text("Rest today, ¿sí?")
    [accepted] = send(twilio, message)
    assert isinstance(accepted, Accepted)
    assert accepted.segments == 1
    taken = carrier.accepted[-1]
    assert (taken.sid, taken.to, taken.body, taken.from_) == (accepted.provider_id, ANA, message.body, CLINIC)
    assert f"/hooks/twilio/status/{message.attempt_id}" in taken.status_callback


def test_a_messaging_service_sends_by_its_own_name(carrier: RunningSimulator, twilio: TwilioSms) -> None:
    [accepted] = send(twilio, text(kind=SenderKind.MESSAGING_SERVICE))
    assert isinstance(accepted, Accepted)


@pytest.mark.parametrize(
    ("rule", "unknown"),
    [
        (FaultRule(Misbehaviour.TOO_MANY), False),
        (FaultRule(Misbehaviour.ERROR_BEFORE), True),
        (FaultRule(Misbehaviour.ERROR_AFTER), True),
        (FaultRule(Misbehaviour.DROP_BEFORE), True),
        (FaultRule(Misbehaviour.DROP_AFTER), True),
        (FaultRule(Misbehaviour.HANG_AFTER, seconds=0.2), True),
    ],
)
def test_trouble_says_whether_the_text_may_have_been_taken(
    carrier: RunningSimulator, twilio: TwilioSms, rule: FaultRule, unknown: bool
) -> None:
    carrier.misbehave(rule)
    before = len(carrier.accepted)
    [error] = send(twilio, text())
    assert isinstance(error, TransientGatewayError)
    assert error.accepted_unknown is unknown
    assert len(carrier.accepted) - before <= 1, "a send is never tried twice in here"


@pytest.mark.parametrize("code", [21211, 21610, 21614, 30034])
def test_a_refusal_has_the_carriers_code_and_words_for_a_nurse_without_the_number(
    carrier: RunningSimulator, twilio: TwilioSms, code: int
) -> None:
    carrier.misbehave(FaultRule(Misbehaviour.REFUSED, code=code))
    [error] = send(twilio, text())
    assert isinstance(error, PermanentGatewayError)
    assert error.reason_code == str(code)
    assert error.reason
    assert ANA not in str(error)


def test_a_wrong_token_is_a_fault_of_the_set_up(carrier: RunningSimulator) -> None:
    settings = carrier.simulator.settings
    wrong = TwilioSms(settings.account_sid, "wrong", public_url="http://127.0.0.1:1", api_url=carrier.carrier_url)
    [error] = send(wrong, text())
    assert isinstance(error, PermanentGatewayError)
    assert error.reason_code == "20003"


def test_a_carrier_that_is_away_has_taken_nothing() -> None:
    away = TwilioSms("AC1", "token", public_url="http://127.0.0.1:1", api_url="http://127.0.0.1:9")
    [error] = send(away, text())
    assert isinstance(error, TransientGatewayError)
    assert not error.accepted_unknown


def test_the_list_shows_what_was_taken_though_the_answer_was_lost(carrier: RunningSimulator, twilio: TwilioSms) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    carrier.misbehave(FaultRule(Misbehaviour.DROP_AFTER, number="+13125550144"))
    send(twilio, text("Lost and found.", to="+13125550144"))
    [listed] = twilio.list_texts(to="+13125550144", since=since)
    assert (listed.body, listed.direction, listed.to) == ("Lost and found.", "outbound", "+13125550144")
    assert listed.created_at >= since
    assert not twilio.list_texts(to="+13125550145", since=since)


def test_the_list_holds_what_has_not_been_sent_yet(carrier: RunningSimulator) -> None:
    with run_in_thread(SimulatorSettings(sent_after=60.0)) as slow:
        settings = slow.simulator.settings
        twilio = TwilioSms(
            settings.account_sid, settings.auth_token, public_url="http://127.0.0.1:1", api_url=slow.carrier_url
        )
        send(twilio, text("Still queued."))
        [listed] = twilio.list_texts(to=ANA, since=datetime.now(UTC) - timedelta(minutes=1))
        assert (listed.status, listed.body) == ("queued", "Still queued.")


def test_a_list_that_cannot_be_had_is_said_to_be_so(carrier: RunningSimulator, twilio: TwilioSms) -> None:
    carrier.misbehave(FaultRule(Misbehaviour.LIST_ERROR))
    with pytest.raises(TransientGatewayError):
        twilio.list_texts(to=ANA, since=datetime.now(UTC))


def test_a_photo_is_fetched_within_its_limit_and_removed(carrier: RunningSimulator, twilio: TwilioSms) -> None:
    picture = b"\x89PNG" + b"0" * 5000
    received, _ = carrier.text(ANA, CLINIC, "look", [("image/png", picture)])
    medium = received.media[0]
    account = carrier.simulator.settings.account_sid
    url = f"{carrier.carrier_url}/2010-04-01/Accounts/{account}/Messages/{received.sid}/Media/{medium.sid}"
    media = twilio.fetch_media(url, max_bytes=10_000)
    assert (media.content, media.content_type) == (picture, "image/png")
    with pytest.raises(PermanentGatewayError):
        twilio.fetch_media(url, max_bytes=4_000)
    twilio.delete_media(url)
    with pytest.raises(PermanentGatewayError):
        twilio.fetch_media(url, max_bytes=10_000)
    twilio.delete_media(url)


def test_media_at_a_foreign_address_is_never_opened(twilio: TwilioSms) -> None:
    with pytest.raises(PermanentGatewayError):
        twilio.fetch_media("http://169.254.169.254/latest/meta-data", max_bytes=1000)


def test_the_check_names_the_account(twilio: TwilioSms) -> None:
    assert "active" in twilio.check()
