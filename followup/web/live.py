"""Live screens: one stream a browser that says which word changed, never what; the screen then asks for it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from followup.domain.errors import GatewayError
from followup.services import queue_view
from followup.services.context import Services
from followup.services.sessions import SignedIn
from followup.web.session import services_of, signed_in

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

# A comment this often keeps proxies from closing the line and tells us that the browser has gone.
_BEAT = 20.0
# A stream ends after so long, and the browser opens another: its session is checked again each time.
_LONGEST = 300.0


@router.get("/live")
async def live(request: Request, who: Annotated[SignedIn, Depends(signed_in)]) -> Response:
    """What changes at the clinic, as server-sent events; a locked screen may listen, since only words are said.

    The session was looked up before the stream begins, and no database connection is held while it runs.
    """
    services = services_of(request)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(services, who, request), media_type="text/event-stream", headers=headers)


async def _stream(services: Services, who: SignedIn, request: Request) -> AsyncIterator[str]:
    """The words as they are announced.

    1. A task waits for the next word; 2. when none comes within a beat, a comment is sent instead and the same task is
    waited for again, since cancelling it would lose the word that is just arriving; 3. when the broker is gone the
    browser is told to poll, and comes back later.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + _LONGEST
    words = services.queue.listen(who.clinic_id).__aiter__()
    waiting: asyncio.Task[str] | None = None
    yield "retry: 3000\nevent: hello\ndata: 1\n\n"
    try:
        while loop.time() < ends and not await request.is_disconnected():
            waiting = waiting or asyncio.ensure_future(_next(words))
            done, _ = await asyncio.wait({waiting}, timeout=_BEAT)
            if not done:
                yield ": beat\n\n"
                continue
            word = waiting.result()
            waiting = None
            yield f"event: changed\ndata: {word}\n\n"
    except (GatewayError, StopAsyncIteration):
        yield "retry: 15000\nevent: poll\ndata: 1\n\n"
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        close = getattr(words, "aclose", None)
        if close is not None:
            await close()


async def _next(words: AsyncIterator[str]) -> str:
    try:
        return await words.__anext__()
    except StopAsyncIteration:
        # A task cannot end with StopAsyncIteration; the broker has nothing more to say, which is the same as gone.
        raise GatewayError("The broker stopped listening.") from None


@router.get("/live/counts")
def counts(request: Request, who: Annotated[SignedIn, Depends(signed_in)]) -> Response:
    """How many cases stand in each tab: for a title, an alarm and a locked screen."""
    found = queue_view.counts(services_of(request), who.clinic_id, who.staff_id)
    return JSONResponse(
        {
            "todo": found.todo,
            "mine": found.mine,
            "open": found.open,
            "emergencies": found.emergencies,
            "ringing": found.ringing,
            "locked": who.locked,
        }
    )
