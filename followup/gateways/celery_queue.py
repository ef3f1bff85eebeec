"""Wakes workers through Celery's broker, and open screens through its publish and subscribe."""

import os
import threading
import time
from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID

import structlog
from celery import Celery
from redis import Redis, Sentinel
from redis import asyncio as redis_asyncio
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.exceptions import RedisError

from followup.broker import EXPIRES, QUEUE_OF, read_broker, redis_options
from followup.domain.errors import TransientGatewayError

log = structlog.get_logger(__name__)
# After a failure nobody tries again for so long: a broker that is gone must not make each request wait for it.
_REST = 2.0
_LISTEN = 15.0  # seconds between signs that a listener is still there


class CeleryQueue:
    """One broker. Nothing here raises or hangs when it is gone, except `listen` and `check`, which say so."""

    def __init__(self, url: str) -> None:
        self._broker = read_broker(url)
        self._guard = threading.Lock()
        self._pid = 0
        self._app: Celery | None = None
        self._redis: Redis | None = None
        self._resting_until = 0.0

    def wake(self, task: str, *args: str) -> bool:
        """Ask a worker to run a task by name, now. False when the broker could not be reached."""
        if time.monotonic() < self._resting_until:
            return False
        try:
            app, _ = self._doors()
            app.send_task(
                task, args=args, queue=QUEUE_OF[task], expires=EXPIRES.get(task), retry=False, ignore_result=True
            )
        except Exception as error:  # whatever is wrong with the broker: the next tick or poll makes it good
            self._rest("wake", error)
            return False
        return True

    def announce(self, clinic_id: UUID, what: str) -> bool:
        """Tell the clinic's open screens that something changed."""
        if time.monotonic() < self._resting_until:
            return False
        try:
            self._doors()[1].publish(_channel(clinic_id), what)
        except (RedisError, OSError) as error:
            self._rest("announce", error)
            return False
        return True

    async def listen(self, clinic_id: UUID) -> AsyncIterator[str]:
        """What is announced for a clinic from now on. Raises TransientGatewayError when the broker is gone."""
        client = self._listener()
        try:
            async with client.pubsub() as pubsub:
                await pubsub.subscribe(_channel(clinic_id))
                while True:
                    message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=_LISTEN)
                    if message is None:
                        await pubsub.ping()  # a line that died in silence fails here
                    elif message["type"] == "message":
                        yield message["data"].decode()
        except (RedisError, OSError, TimeoutError) as error:
            raise TransientGatewayError(f"The broker is gone: {type(error).__name__}") from error
        finally:
            await client.aclose()

    def check(self) -> str:
        """Say which broker answers. Raises TransientGatewayError when none does."""
        try:
            found: Any = self._doors()[1].info("server")
        except (RedisError, OSError) as error:
            raise TransientGatewayError(f"The broker does not answer: {type(error).__name__}") from error
        name = found.get("server_name", "redis")
        return f"{name} {found.get(f'{name}_version') or found.get('redis_version', '')}".strip()

    def _rest(self, what: str, error: Exception) -> None:
        self._resting_until = time.monotonic() + _REST
        log.warning("broker_unreachable", what=what, error=type(error).__name__)

    def _doors(self) -> tuple[Celery, Redis]:
        """This process's own connections; a forked child must not share its parent's."""
        with self._guard:
            if self._app is None or self._redis is None or self._pid != os.getpid():
                options = {**self._broker.celery_options, "socket_timeout": redis_options()["socket_timeout"]}
                app = Celery("followup-waker", broker=self._broker.celery_url, set_as_current=False)
                app.conf.update(
                    broker_transport_options=options,
                    broker_connection_timeout=options["socket_connect_timeout"],
                    task_publish_retry=False,
                    task_ignore_result=True,
                    broker_pool_limit=4,
                    result_backend=None,
                )
                self._app, self._redis, self._pid = app, self._client(), os.getpid()
            return self._app, self._redis

    def _client(self) -> Redis:
        broker = self._broker
        if broker.sentinels:
            watch: Any = Sentinel(list(broker.sentinels), **redis_options())  # type: ignore[no-untyped-call]
            found = watch.master_for(broker.master, db=broker.database, **broker.credentials, **redis_options())
            return cast(Redis, found)
        return Redis.from_url(broker.redis_url, **redis_options())

    def _listener(self) -> "redis_asyncio.Redis":
        broker = self._broker
        # A listener waits long by its nature; only its connecting must be quick.
        options = {**redis_options(), "socket_timeout": None}
        if broker.sentinels:
            watch: Any = AsyncSentinel(list(broker.sentinels), **redis_options())  # type: ignore[no-untyped-call]
            found = watch.master_for(broker.master, db=broker.database, **broker.credentials, **options)
            return cast("redis_asyncio.Redis", found)
        return redis_asyncio.Redis.from_url(broker.redis_url, **options)


def _channel(clinic_id: UUID) -> str:
    return f"followup:{clinic_id}"
