"""Steering a running simulator over HTTP."""

import requests

from followup.simulator import RunningSimulator
from tests.simulator.conftest import ADA, BEN, CLINIC
from tests.simulator.listener import Listener


def test_faults_are_put_in_force_listed_and_cleared(sim: RunningSimulator) -> None:
    url = f"{sim.carrier_url}/simulator/faults"
    assert requests.post(url, json=[{"kind": "too_many", "count": 2}], timeout=10).status_code == 200
    assert requests.post(url, json={"kind": "outcome", "number": ADA, "code": 30005}, timeout=10).status_code == 200
    listed = requests.get(url, timeout=10).json()["faults"]
    assert [(rule["kind"], rule["used"]) for rule in listed] == [("too_many", 0), ("outcome", 0)]
    assert requests.delete(url, timeout=10).json() == {"faults": []}


def test_a_wrong_rule_is_named_and_none_of_the_list_is_taken(sim: RunningSimulator) -> None:
    url = f"{sim.carrier_url}/simulator/faults"
    answer = requests.post(url, json=[{"kind": "too_many"}, {"kind": "too_few", "count": "many"}], timeout=10)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["1.kind", "1.count"]
    assert requests.get(url, timeout=10).json() == {"faults": []}
    assert requests.post(url, data="{", timeout=10).status_code == 422


def test_a_numbers_webhook_can_be_set_while_it_runs(sim: RunningSimulator, listener: Listener) -> None:
    url, number = f"{sim.carrier_url}/simulator/numbers", "+13125550191"
    given = {"number": number, "sms_url": f"{listener.url}/new"}
    assert requests.post(url, json=given, timeout=10).status_code == 200
    sim.text(ADA, number, "Hello")
    assert listener.forms("/new")[0]["To"] == number
    assert requests.post(url, json={"sms_url": "x"}, timeout=10).status_code == 422
    assert requests.post(url, json={"number": number, "fax_url": "x"}, timeout=10).status_code == 422


def test_what_was_carried_can_be_read_by_phone(sim: RunningSimulator) -> None:
    sim.text(ADA, CLINIC, "From Ada")
    sim.text(BEN, CLINIC, "From Ben")
    url = f"{sim.carrier_url}/simulator/messages"
    every = requests.get(url, timeout=10).json()["messages"]
    assert [message["body"] for message in every] == ["From Ada", "From Ben"]
    one = requests.get(url, params={"phone": BEN}, timeout=10).json()["messages"]
    assert [(message["body"], message["direction"]) for message in one] == [("From Ben", "in")]
    posts = requests.get(f"{sim.carrier_url}/simulator/posts", timeout=10).json()["posts"]
    assert [post["status"] for post in posts] == [200, 200]
    assert requests.get(f"{sim.carrier_url}/simulator/accepted", timeout=10).json() == {"accepted": []}


def test_a_page_of_another_origin_may_not_steer(sim: RunningSimulator) -> None:
    url = f"{sim.carrier_url}/simulator/faults"
    foreign = {"Origin": "http://evil.example"}
    assert requests.post(url, json={"kind": "too_many"}, headers=foreign, timeout=10).status_code == 403
    own = {"Origin": sim.carrier_url}
    assert requests.post(url, json={"kind": "too_many"}, headers=own, timeout=10).status_code == 200
