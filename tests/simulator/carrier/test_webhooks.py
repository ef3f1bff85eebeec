"""What the fragment of a webhook's address asks for."""

import pytest

from followup.simulator import RunningSimulator
from followup.simulator.carrier.webhooks import Overrides
from tests.simulator.conftest import ADA, CLINIC
from tests.simulator.listener import Listener


def test_without_a_fragment_one_retry_follows_a_failed_connection_only() -> None:
    default = Overrides.of("")
    assert (default.connect, default.read, default.total, default.retries) == (5.0, 15.0, 15.0, 1)
    assert [default.retries_on(trouble) for trouble in ("ct", "rt", "4xx", "5xx", "other")] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_a_fragment_changes_what_it_names() -> None:
    given = Overrides.of("ct=200&rt=300&tt=400&rc=5&rp=5xx,rt")
    assert (given.connect, given.read, given.total, given.retries) == (0.2, 0.3, 0.4, 5)
    assert [given.retries_on(trouble) for trouble in ("ct", "rt", "4xx", "5xx")] == [False, True, False, True]
    assert Overrides.of("rp=all").retries_on("other")


@pytest.mark.parametrize("fragment", ["rc=6", "rc=-1", "rc=x", "ct=99", "tt=15001", "e=ashburn"])
def test_what_is_out_of_range_keeps_the_default(fragment: str) -> None:
    assert Overrides.of(fragment) == Overrides()


def test_a_webhook_that_takes_too_long_is_given_up(sim: RunningSimulator, listener: Listener) -> None:
    sim.set_inbound(CLINIC, f"{listener.url}/slow#rt=100&rc=0")
    listener.holds.add("/slow")
    _, post = sim.text(ADA, CLINIC, "Hello")
    assert post is not None
    assert (post.status, post.trouble) == (0, "rt")


def test_half_an_emoji_does_not_stop_a_text(sim: RunningSimulator, listener: Listener) -> None:
    _, post = sim.text(ADA, CLINIC, "broken \ud83d and \x00")
    assert post is not None
    assert post.status == 200
    assert listener.heard[0].form["Body"] == "broken ? and \x00"
