"""Posts signed webhooks, and retries them as the fragment of the address asks (`#rc=5&rp=all`)."""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlencode

import aiohttp
from yarl import URL

from followup.simulator.carrier.signature import sign
from followup.simulator.changes import Changes
from followup.simulator.settings import SimulatorSettings

Form = Sequence[tuple[str, str]]
_RETRY_PAUSE = 0.05  # seconds
_KEPT_POSTS = 2000
_RECEIPTS_AT_ONCE, _OTHERS_AT_ONCE = 64, 64
_PLAIN = aiohttp.ClientTimeout(total=15.0)


@dataclass(frozen=True, slots=True)
class Overrides:
    """How long a webhook may take and when it is tried again; the defaults are the carrier's."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    policy: tuple[str, ...] = ("ct",)

    @classmethod
    def of(cls, fragment: str) -> "Overrides":
        """Read a fragment; what it leaves out, or says wrong, keeps the default."""
        given = {name: values[-1] for name, values in parse_qs(fragment).items()}

        def number(name: str, default: float, low: int, high: int, scale: float) -> float:
            value = given.get(name, "")
            return int(value) * scale if value.isdigit() and low <= int(value) <= high else default

        return cls(
            connect=number("ct", 5.0, 100, 10_000, 0.001),
            read=number("rt", 15.0, 100, 15_000, 0.001),
            total=number("tt", 15.0, 100, 15_000, 0.001),
            retries=int(number("rc", 1, 0, 5, 1)),
            policy=tuple(given.get("rp", "ct").split(",")),
        )

    def retries_on(self, trouble: str) -> bool:
        """Whether this trouble (ct, rt, 4xx, 5xx, other) is one to try again after."""
        return "all" in self.policy or trouble in self.policy


@dataclass(frozen=True, slots=True)
class Post:
    """One attempt to tell the service something. `status` is 0 where no answer came; `trouble` is "" for a 2xx."""

    url: str
    form: dict[str, str]
    status: int
    trouble: str
    answer: str
    attempt: int


class Webhooks:
    """The way back to the service. `posts` holds the newest attempts."""

    def __init__(self, settings: SimulatorSettings, changes: Changes) -> None:
        self._changes = changes
        self._token = settings.auth_token
        self._session: aiohttp.ClientSession | None = None
        # Receipts wait for each other and never hold up what people write; the wait is the carrier's, so it
        # does not count against the time a webhook may take.
        self._slots = {True: asyncio.Semaphore(_RECEIPTS_AT_ONCE), False: asyncio.Semaphore(_OTHERS_AT_ONCE)}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.posts: deque[Post] = deque(maxlen=_KEPT_POSTS)

    async def start(self) -> None:
        """Open the connection pool."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def stop(self) -> None:
        """Give up what is under way and close."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something in the background until it is done or the simulator stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "work of the simulator failed", "exception": error, "task": task}
            )

    @property
    def busy(self) -> int:
        """How much is under way: receipts to come, posts in flight."""
        return len(self._tasks)

    async def quiet(self) -> None:
        """Wait until nothing is under way, what follows from it included."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def post(self, url: str, form: Form, *, receipt: bool = False) -> Post:
        """Post a form, signed, with its retries; the last attempt is returned."""
        address, fragment = urldefrag(url)
        async with self._slots[receipt]:
            return await self._post(address, form, Overrides.of(fragment))

    async def _post(self, address: str, form: Form, overrides: Overrides) -> Post:
        deadline = time.monotonic() + overrides.total
        token = uuid.uuid4().hex
        attempt = 0
        while True:
            post = await self._attempt(address, form, token, overrides, deadline, attempt)
            self.posts.append(post)
            self._changes.note(("posts",))
            attempt += 1
            out_of_time = time.monotonic() + _RETRY_PAUSE >= deadline
            if not post.trouble or attempt > overrides.retries or out_of_time or not overrides.retries_on(post.trouble):
                return post
            await asyncio.sleep(_RETRY_PAUSE)

    async def plain_post(self, url: str, body: str) -> int:
        """Post a form as a person's own program does, unsigned; the HTTP status, 0 where no answer came."""
        if self._session is None:
            raise RuntimeError("the simulator is not running")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            async with self._session.post(
                URL(url, encoded=True), data=body, headers=headers, timeout=_PLAIN
            ) as response:
                return response.status
        except (aiohttp.ClientError, OSError):
            return 0

    async def _attempt(
        self, url: str, form: Form, token: str, overrides: Overrides, deadline: float, attempt: int
    ) -> Post:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign(self._token, url, form),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        timeout = aiohttp.ClientTimeout(
            total=max(deadline - time.monotonic(), 0.01), sock_connect=overrides.connect, sock_read=overrides.read
        )
        status, answer, trouble = 0, "", ""
        if self._session is None:
            raise RuntimeError("the simulator is not running")
        try:
            async with self._session.post(
                URL(url, encoded=True), data=urlencode(form), headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, answer = response.status, await response.text(errors="replace")
            if status >= 300:
                trouble = f"{status // 100}xx"
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            trouble = "ct"
        except TimeoutError:
            trouble = "rt"
        except (aiohttp.ClientError, OSError):
            trouble = "other"
        return Post(url, dict(form), status, trouble, answer, attempt)
