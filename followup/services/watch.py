"""What every web process does beside answering requests, so that no emergency or page waits for a broker or worker."""

import threading
from collections.abc import Callable

import structlog

from followup.services import rounds
from followup.services.alarms import look_for_alarms
from followup.services.context import Services
from followup.services.delivery import loop
from followup.services.delivery.lifeline import look_after_emergencies
from followup.services.escalation.rounds import look_after_pages
from followup.services.replies.receive import read_waiting

log = structlog.get_logger(__name__)
_EVERY = 2.0  # seconds
_ALARMS_EVERY = 20.0  # seconds: the workers look, too, but cannot tell that none of them runs


def start_watch(
    services: Services, *, every: float = _EVERY, missed: threading.Event | None = None
) -> Callable[[], None]:  # fmt: skip
    """Keep watch in threads of this process until the returned function is called.

    A call to staff that hangs at the carrier holds up other calls, never an answer to a patient: they have a thread
    each. `missed` is set by whoever could not keep a text that the carrier posted; see `watch_once`.
    """
    stopping, posts_missed = threading.Event(), missed or threading.Event()

    def watch(name: str, look: Callable[[], object]) -> None:
        pause = max(every, _ALARMS_EVERY) if name == "alarms" else every
        while not stopping.wait(pause):
            try:
                look()
            except Exception as error:  # the next look is two seconds away, and must come
                log.error("watch_failed", watch=name, error=type(error).__name__)

    looks: dict[str, Callable[[], object]] = {
        "watch": lambda: watch_once(services, posts_missed),
        "pages": lambda: look_after_pages(services),
        "alarms": lambda: sign_and_look(services),
    }
    threads = [threading.Thread(target=watch, args=look, name=look[0], daemon=True) for look in looks.items()]
    for thread in threads:
        thread.start()

    def stop() -> None:
        stopping.set()
        for thread in threads:
            thread.join(timeout=15)
        loop.close(services.sms)

    return stop


def sign_and_look(services: Services) -> None:
    """Say that this web process lives, and look for alarms."""
    rounds.give_sign(services, "web")
    look_for_alarms(services)


def watch_once(services: Services, missed: threading.Event) -> None:
    """Look once after what cannot wait.

    1. Emergency answers that nobody has sent leave from here. 2. Replies that were kept and not read, because whoever
    received them fell or the database went away in between, are read: one may be an emergency. 3. When a text could not
    be kept at all, the carrier has given up posting it long before its next look into the carrier's list is due: that
    look is taken now.
    """
    look_after_emergencies(services, timing=services.timing)
    read_waiting(services, services.now() - services.timing.unread_after)
    if missed.is_set():
        missed.clear()  # first, so that what is missed while we look is looked for again
        found = None
        try:
            found = rounds.look_for_gaps(services, at_once=True)
        finally:
            if found is None:
                missed.set()
