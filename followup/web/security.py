"""What every answer tells the browser: run nothing that is not ours, keep nothing, be framed by nobody."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BASE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


class SecurityHeaders:
    """Adds the headers to every answer that has not set its own; ASGI, so that a stream is not held back."""

    def __init__(self, app: ASGIApp, *, demo: bool = False, https: bool = False) -> None:
        self.app = app
        # The demo's page shows the queue beside the patient's phone, in a frame of its own origin.
        self.policy = _POLICY.format(ancestors="'self'" if demo else "'none'")
        self.extra: dict[str, str] = {"X-Frame-Options": "SAMEORIGIN" if demo else "DENY"}
        if demo:
            self.policy = self.policy.replace("connect-src", "frame-src 'self'; connect-src")
        if https:
            self.extra["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = str(scope["path"]).startswith("/static/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**_BASE, **self.extra, "Content-Security-Policy": self.policy}.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "public, max-age=3600" if static else "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


def place_of(scope_client: Any) -> str:
    """Where a request came from, for counting failed sign-ins (uvicorn fills it in from a trusted proxy's header)."""
    return str(scope_client.host) if scope_client else "unknown"
