"""Calls: paging somebody by voice, and a patient who calls the number that texted."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from followup.simulator import FaultRule, Misbehaviour, RunningSimulator
from followup.simulator.carrier.state import Call
from followup.simulator.carrier.voice import call_in
from tests.simulator.conftest import ADA, CLINIC
from tests.simulator.listener import Listener

NURSE = "+13125550140"


def only_call(sim: RunningSimulator) -> Call:
    return sim.run(lambda: next(iter(sim.simulator.carrier.calls.values())))


def test_a_page_by_voice_is_heard_and_answered_with_a_key(
    client: Client, sim: RunningSimulator, listener: Listener
) -> None:
    sim.run(lambda: sim.simulator.carrier.digits.update({NURSE: ["1"]}))
    listener.bodies["/page"] = (
        '<Response><Gather action="/pressed"><Say>A case waits. Press 1.</Say></Gather><Say>Bye</Say></Response>'
    )
    listener.bodies["/pressed"] = "<Response><Say>Thank you.</Say><Hangup/></Response>"
    made = client.calls.create(
        to=NURSE, from_=CLINIC, url=f"{listener.url}/page", status_callback=f"{listener.url}/end"
    )
    assert (made.status, made.direction) == ("queued", "outbound-api")
    sim.settle()
    call = only_call(sim)
    assert (call.heard, call.pressed) == (["A case waits. Press 1.", "Thank you."], ["1"])
    assert listener.forms("/pressed")[0]["Digits"] == "1"
    assert listener.forms("/end")[0]["CallStatus"] == "completed"
    assert client.calls(made.sid).fetch().status == "completed"


def test_a_call_that_nobody_answers_says_so(client: Client, sim: RunningSimulator, listener: Listener) -> None:
    sim.misbehave(FaultRule(Misbehaviour.NO_ANSWER, number=NURSE))
    made = client.calls.create(
        to=NURSE, from_=CLINIC, twiml="<Response><Say>Hello</Say></Response>", status_callback=f"{listener.url}/end"
    )
    sim.settle()
    assert client.calls(made.sid).fetch().status == "no-answer"
    assert only_call(sim).heard == []
    assert listener.forms("/end")[0]["CallStatus"] == "no-answer"


def test_a_patient_who_calls_hears_the_clinic_and_is_connected(sim: RunningSimulator, listener: Listener) -> None:
    listener.bodies["/voice"] = "<Response><Say>Lakeside. Call 911 first.</Say><Dial>+13125550150</Dial></Response>"
    sim.set_inbound(CLINIC, "", voice_url=f"{listener.url}/voice")
    call = sim.wait(call_in(sim.simulator.carrier, ADA, CLINIC))
    assert (call.heard, call.connected_to) == (["Lakeside. Call 911 first."], ["+13125550150"])
    assert listener.forms("/voice")[0]["Direction"] == "inbound"


@pytest.mark.parametrize("answer", ["<Response>", "no xml at all"])
def test_an_answer_that_is_no_twiml_is_heard_as_an_error(
    sim: RunningSimulator, listener: Listener, answer: str
) -> None:
    listener.bodies["/voice"] = answer
    sim.set_inbound(CLINIC, "", voice_url=f"{listener.url}/voice")
    call = sim.wait(call_in(sim.simulator.carrier, ADA, CLINIC))
    assert "error" in call.heard[0]


def test_a_call_needs_a_number_of_the_account_and_something_to_say(client: Client, sim: RunningSimulator) -> None:
    for wrong, code in (
        ({"from_": "+13125550177", "url": "http://example.test/"}, 21210),
        ({"from_": CLINIC, "url": "nowhere"}, 21205),
    ):
        with pytest.raises(TwilioRestException) as caught:
            client.calls.create(to=NURSE, **wrong)
        assert caught.value.code == code


def test_a_call_that_is_sent_elsewhere_goes_there_and_one_that_circles_ends(
    sim: RunningSimulator, listener: Listener
) -> None:
    listener.bodies["/voice"] = "<Response><Redirect>/other</Redirect></Response>"
    listener.bodies["/other"] = "<Response><Say>Here</Say><Redirect>/voice</Redirect></Response>"
    sim.set_inbound(CLINIC, "", voice_url=f"{listener.url}/voice")
    call = sim.wait(call_in(sim.simulator.carrier, ADA, CLINIC))
    assert call.heard == ["Here"] * 5
    assert call.status == "completed"


def test_a_webhook_that_errs_is_heard_as_an_error(sim: RunningSimulator, listener: Listener) -> None:
    listener.answers.append(500)
    sim.set_inbound(CLINIC, "", voice_url=f"{listener.url}/voice")
    call = sim.wait(call_in(sim.simulator.carrier, ADA, CLINIC))
    assert (call.status, "error" in call.heard[0]) == ("failed", True)
