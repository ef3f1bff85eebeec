"""A short run with real processes: whatever is killed, everything goes out once and everything that came in is kept."""

import sys
import tempfile
from pathlib import Path

import pytest

from tests.chaos.household import Commands
from tests.chaos.quick import QUICK
from tests.chaos.run import Plan, run
from tests.chaos.servers import postgres_programs
from tests.conftest import REQUIRED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="ends its processes through Linux's prctl"),
]
_QUICK = (sys.executable, "-m", "tests.chaos.quick")
SHORT = Plan(
    seed=20260303,
    procedures=40,
    texts=40,
    seconds=14,
    kills=4,
    beat_kills=1,
    broker_kills=0,
    flushes=1,
    crashes=0,
    workers=2,
    webs=1,
    patience=60,
    timing=QUICK,
    commands=Commands(web=(*_QUICK, "web"), worker=(*_QUICK, "worker"), beat=(*_QUICK, "beat")),
    pause=(0.1, 0.5),
    mood_every=2.0,
)


def test_nothing_is_lost_or_goes_twice_while_everything_is_killed() -> None:
    if postgres_programs() is None:
        if REQUIRED:
            pytest.fail("there is no PostgreSQL to start, and this run must not skip")
        pytest.skip("needs PostgreSQL's server programs (initdb), which it starts itself")
    said: list[str] = []
    # Not a test's own folder: its path is too long for a socket, and PostgreSQL may run as somebody who cannot enter.
    with tempfile.TemporaryDirectory(prefix="followup-chaos-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        account = run(SHORT, place, said.append)
    assert account.well, "\n".join([*account.lines(), *said])
    assert account.accepted >= SHORT.procedures
    assert account.found > 0, "no send in doubt was looked up: the run did not try what it is for"
    assert account.written == SHORT.texts + 1
    assert len(account.emergency_delays) == 3, "one of them was written while everything was gone"
