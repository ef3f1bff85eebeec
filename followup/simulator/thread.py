"""Runs a simulator in a thread, and lets plain (synchronous) code use it: for tests and for the chaos run."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from followup.simulator.carrier.inbound import receive, receive_and_wait
from followup.simulator.carrier.state import Number
from followup.simulator.carrier.texts import Accepted, Text
from followup.simulator.carrier.webhooks import Post
from followup.simulator.faults import FaultRule
from followup.simulator.mail_api import send_mail
from followup.simulator.mailbox.letters import reply
from followup.simulator.mailbox.mails import Mail
from followup.simulator.server import Simulator
from followup.simulator.settings import SimulatorSettings

T = TypeVar("T")
_STARTS_WITHIN = 30.0  # seconds
_ANSWERS_WITHIN = 60.0  # seconds; longer than a webhook with all its retries may take


class RunningSimulator:
    """A simulator in another thread. Every method waits until it is done; none needs the event loop."""

    def __init__(self, simulator: Simulator, loop: asyncio.AbstractEventLoop) -> None:
        self.simulator = simulator
        self._loop = loop

    @property
    def carrier_url(self) -> str:
        """Where the REST API and the page are."""
        return self.simulator.carrier_url

    @property
    def accepted(self) -> list[Accepted]:
        """Every send that was taken, in order."""
        return self.run(lambda: list(self.simulator.carrier.texts.accepted))

    @property
    def posts(self) -> list[Post]:
        """The newest webhook attempts and their answers."""
        return self.run(lambda: list(self.simulator.carrier.webhooks.posts))

    def run(self, work: Callable[[], T]) -> T:
        """Call something in the simulator's own thread, where its records may be read and changed."""

        async def call() -> T:
            return work()

        return self.wait(call())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the simulator's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_ANSWERS_WITHIN)

    def wait_for(self, condition: Callable[[], object], timeout: float = 10.0, message: str = "") -> None:
        """Wait until `condition()` holds, asked again after every change; AssertionError after `timeout` seconds.

        It is asked in the simulator's thread, so it must be quick.
        """

        async def until() -> bool:
            try:
                async with asyncio.timeout(timeout):
                    await self.simulator.changes.until(lambda: bool(condition()))
            except TimeoutError:
                return False
            return True

        if not self.wait(until()):
            raise AssertionError(message or f"did not come true within {timeout} s")

    def set_inbound(self, number: str, url: str, *, fallback_url: str = "", voice_url: str = "") -> None:
        """Say where a number's webhooks go; the number is added where it is new."""
        webhooks = Number(number, url, fallback_url, voice_url)
        self.run(lambda: self.simulator.carrier.numbers.__setitem__(number, webhooks))

    def text(self, phone: str, to: str, body: str, media: Sequence[tuple[str, bytes]] = ()) -> tuple[Text, Post | None]:
        """A person texts the clinic; returns after the webhook: its last attempt, None where none was posted."""
        return self.wait(receive_and_wait(self.simulator.carrier, phone, to, body, media))

    def text_without_waiting(self, phone: str, to: str, body: str, media: Sequence[tuple[str, bytes]] = ()) -> Text:
        """A person texts the clinic; returns at once, before the webhook."""
        return self.run(lambda: receive(self.simulator.carrier, phone, to, body, media))

    def reply_by_mail(self, person: str, body: str, *, to_mail: Mail | None = None, quote: bool = True) -> Mail:
        """A person answers a mail in their mailbox, the newest where none is given; their own copy is returned."""

        def write() -> Mail:
            box = self.simulator.mailboxes
            original = to_mail or next(mail for mail in reversed(box.of(person)) if not mail.from_person)
            now = self.simulator.settings.wire_clock()
            return send_mail(box, person, reply(original.parsed, person, body, now, quote=quote))

        return self.run(write)

    def mailbox(self, person: str) -> list[Mail]:
        """A person's mails, oldest first, their own among them."""
        return self.run(lambda: self.simulator.mailboxes.of(person))

    def thread(self, phone: str) -> list[Text]:
        """What a person's phone shows, oldest first."""
        return self.run(lambda: self.simulator.carrier.texts.thread(phone))

    def misbehave(self, *rules: FaultRule) -> None:
        """Put faults in force."""
        self.run(lambda: self.simulator.faults.add(*rules))

    def behave(self) -> None:
        """Clear every fault."""
        self.run(self.simulator.faults.clear)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until nothing is under way: every receipt has come and every webhook was answered."""

        async def quiet() -> bool:
            try:
                async with asyncio.timeout(timeout):
                    await self.simulator.carrier.webhooks.quiet()
            except TimeoutError:
                return False
            return True

        if not self.wait(quiet()):
            raise AssertionError(f"the simulator was still busy after {timeout} s")


@contextmanager
def run_in_thread(settings: SimulatorSettings | None = None) -> Iterator[RunningSimulator]:
    """A running simulator on free ports; stopped, with all it had under way, at the end of the block."""
    started: list[RunningSimulator] = []
    failed: list[BaseException] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def live() -> None:
        simulator = Simulator(settings)
        try:
            await simulator.start()
            started.append(RunningSimulator(simulator, asyncio.get_running_loop()))
        except BaseException as error:
            failed.append(error)
            return
        finally:
            ready.set()
        try:
            await stop.wait()
        finally:
            await simulator.stop()

    thread = threading.Thread(target=asyncio.run, args=(live(),), name="simulator", daemon=True)
    thread.start()
    if not ready.wait(_STARTS_WITHIN):
        raise TimeoutError(f"the simulator did not start within {_STARTS_WITHIN} s")
    if failed:
        thread.join()
        raise failed[0]
    try:
        yield started[0]
    finally:
        started[0].run(stop.set)
        thread.join()
