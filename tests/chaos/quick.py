"""One process of the service whose leases, graces and rounds are seconds instead of minutes, so that a test can wait
for them: `python -m tests.chaos.quick worker|beat|web [PORT]`. What it runs is the service's own code."""

import os
import sys
from dataclasses import replace
from datetime import timedelta

from followup import logs
from followup.bootstrap import services_from_environment
from followup.services.delivery.timing import Timing

QUICK = Timing(
    lease=timedelta(seconds=6),
    urgent_claim=timedelta(seconds=2),
    urgent_lease=timedelta(seconds=5),
    slowest_answer=timedelta(seconds=3),
    grace=timedelta(seconds=2),
    urgent_grace=timedelta(seconds=1),
    unavailable=timedelta(seconds=2),
    unread_after=timedelta(seconds=2),
    gaps_every=timedelta(seconds=3),
)


def main(kind: str, port: str = "") -> None:
    """Run one process until it is ended."""
    if kind == "web":
        import uvicorn

        from followup.web.app import create_app

        logs.configure(os.environ["FOLLOWUP_LOG_LEVEL"])
        services = replace(services_from_environment(), timing=QUICK)
        uvicorn.run(create_app(services), port=int(port), log_config=None, access_log=False)
        return
    from workers import process
    from workers.app import app

    if kind == "beat":
        for name in ("followup.reconcile", "followup.sweep"):
            app.conf.beat_schedule[name]["schedule"] = 1.0
        app.start(["beat", "--loglevel", "WARNING"])
    else:
        process.use(replace(services_from_environment(), timing=QUICK))
        app.worker_main(["worker", "--loglevel", "WARNING"])


if __name__ == "__main__":
    main(*sys.argv[1:])
