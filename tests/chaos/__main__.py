"""Runs the service amid trouble and gives the account: `make chaos`, or `python -m tests.chaos --seed 7`."""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.run import Plan, run
from tests.chaos.servers import postgres_programs


def main() -> int:
    """0 when nothing was lost, doubled or wrong; 1 with the ids otherwise."""
    default = Plan()
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--procedures", type=int, default=default.procedures, help="three texts each")
    parser.add_argument("--texts", type=int, default=default.texts, help="that people write")
    parser.add_argument("--seconds", type=float, default=default.seconds, help="of trouble; what is left then settles")
    parser.add_argument("--kills", type=int, default=default.kills, help="of workers, with -9")
    given = parser.parse_args()
    if postgres_programs() is None:
        print("There is no PostgreSQL here to start: install its server package (initdb).", file=sys.stderr)
        return 2
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell had it ignored
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place = Path(tempfile.mkdtemp(prefix="followup-chaos-"))
    place.chmod(0o755)  # PostgreSQL may run as somebody else
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {line}", flush=True)

    plan = Plan(
        seed=given.seed, procedures=given.procedures, texts=given.texts, seconds=given.seconds, kills=given.kills
    )
    say(f"seed {plan.seed}; logs in {place}")
    try:
        account = run(plan, place, say)
    except KeyboardInterrupt:
        say("ended; every process of the run is gone")
        return 1
    for line in account.lines():
        say(line)
    if account.well:
        shutil.rmtree(place, ignore_errors=True)
    return 0 if account.well else 1


if __name__ == "__main__":
    raise SystemExit(main())
