"""The answers, field by field, as Twilio's published description of its API (2010-04-01) has them."""

import re
from typing import Any

import pytest
import requests

from followup.simulator import RunningSimulator
from tests.simulator.conftest import ADA, CLINIC, SERVICE

MESSAGE: dict[str, Any] = {
    "account_sid": r"AC[0-9a-f]{32}",
    "api_version": "2010-04-01",
    "body": r"(?s).*",
    "date_created": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000",
    "date_sent": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000",
    "date_updated": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000",
    "direction": "inbound|outbound-api",
    "error_code": None,
    "error_message": None,
    "from": r"\+\d+",
    "messaging_service_sid": "MG[0-9a-f]{32}",
    "num_media": r"\d+",
    "num_segments": r"\d+",
    "price": r"-\d\.\d{5}",
    "price_unit": "USD",
    "sid": "(SM|MM)[0-9a-f]{32}",
    "status": "accepted|queued|sent|delivered|received",
    "subresource_uris": dict,
    "to": r"\+\d+",
    "uri": r"/2010-04-01/Accounts/AC\w+/Messages/\w+\.json",
}
PAGE = {"end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri"}


def matches(value: object, wanted: object) -> bool:
    if value is None or wanted is None or isinstance(wanted, type):
        return value is None or (isinstance(wanted, type) and isinstance(value, wanted))
    return isinstance(value, str) and re.fullmatch(str(wanted), value) is not None


@pytest.fixture
def base(sim: RunningSimulator) -> str:
    return f"{sim.carrier_url}/2010-04-01/Accounts/{sim.simulator.settings.account_sid}"


@pytest.fixture
def signed_in(sim: RunningSimulator) -> tuple[str, str]:
    return sim.simulator.settings.account_sid, sim.simulator.settings.auth_token


@pytest.mark.parametrize("sender", [{"From": CLINIC}, {"MessagingServiceSid": SERVICE}])
def test_a_message_has_every_published_field_and_no_other(
    sim: RunningSimulator, base: str, signed_in: tuple[str, str], sender: dict[str, str]
) -> None:
    made = requests.post(f"{base}/Messages.json", data={"To": ADA, "Body": "Hi", **sender}, auth=signed_in, timeout=10)
    assert made.status_code == 201
    sim.text(ADA, CLINIC, "Look", [("image/png", b"1")])
    sim.settle()
    listed = requests.get(f"{base}/Messages.json", params={"PageSize": 1}, auth=signed_in, timeout=10).json()
    assert set(listed) == PAGE | {"messages"}
    for message in (made.json(), listed["messages"][0]):
        assert set(message) == set(MESSAGE)
        wrong = {name: message[name] for name, wanted in MESSAGE.items() if not matches(message[name], wanted)}
        assert wrong == {}
    assert re.search(r"[?&]PageSize=1&Page=1&PageToken=PA(SM|MM)\w{32}$", listed["next_page_uri"])


def test_media_and_feedback_have_every_published_field(
    sim: RunningSimulator, base: str, signed_in: tuple[str, str]
) -> None:
    sid = sim.text(ADA, CLINIC, "Look", [("image/png", b"1")])[0].sid
    listed = requests.get(f"{base}/Messages/{sid}/Media.json", auth=signed_in, timeout=10).json()
    assert set(listed) == PAGE | {"media_list"}
    fields = {"account_sid", "content_type", "date_created", "date_updated", "parent_sid", "sid", "uri"}
    assert set(listed["media_list"][0]) == fields
    told = requests.post(
        f"{base}/Messages/{sid}/Feedback.json", data={"Outcome": "confirmed"}, auth=signed_in, timeout=10
    )
    assert set(told.json()) == {"account_sid", "date_created", "date_updated", "message_sid", "outcome", "uri"}


def test_a_refusal_has_the_four_published_fields(base: str, signed_in: tuple[str, str]) -> None:
    refused = requests.post(f"{base}/Messages.json", data={"To": ADA, "From": CLINIC}, auth=signed_in, timeout=10)
    assert refused.json() == {
        "code": 21602,
        "message": "Message body is required",
        "more_info": "https://www.twilio.com/docs/errors/21602",
        "status": 400,
    }
