"""Messages are handed to the providers side by side, with no transaction open, and each answer is passed on at once."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from followup.domain.delivery import Channel
from followup.gateways.email import EmailGateway
from followup.gateways.sms import SmsGateway
from followup.services.context import Services
from followup.services.delivery import loop
from followup.services.delivery.outcomes import Outcome, of_error
from followup.services.delivery.outgoing import Outgoing
from followup.services.delivery.timing import Timing

# A mail server is given few lines at once; they stay open for the batch.
_MAIL_LINES = 4
# Answers are passed on when so many have come or this much time has passed: what a crash leaves to be looked up is
# never more than that, and a transaction for each would cost more than the sending.
_AT_ONCE = 50
_PATIENCE = 0.25  # seconds


class _Answers:
    """Outcomes as they come, from any thread. Whoever waits is woken for many of them, not for each: two threads that
    wake each other for every message spend more time on that than on the messages."""

    def __init__(self, expected: int) -> None:
        self.missing = expected
        self._come: list[Outcome] = []
        self._enough = threading.Event()
        self._guard = threading.Lock()

    def put(self, outcome: Outcome) -> None:
        """Pass one on."""
        with self._guard:
            self._come.append(outcome)
            if len(self._come) >= min(_AT_ONCE, self.missing):
                self._enough.set()

    def take(self) -> list[Outcome]:
        """What has come: enough of it, or what there is after a quarter of a second."""
        self._enough.wait(_PATIENCE)
        with self._guard:
            taken, self._come = self._come, []
            self.missing -= len(taken)
            self._enough.clear()
        return taken


class _Halted:
    """The senders of which nothing more is tried in this batch, because one message was told to wait or stop."""

    def __init__(self) -> None:
        self._senders: set[UUID] = set()
        self._guard = threading.Lock()

    def __contains__(self, outgoing: Outgoing) -> bool:
        with self._guard:
            return outgoing.sender_id in self._senders

    def note(self, outcome: Outcome) -> Outcome:
        """Remember a sender that was told to wait or stop."""
        if outcome.stops_sender:
            with self._guard:
                self._senders.add(outcome.outgoing.sender_id)
        return outcome


def hand_over(services: Services, outgoing: Sequence[Outgoing], timing: Timing) -> Iterator[list[Outcome]]:
    """Hand messages over and yield the outcomes as they come, some at a time.

    Nothing new is begun when an answer could outlast the lease: such a message comes back as never tried,
    and so does what is left of a sender that was told to wait or stop. Every message has exactly one outcome, unless
    this process is ending: what has none when every lease is over is left to be looked up.
    """
    answers = _Answers(len(outgoing))
    begun = time.monotonic()
    halted = _Halted()
    texts = [one for one in outgoing if one.channel is Channel.SMS]
    mails = [one for one in outgoing if one.channel is Channel.EMAIL]
    pool: ThreadPoolExecutor | None = None
    if texts:
        assert services.sms is not None
        loop.start(_send_texts(services.sms, texts, begun, halted, answers, timing))
    if mails:
        assert services.email is not None
        pool = ThreadPoolExecutor(min(_MAIL_LINES, len(mails)), thread_name_prefix="mail")
        for mail in mails:
            pool.submit(_send_mail, services.email, mail, begun, halted, answers, timing)
    try:
        over = begun + (timing.lease + timing.slowest_answer).total_seconds()
        while answers.missing and time.monotonic() < over:
            if come := answers.take():
                yield come
    finally:
        if pool is not None:
            pool.shutdown(wait=False)


def _too_late(one: Outgoing, begun: float, timing: Timing) -> bool:
    """True when an answer could come after the lease, when somebody else may already look what became of it."""
    left = timing.lease_of(one.priority) - timing.slowest_answer
    return time.monotonic() > begun + left.total_seconds()


async def _send_texts(
    gateway: SmsGateway,
    texts: Sequence[Outgoing],
    begun: float,
    halted: _Halted,
    answers: _Answers,
    timing: Timing,
) -> None:
    async with asyncio.TaskGroup() as group:
        for one in texts:
            group.create_task(_send_text(gateway, one, begun, halted, answers, timing))


async def _send_text(
    gateway: SmsGateway,
    one: Outgoing,
    begun: float,
    halted: _Halted,
    answers: _Answers,
    timing: Timing,
) -> None:
    async with loop.limit():
        if one in halted or _too_late(one, begun, timing) or one.text is None:
            answers.put(Outcome(one))
            return
        try:
            async with asyncio.timeout(timing.slowest_answer.total_seconds()):
                accepted = await gateway.send(one.text)
        except Exception as error:  # every failure has an outcome: what nobody foresaw is looked up
            answers.put(halted.note(of_error(one, error)))
        else:
            answers.put(Outcome(one, accepted=True, provider_id=accepted.provider_id, segments=accepted.segments))


def _send_mail(
    gateway: EmailGateway,
    one: Outgoing,
    begun: float,
    halted: _Halted,
    answers: _Answers,
    timing: Timing,
) -> None:
    if one in halted or _too_late(one, begun, timing) or one.mail is None:
        answers.put(Outcome(one))
        return
    try:
        gateway.send(one.mail)
    except Exception as error:  # as above
        answers.put(halted.note(of_error(one, error)))
    else:
        answers.put(Outcome(one, accepted=True))
