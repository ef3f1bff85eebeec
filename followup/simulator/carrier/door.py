"""Stands before the REST API: asks for credentials, is slow where told to, and writes refusals as Twilio does."""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from followup.simulator.carrier.refusals import Refusal
from followup.simulator.carrier.state import Carrier
from followup.simulator.faults import Misbehaviour

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Lets in whoever has the account's SID and token, or one of its API keys."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._account = carrier.settings.account_sid
        pairs = {self._account: carrier.settings.auth_token, **carrier.settings.api_keys}
        self._credentials = {
            b"Basic " + base64.b64encode(f"{name}:{secret}".encode()) for name, secret in pairs.items()
        }

    def guarded(self, handler: Handler) -> Handler:
        """The same handler behind this door."""

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._authenticate(request)
                if delay := self._carrier.faults.delay(Misbehaviour.LATENCY):
                    await asyncio.sleep(delay)
                return await handler(request)
            except Refusal as refusal:
                headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.status == 401 else {}
                return web.json_response(refusal.as_json(), status=refusal.status, headers=headers)

        return answer

    def _authenticate(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode()
        if not any(hmac.compare_digest(given, known) for known in self._credentials):
            raise Refusal(20003)
        if request.match_info["account"] != self._account:
            raise not_found(request)


def not_found(request: web.Request) -> Refusal:
    """What the carrier says where it has nothing."""
    return Refusal(20404, f"The requested resource {request.path} was not found")
