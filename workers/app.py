"""The Celery application: what beat ticks, which queue is emptied first, and how a worker process lives."""

import os
import socket
import threading
from typing import Any

import kombu
import structlog
from celery import Celery
from celery.signals import setup_logging, worker_init, worker_ready, worker_shutdown

from followup import config, logs
from followup.broker import EXPIRES, QUEUE_OF, QUEUES, VISIBILITY, read_broker
from followup.domain.errors import ConfigurationError
from followup.services import rounds
from followup.services.delivery import loop
from workers import memory
from workers.process import services

# Seconds between the ticks of beat. Two beats on two machines do no harm: every claim is a conditional update.
TICKS: dict[str, float] = {
    "followup.send_due": 1.0,
    "followup.reconcile": 5.0,
    "followup.sweep": 20.0,
    "followup.poll_mailbox": 30.0,
    "followup.seal_audit": 10.0,
}
_SIGN_EVERY = 15.0  # seconds
_stopping = threading.Event()
log = structlog.get_logger(__name__)


def settings_of_celery() -> dict[str, Any]:
    """Celery's settings; the broker's from the environment. Ends the process with one sentence where that is wrong."""
    try:
        settings = config.load(os.environ)
        if not settings.broker_url:
            raise ConfigurationError(
                "FOLLOWUP_BROKER_URL: a worker or beat needs a broker; set it, or use: followup serve"
            )
        broker = read_broker(settings.broker_url)
    except ConfigurationError as error:
        raise SystemExit(f"followup: {error}") from error
    return {
        **FIXED,
        "broker_url": broker.celery_url,
        "broker_transport_options": broker.celery_options,
    }


FIXED: dict[str, Any] = {
    # A task is acknowledged when it is done, and given to somebody else when its worker dies; each may run twice.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "visibility_timeout": VISIBILITY,
    # Rows are the truth: nobody waits for a result, and nothing is given to the broker to keep for later.
    "task_ignore_result": True,
    "result_backend": None,
    "task_store_errors_even_if_ignored": False,
    "task_default_queue": "reading",
    "task_create_missing_queues": False,
    "task_routes": {name: {"queue": queue} for name, queue in QUEUE_OF.items()},
    "task_serializer": "json",
    "accept_content": ["json"],
    # Texts of several batches share one event loop a process, so that the tail of one overlaps with the next; threads
    # cost less memory than processes for it.
    "worker_pool": "threads",
    "worker_concurrency": 8,
    "worker_send_task_events": False,
    "worker_soft_shutdown_timeout": 15.0,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_pool_limit": 4,
    "enable_utc": True,
    "timezone": "UTC",
    "beat_scheduler": "celery.beat:Scheduler",  # no file: the ticks are the same every second
    "beat_max_loop_interval": 1,
    "beat_schedule": {
        name: {
            "task": name,
            "schedule": every,
            "args": ("beat",) if name == "followup.send_due" else (),
            "options": {"queue": QUEUE_OF[name], "expires": EXPIRES[name]},
        }
        for name, every in TICKS.items()
    },
}


FIXED["task_queues"] = [kombu.Queue(name, routing_key=name) for name in QUEUES]  # type: ignore[attr-defined, no-untyped-call]

app = Celery("followup", include=["workers.tasks"], set_as_current=True)
app.add_defaults(settings_of_celery)


def _log_as_the_house_does(**_: object) -> None:
    logs.configure(os.environ.get("FOLLOWUP_LOG_LEVEL", "INFO").upper())


def _say_that_it_lives(**_: object) -> None:
    """A worker's sign of life, from a thread of its own: tasks may be long or none."""
    name = f"worker:{socket.gethostname()}:{os.getpid()}"[:64]

    def live() -> None:
        while True:
            try:
                rounds.give_sign(services(), name)
            except Exception as error:  # the database may be away for a while
                log.warning("no_sign_of_life", error=type(error).__name__)
            if _stopping.wait(_SIGN_EVERY):
                return

    _stopping.clear()
    threading.Thread(target=live, name="sign-of-life", daemon=True).start()


def _end_in_order(**_: object) -> None:
    _stopping.set()
    loop.close(services().sms)


def _treat_memory_well(**_: object) -> None:
    memory.use_few_arenas()
    memory.look_rarely()


setup_logging.connect(_log_as_the_house_does)
worker_init.connect(_treat_memory_well)
worker_ready.connect(_say_that_it_lives)
worker_shutdown.connect(_end_in_order)
