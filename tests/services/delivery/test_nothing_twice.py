"""Many claimers, senders, receipts and look-ups at once, with every fault: each message goes out exactly once."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from followup.domain.delivery import Kind, Status
from followup.domain.errors import TransientGatewayError
from followup.gateways.memory_sms import MemorySms
from followup.gateways.queue import RecordingQueue
from followup.gateways.sms import Accepted, OutboundText
from followup.services.context import Services
from followup.services.delivery.lifeline import look_after_emergencies
from followup.services.delivery.receipts import record_receipt
from followup.services.delivery.reconcile import reconcile
from followup.services.delivery.send import send_batch
from followup.services.delivery.tick import SEND_BATCH, SEND_URGENT, send_due
from followup.services.delivery.timing import Timing
from tests.services.delivery.conftest import World

MESSAGES, WORKERS = 400, 4
# Everything in moments instead of minutes, so that leases run out while the test runs.
QUICK = Timing(
    lease=timedelta(seconds=2),
    urgent_claim=timedelta(seconds=1),
    urgent_lease=timedelta(seconds=2),
    slowest_answer=timedelta(seconds=1),
    grace=timedelta(milliseconds=200),
    urgent_grace=timedelta(milliseconds=200),
    unavailable=timedelta(milliseconds=200),
)


class Killed(BaseException):
    """A worker that vanishes: nothing of ours may catch it."""


class RestlessSms(MemorySms):
    """A carrier with every fault, drawn from a seed."""

    draw: random.Random

    async def send(self, message: OutboundText) -> Accepted:
        kind = self.draw.random()
        if kind < 0.03:
            raise TransientGatewayError("too many requests", 0.05, reason_code="20429")
        if kind < 0.06:
            raise TransientGatewayError("lost on the way there", accepted_unknown=True)
        accepted = await super().send(message)
        if kind < 0.12:
            raise TransientGatewayError("lost on the way back", accepted_unknown=True)
        return accepted


class LossyQueue(RecordingQueue):
    """A broker that loses and repeats."""

    draw: random.Random

    def wake(self, task: str, *args: str) -> bool:
        kind = self.draw.random()
        if kind < 0.15:
            return kind < 0.1  # lost in silence, or known to be lost
        times = 2 if kind < 0.3 else 1
        for _ in range(times):
            super().wake(task, *args)
        return True


def test_each_message_goes_out_exactly_once_whatever_happens(world: World) -> None:
    draw = random.Random(20260303)
    sms = RestlessSms()
    sms.draw = draw
    queue = LossyQueue()
    queue.draw = draw
    services = replace(world.services, sms=sms, queue=queue, real_now=lambda: datetime.now(UTC))
    ids = [world.answer(body=f"Message {number}.") for number in range(MESSAGES - 20)]
    ids += [world.answer(body=f"Emergency {number}.", kind=Kind.EMERGENCY) for number in range(20)]
    stop = threading.Event()
    failures: list[BaseException] = []

    def forever(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            while not stop.is_set():
                try:
                    work()
                except Killed:
                    pass
                except BaseException as error:
                    failures.append(error)
                    return

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def work() -> None:
        try:
            name, arguments = queue.woken.pop(draw.randrange(len(queue.woken)))
        except (ValueError, IndexError):
            stop.wait(0.01)
            return
        if name in (SEND_BATCH, SEND_URGENT):
            send_batch(dying(services, draw), UUID(arguments[0]), timing=QUICK)

    def receive() -> None:
        """Receipts for what was accepted, in any order and repeated."""
        known = list(sms.accepted)
        if not known:
            stop.wait(0.01)
            return
        message, listed = draw.choice(known)
        word = draw.choice(["queued", "sent", "delivered"])
        record_receipt(services, message.attempt_id, status=word, code=None, provider_id=listed.provider_id)

    def tick() -> None:
        send_due(services, timing=QUICK)
        stop.wait(0.02)

    def look() -> None:
        reconcile(services, timing=QUICK)
        stop.wait(0.1)

    def watch() -> None:
        look_after_emergencies(services, timing=QUICK)
        stop.wait(0.1)

    threads = [forever(one) for one in (tick, tick, look, look, watch, receive, *([work] * WORKERS))]
    try:
        for _ in range(1200):
            done = Counter(world.row(one).status for one in draw.sample(ids, 20))
            if set(done) <= {Status.SENT, Status.DELIVERED} and all(
                row.status in (Status.SENT, Status.DELIVERED) for row in world.rows()
            ):
                break
            stop.wait(0.1)
            world.clock.move(timedelta(seconds=0.1))  # an emergency that its sender may not send yet waits in care time
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures, failures[0]
    assert set(Counter(row.status for row in world.rows())) <= {Status.SENT, Status.DELIVERED}
    went = Counter(body for _, body in sms.bodies)
    assert len(went) == MESSAGES, "none is lost"
    assert {body: times for body, times in went.items() if times != 1} == {}, "none goes twice"


def dying(services: Services, draw: random.Random) -> Services:
    """Now and then services whose database goes away for good in the middle: what a killed worker leaves behind."""
    if draw.random() > 0.15:
        return services
    return replace(services, db=DyingDatabase(services, draw.randrange(1, 4)))  # type: ignore[arg-type]


class DyingDatabase:
    """Lets so many transactions through, then kills its worker."""

    def __init__(self, services: Services, left: int) -> None:
        self._db, self._left = services.db, left
        self.sqlite = services.db.sqlite

    def write(self) -> object:
        self._left -= 1
        if self._left < 0:
            raise Killed
        return self._db.write()

    def read(self) -> object:
        return self._db.read()
