"""What workers can be asked to do: each task reads its ids and calls one service."""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import structlog

from followup.domain.errors import FollowupError
from followup.services import imports, rounds
from followup.services.context import Services
from followup.services.delivery.reconcile import reconcile as look_up
from followup.services.delivery.send import send_batch as send
from followup.services.delivery.tick import send_due as hand_out
from followup.services.escalation.rounds import look_after_pages, page_round
from followup.services.replies import media, receive_mail
from followup.services.replies.read import read_reply as read
from followup.services.replies.second_opinion import ask_outside_reader as ask
from workers.app import app
from workers.process import services

log = structlog.get_logger(__name__)
_SIGN_EVERY = 5.0  # seconds
_signed_at = 0.0
_ticking = threading.Lock()


def task(name: str) -> Callable[[Callable[..., object]], Any]:
    """A task by its public name. It never fails: whatever goes wrong is logged by kind alone, because a traceback may
    hold a patient's words, and is made good by a lease, a tick or the sweep."""

    def registered(work: Callable[..., object]) -> Any:
        @wraps(work)
        def run(*args: str) -> None:
            with structlog.contextvars.bound_contextvars(task=name):
                try:
                    work(services(), *args)
                except FollowupError as error:
                    log.error("task_failed", error=error.code)
                except Exception as error:
                    log.error("task_failed", error=f"{type(error).__module__}.{type(error).__name__}")

        return app.task(name=name)(run)

    return registered


@task("followup.send_due")
def send_due(services: Services, by: str = "") -> None:
    """Hand what is due to the workers. One tick at a time a process: a second would find the same."""
    if not _ticking.acquire(blocking=False):
        return
    try:
        if by == "beat":
            _sign(services)
            page_round(services)
        hand_out(services, timing=services.timing)
    finally:
        _ticking.release()


def _sign(services: Services) -> None:
    global _signed_at
    if time.monotonic() - _signed_at >= _SIGN_EVERY:
        rounds.give_sign(services, "beat")
        _signed_at = time.monotonic()


@task("followup.send_batch")
def send_batch(services: Services, batch_id: str) -> None:
    """Send one batch."""
    send(services, UUID(batch_id), timing=services.timing)


@task("followup.send_urgent")
def send_urgent(services: Services, batch_id: str) -> None:
    """Send one batch of emergency answers and pages, by way of their own queue."""
    send(services, UUID(batch_id), timing=services.timing)


@task("followup.send_pages")
def send_pages(services: Services) -> None:
    """Make the calls and signed posts that are due."""
    look_after_pages(services)


@task("followup.reconcile")
def reconcile(services: Services) -> None:
    """Look up what is in doubt."""
    look_up(services, timing=services.timing)


@task("followup.read_reply")
def read_reply(services: Services, reply_id: str) -> None:
    """Read one reply that is still unread."""
    read(services, UUID(reply_id))


@task("followup.ask_outside_reader")
def ask_outside_reader(services: Services, reply_id: str) -> None:
    """Have one reply that was read here read by the outside reader too."""
    ask(services, UUID(reply_id))


@task("followup.fetch_media")
def fetch_media(services: Services, *_: str) -> None:
    """Fetch photos that wait at the carrier."""
    media.fetch_waiting(services)


@task("followup.poll_mailbox")
def poll_mailbox(services: Services) -> None:
    """Take in mail."""
    receive_mail.poll_mailbox(services)


@task("followup.run_import")
def run_import(services: Services, job_id: str) -> None:
    """Take in a file of procedures."""
    imports.run_import(services, UUID(job_id))


@task("followup.seal_audit")
def seal_audit(services: Services) -> None:
    """Chain the audit entries that wait."""
    rounds.seal_audit(services)


@task("followup.sweep")
def sweep(services: Services) -> None:
    """Go round for everything that stays lying."""
    rounds.sweep(services)
