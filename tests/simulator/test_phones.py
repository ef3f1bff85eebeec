"""People's phones over HTTP, as the page uses them."""

import base64
import threading

import pytest
import requests
from twilio.rest import Client

from followup.simulator import RunningSimulator
from tests.simulator.conftest import ADA, CLINIC, SECOND
from tests.simulator.listener import Listener


def path(sim: RunningSimulator, *parts: str) -> str:
    return "/".join([f"{sim.carrier_url}/simulator", *parts])


def test_a_thread_shows_both_sides(client: Client, sim: RunningSimulator) -> None:
    client.messages.create(to=ADA, from_=CLINIC, body="How are you?")
    sim.settle()
    sim.text(ADA, CLINIC, "Better")
    thread = requests.get(path(sim, "phones", ADA, "thread"), timeout=10).json()
    assert [(text["body"], text["direction"], text["status"]) for text in thread["texts"]] == [
        ("How are you?", "out", "delivered"),
        ("Better", "in", "received"),
    ]
    phones = requests.get(path(sim, "phones"), timeout=10).json()["phones"]
    assert [(phone["number"], phone["last"]["body"]) for phone in phones] == [(ADA, "Better")]


def test_an_answer_goes_to_the_number_that_texted_last(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    client.messages.create(to=ADA, from_=SECOND, body="From our second number")
    url = path(sim, "phones", ADA, "send")
    answer = requests.post(url, json={"body": "Thanks", "wait": True}, timeout=10)
    assert answer.status_code == 201
    assert answer.json()["webhook"] == {"status": 200, "trouble": "", "attempts": 1}
    assert listener.heard[-1].form["To"] == SECOND
    assert requests.post(url, json={"body": "Later"}, timeout=10).status_code == 202
    sim.settle()
    assert listener.heard[-1].form["Body"] == "Later"


def test_a_photo_is_sent_and_seen(sim: RunningSimulator, listener: Listener) -> None:
    picture = base64.b64encode(b"\x89PNG").decode()
    media = [{"content_type": "image/png", "content": picture}]
    sent = requests.post(path(sim, "phones", ADA, "send"), json={"body": "", "media": media, "wait": True}, timeout=10)
    shown = requests.get(sim.carrier_url + sent.json()["media"][0]["url"], timeout=10)
    assert (shown.content, shown.headers["Content-Type"]) == (b"\x89PNG", "image/png")
    assert listener.heard[0].form["NumMedia"] == "1"


@pytest.mark.parametrize(
    ("phone", "given"),
    [
        ("12", {"body": "x"}),
        (ADA, {"body": ""}),
        (ADA, {"body": 7}),
        (ADA, ["x"]),
        (ADA, {"body": "x", "to": "+13125550177"}),
        (ADA, {"body": "x", "media": [{"content_type": "image/png", "content": "not base64!"}]}),
        (ADA, {"body": "x", "media": ["x"]}),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(sim: RunningSimulator, phone: str, given: object) -> None:
    assert requests.post(path(sim, "phones", phone, "send"), json=given, timeout=10).status_code == 422
    assert sim.thread(ADA) == []


def test_whoever_waits_hears_of_a_change_at_once(sim: RunningSimulator) -> None:
    before = requests.get(path(sim, "changes"), params={"wait": 0}, timeout=10).json()
    heard: list[dict[str, object]] = []

    def listen() -> None:
        heard.append(
            requests.get(path(sim, "changes"), params={"since": before["version"], "wait": 50}, timeout=60).json()
        )

    waiting = threading.Thread(target=listen)
    waiting.start()
    sim.text(ADA, CLINIC, "News")
    waiting.join(timeout=30)
    assert f"phone:{ADA}" in heard[0]["topics"]  # type: ignore[operator]
    assert requests.get(path(sim, "changes"), params={"since": "x"}, timeout=10).status_code == 422
