"""One event loop a process, in a thread of its own, on which texts of all batches are handed over side by side.

A loop a batch would throw away the provider's open connections with it.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from followup.gateways.sms import SmsGateway

T = TypeVar("T")
# Calls to the carrier under way at once in this process.
IN_FLIGHT = 200

_guard = threading.Lock()
_loops: dict[int, "_Running"] = {}


def _new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which needs a third less of the processor for a call to the carrier; Windows has only Python's own."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


class _Running:
    """The loop of one process and its limit."""

    def __init__(self) -> None:
        self.loop = _new_loop()
        self.limit = asyncio.Semaphore(IN_FLIGHT)
        # A daemon thread: a process that ends does not wait for answers, and leases settle what was under way.
        threading.Thread(target=self._run, name="sending-loop", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()


def _running() -> _Running:
    """The loop of this process, made at first use; a forked child makes its own."""
    with _guard:
        found = _loops.get(os.getpid())
        if found is None:
            _loops.clear()  # what a parent left here belongs to the parent
            found = _loops[os.getpid()] = _Running()
        return found


def start(work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Run a coroutine on the process's loop; the future is the calling thread's to wait for."""
    return asyncio.run_coroutine_threadsafe(work, _running().loop)


def close(gateway: SmsGateway | None) -> None:
    """Close the gateway's lines and end this process's loop, if it has one; what is under way is left to the leases."""
    with _guard:
        found = _loops.pop(os.getpid(), None)
    if found is not None:
        if gateway is not None:
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(gateway.close(), found.loop).result(timeout=2)
        found.loop.call_soon_threadsafe(found.loop.stop)


def limit() -> asyncio.Semaphore:
    """What keeps the calls under way within bounds; use it on the loop."""
    return _running().limit
