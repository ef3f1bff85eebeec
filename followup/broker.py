"""What a broker's URL means, and which queue each task waits in: shared by those who wake and those who work."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from followup.domain.errors import ConfigurationError

# In the order in which a worker empties them: emergencies and the tick, replies, reminders, files.
QUEUES = ("urgent", "reading", "sending", "imports")
QUEUE_OF = {
    "followup.send_urgent": "urgent",
    "followup.send_due": "urgent",
    "followup.send_pages": "urgent",
    "followup.read_reply": "reading",
    "followup.fetch_media": "reading",
    "followup.poll_mailbox": "reading",
    "followup.sweep": "reading",
    "followup.send_batch": "sending",
    "followup.reconcile": "sending",
    "followup.run_import": "imports",
    "followup.ask_outside_reader": "imports",  # a second opinion that nobody waits for, from a door that may be slow
    "followup.seal_audit": "imports",
}
# Seconds after which a message that no worker has taken says nothing any more: a later tick says the same, and a
# batch has been given back by its lease. What names a reply, a photo or a file waits.
EXPIRES = {
    "followup.send_due": 5,
    "followup.reconcile": 15,
    "followup.sweep": 30,
    "followup.poll_mailbox": 60,
    "followup.seal_audit": 60,
    "followup.send_urgent": 60,
    "followup.send_pages": 10,
    "followup.send_batch": 60,
}
VISIBILITY = 300  # seconds; longer than any task, or Redis hands a running one out again
_CONNECT, _ANSWER = 1.0, 2.0  # seconds: whoever wakes a worker must not hang on a broker that is gone


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker as Celery and as redis-py want to hear of it."""

    celery_url: str = field(repr=False)
    celery_options: dict[str, Any]
    redis_url: str = field(default="", repr=False)
    sentinels: tuple[tuple[str, int], ...] = ()
    master: str = ""
    database: int = 0
    credentials: dict[str, str] = field(default_factory=dict, repr=False)


def read_broker(url: str) -> Broker:
    """Read redis://, rediss://, redis+socket:///path (a private server's socket) or
    sentinel://host:port;sentinel://host:port/DB?master=NAME. Raises ConfigurationError for anything else."""
    options: dict[str, Any] = {
        "visibility_timeout": VISIBILITY,
        "socket_connect_timeout": _CONNECT,
        "socket_timeout": 10.0,  # a worker's own wait for messages is shorter, so only a dead line takes this long
        "socket_keepalive": True,
        "health_check_interval": 10,
        "queue_order_strategy": "priority",
    }
    if url.startswith(("redis://", "rediss://")):
        return Broker(url, options, redis_url=url)
    if url.startswith("redis+socket://"):
        return Broker(url, options, redis_url="unix://" + url.removeprefix("redis+socket://"))
    if url.startswith("sentinel://"):
        return _sentinels(url, options)
    raise ConfigurationError("FOLLOWUP_BROKER_URL: must begin with redis://, rediss://, redis+socket:// or sentinel://")


def _sentinels(url: str, options: dict[str, Any]) -> Broker:
    bare, _, query = url.partition("?")
    master = parse_qs(query).get("master", [""])[0]
    if not master:
        raise ConfigurationError("FOLLOWUP_BROKER_URL: a sentinel URL must end in ?master=NAME")
    parts = [urlsplit(one) for one in bare.split(";")]
    path = parts[-1].path.strip("/")
    credentials = {
        name: unquote(value)
        for name, value in (("username", parts[0].username), ("password", parts[0].password))
        if value
    }
    return Broker(
        bare,
        {**options, "master_name": master},
        sentinels=tuple((part.hostname or "localhost", part.port or 26379) for part in parts),
        master=master,
        database=int(path) if path.isdigit() else 0,
        credentials=credentials,
    )


def redis_options() -> dict[str, Any]:
    """How redis-py speaks to a broker: short patience, so that nobody hangs on one that is gone."""
    return {"socket_connect_timeout": _CONNECT, "socket_timeout": _ANSWER, "health_check_interval": 10}
