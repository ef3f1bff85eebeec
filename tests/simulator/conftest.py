"""A running simulator, a clinic that listens, and Twilio's own client between them."""

from collections.abc import Iterator

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from followup.simulator import RunningSimulator, SimulatorSettings, run_in_thread
from tests.simulator.listener import Listener, listening

CLINIC, SECOND = "+13125550100", "+13125550190"
ADA, BEN = "+13125550101", "+13125550102"
SERVICE = "MG" + "c1" * 16


class RedirectedHttp(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own transport, turned to another address."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self._url), *args, **kwargs)


def client_of(sim: RunningSimulator, token: str | None = None) -> Client:
    """Twilio's client, talking to the simulator."""
    settings = sim.simulator.settings
    return Client(settings.account_sid, token or settings.auth_token, http_client=RedirectedHttp(sim.carrier_url))


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as clinic:
        yield clinic


@pytest.fixture
def settings(listener: Listener) -> SimulatorSettings:
    return SimulatorSettings(
        numbers={CLINIC: f"{listener.url}/inbound", SECOND: f"{listener.url}/inbound"},
        services={SERVICE: (SECOND,)},
        sent_after=0.0,
        delivered_after=0.0,
    )


@pytest.fixture
def sim(settings: SimulatorSettings) -> Iterator[RunningSimulator]:
    with run_in_thread(settings) as running:
        yield running


@pytest.fixture
def client(sim: RunningSimulator) -> Iterator[Client]:
    made = client_of(sim)
    yield made
    made.http_client.session.close()
