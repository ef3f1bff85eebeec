"""How Twilio's own client reaches Twilio: lines that stay open, time limits that hold, and no second try."""

import asyncio
import base64
import logging
import weakref
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

TWILIO = "https://api.twilio.com"
TOTAL, CONNECT = 10.0, 3.0  # seconds for a whole call, and for its connection
# Idle lines are dropped before the other side drops them: a line that dies under a send leaves it in doubt.
_KEEP_ALIVE = 10.0
_LINES = 256


class AiohttpClient(AsyncHttpClient):  # type: ignore[misc]
    """What Twilio's client sends through: one session a loop with lines that stay open, and time limits that hold."""

    def __init__(self, api_url: str) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=True, timeout=TOTAL)
        self._api_url = api_url
        self._auth: tuple[tuple[str, str], dict[str, str]] = ("", ""), {}
        self._sessions: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = (
            weakref.WeakKeyDictionary()
        )

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  (Twilio's signature; ours is the session's)
        allow_redirects: bool = False,
    ) -> Response:
        """One call, once. Nothing is logged: the words and the number are in it."""
        async with self._session().request(
            method,
            rewritten(uri, self._api_url),
            params={key: str(value) for key, value in (params or {}).items() if value is not None} or None,
            data=urlencode(data, doseq=True) if data else None,
            headers={**(headers or {}), **self._credentials(auth)},
            allow_redirects=False,
        ) as answer:
            return Response(answer.status, await answer.text(), answer.headers)

    def _credentials(self, auth: tuple[str, str] | None) -> dict[str, str]:
        if auth is None:
            return {}
        if auth != self._auth[0]:
            pair = base64.b64encode(f"{auth[0]}:{auth[1]}".encode()).decode()
            self._auth = auth, {"Authorization": f"Basic {pair}"}
        return self._auth[1]

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            session = self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_LINES, limit_per_host=_LINES, keepalive_timeout=_KEEP_ALIVE),
                timeout=aiohttp.ClientTimeout(total=TOTAL, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return session

    async def close(self) -> None:
        """Close the lines of the running loop."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()


class BlockingClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own blocking client, sent where this process reaches Twilio; it never tries a call again."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=TOTAL)
        self.session.trust_env = False
        self._api_url = api_url

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """One call."""
        return super().request(method, rewritten(url, self._api_url), *args, **options)


def rewritten(url: str, api_url: str) -> str:
    """Twilio's client knows only Twilio's hosts; paths are the same elsewhere."""
    if api_url == TWILIO:
        return url
    parts = urlsplit(url)
    return f"{api_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
