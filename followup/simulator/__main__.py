"""Runs a simulator as a process of its own: `python -m followup.simulator --number +13125550100=http://...`."""

import argparse
import asyncio
import json
import signal
import sys

from followup.simulator.server import Simulator
from followup.simulator.settings import Keywords, SimulatorSettings


def read_arguments(arguments: list[str] | None = None) -> SimulatorSettings:
    """Settings from the command line; what is not given keeps its default."""
    default = SimulatorSettings()
    parser = argparse.ArgumentParser(
        prog="python -m followup.simulator",
        description="A carrier that speaks Twilio's API, a mail server and a phone on a page, all on this machine.",
    )
    parser.add_argument("--host", default=default.host)
    parser.add_argument("--carrier-port", type=int, default=0, help="REST API and page; 0: any free one")
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--imap-port", type=int, default=0)
    parser.add_argument("--account-sid", default=default.account_sid)
    parser.add_argument("--auth-token", default=default.auth_token)
    parser.add_argument("--number", action="append", metavar="NUMBER=URL", help="a sender and its inbound webhook")
    parser.add_argument("--service", action="append", metavar="SID=NUMBER,...", help="a Messaging Service")
    parser.add_argument("--keywords", choices=[mode.value for mode in Keywords], default=default.keywords.value)
    parser.add_argument("--clinic-name", default=default.clinic_name)
    parser.add_argument("--zone", default=default.zone, help="of the phones' clocks")
    parser.add_argument(
        "--inbox", action="append", metavar="PATTERN", help="clinic's mail addresses, such as *@a.example"
    )
    parser.add_argument("--imap-login", default=default.imap_login)
    parser.add_argument("--imap-password", default=default.imap_password)
    parser.add_argument("--frame-ancestor", action="append", metavar="ORIGIN", help="may show the page in a frame")
    parser.add_argument("--sent-after", type=float, default=default.sent_after, metavar="SECONDS")
    parser.add_argument("--delivered-after", type=float, default=default.delivered_after, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    parser.add_argument("--keep", type=int, default=None, help="texts and mails to remember; all where not given")
    given = parser.parse_args(arguments)
    services = (pair.partition("=") for pair in given.service or [])
    return SimulatorSettings(
        host=given.host,
        carrier_port=given.carrier_port,
        smtp_port=given.smtp_port,
        imap_port=given.imap_port,
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        numbers=dict(pair.partition("=")[::2] for pair in given.number) if given.number else default.numbers,
        services={sid: tuple(numbers.split(",")) for sid, _, numbers in services},
        keywords=Keywords(given.keywords),
        clinic_name=given.clinic_name,
        zone=given.zone,
        inbox=(*default.inbox, *(given.inbox or ())),
        imap_login=given.imap_login,
        imap_password=given.imap_password,
        frame_ancestors=tuple(given.frame_ancestor or ()),
        sent_after=given.sent_after,
        delivered_after=given.delivered_after,
        seed=given.seed,
        keep=given.keep,
    )


async def serve(settings: SimulatorSettings) -> None:
    """Run until the process is told to stop. One line of JSON says where everything is, once it is."""
    simulator, stopping = Simulator(settings), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    await simulator.start()
    try:
        where = {"carrier_url": simulator.carrier_url, "smtp_url": simulator.smtp_url, "imap_url": simulator.imap_url}
        print(json.dumps(where), flush=True)
        await stopping.wait()
    finally:
        await simulator.stop()


def main() -> int:
    """The process: 0 when it was told to stop, 1 where it cannot listen."""
    try:
        asyncio.run(serve(read_arguments()))
    except OSError as error:
        print(f"The simulator cannot listen: {error}. Choose another port.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
