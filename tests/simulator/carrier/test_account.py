"""The account and its numbers, as a check of credentials and webhooks reads them."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from followup.simulator import RunningSimulator
from tests.simulator.conftest import CLINIC, SECOND, client_of
from tests.simulator.listener import Listener


def test_the_account_is_active(client: Client, sim: RunningSimulator) -> None:
    account = client.api.v2010.account.fetch()
    assert (account.sid, account.status) == (sim.simulator.settings.account_sid, "active")


def test_wrong_credentials_see_nothing(sim: RunningSimulator) -> None:
    wrong = client_of(sim, token="wrong")
    with pytest.raises(TwilioRestException) as caught:
        wrong.api.v2010.account.fetch()
    wrong.http_client.session.close()
    assert caught.value.status == 401


def test_numbers_say_where_their_webhooks_go_and_can_be_turned(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    assert [number.phone_number for number in client.incoming_phone_numbers.list(limit=5)] == [CLINIC, SECOND]
    number = client.incoming_phone_numbers.list(phone_number=CLINIC, limit=5)[0]
    assert number.sms_url == f"{listener.url}/inbound"
    number.update(sms_url=f"{listener.url}/elsewhere")
    assert client.incoming_phone_numbers(number.sid).fetch().sms_url.endswith("/elsewhere")
    sim.text("+13125550101", CLINIC, "Hello")
    assert len(listener.forms("/elsewhere")) == 1
