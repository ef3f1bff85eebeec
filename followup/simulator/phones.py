"""Serves people's phones as JSON: who there is, what a phone shows, and what its owner sends."""

import asyncio
import base64
import binascii
from dataclasses import asdict
from typing import Any

from aiohttp import web

from followup.domain.errors import Fault, InvalidInput
from followup.simulator.carrier.inbound import receive, receive_and_wait
from followup.simulator.carrier.sending import normal_number
from followup.simulator.carrier.state import Carrier
from followup.simulator.control import read_json, seen

_MAX_MEDIA_BYTES = 5_000_000
_LONGEST_WAIT = 60.0  # seconds


class Phones:
    """Endpoints under /simulator/phones, and the long poll that says what changed."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [
            web.get("/simulator/phones", self.phones),
            web.get("/simulator/phones/{number}/thread", self.thread),
            web.post("/simulator/phones/{number}/send", self.send),
            web.post("/simulator/phones/{number}/keys", self.keys),
            web.get("/simulator/phones/{number}/calls", self.calls),
            web.get("/simulator/media/{sid}/{index}", self.media),
            web.get("/simulator/changes", self.changes),
        ]

    async def phones(self, request: web.Request) -> web.Response:
        """Every phone with a thread, the newest first."""
        found = [self._carrier.texts.thread(phone)[-1] for phone in self._carrier.texts.phones()]
        return web.json_response({"phones": [{"number": text.phone, "last": seen(text)} for text in found]})

    async def thread(self, request: web.Request) -> web.Response:
        """What one phone shows, oldest first."""
        phone = _phone(request)
        texts = [seen(text) for text in self._carrier.texts.thread(phone)]
        return web.json_response({"number": phone, "version": self._carrier.changes.version, "texts": texts})

    async def send(self, request: web.Request) -> web.Response:
        """The owner texts the clinic: `{body, to?, media?: [{content_type, content (base64)}], wait?}`.

        `to` is the number that texted this phone last, or else the clinic's first. With `wait` the answer comes after
        the webhook and says how that went.
        """
        phone, raw = _phone(request), await read_json(request)
        if not isinstance(raw, dict) or not isinstance(raw.get("body", ""), str):
            raise InvalidInput(Fault("body", "is missing; give the words of the text"))
        body, media = raw.get("body", ""), _media(raw.get("media") or [])
        if not body and not media:
            raise InvalidInput(Fault("body", "is empty; a text needs words or a picture"))
        to = str(raw.get("to") or clinic_number(self._carrier, phone))
        if to not in self._carrier.numbers:
            raise InvalidInput(Fault("to", f"{to} is not one of the clinic's numbers"))
        if not raw.get("wait"):
            return web.json_response(seen(receive(self._carrier, phone, to, body, media)), status=202)
        text, post = await receive_and_wait(self._carrier, phone, to, body, media)
        told = None if post is None else {"status": post.status, "trouble": post.trouble, "attempts": post.attempt + 1}
        return web.json_response({**seen(text), "webhook": told}, status=201)

    async def keys(self, request: web.Request) -> web.Response:
        """What the owner presses in the calls to come, one key for each time they are asked: `{keys: ["1"]}`."""
        phone, raw = _phone(request), await read_json(request)
        keys = raw.get("keys") if isinstance(raw, dict) else None
        if not isinstance(keys, list) or not all(isinstance(key, str) and len(key) == 1 for key in keys):
            raise InvalidInput(Fault("keys", 'must be a list of single keys such as ["1"]'))
        self._carrier.digits[phone] = list(keys)
        return web.json_response({"number": phone, "keys": keys})

    async def calls(self, request: web.Request) -> web.Response:
        """The calls of one phone, oldest first: what was heard and pressed."""
        phone = _phone(request)
        found = [asdict(call) for call in self._carrier.calls.values() if call.phone == phone]
        for call in found:
            for name in ("created", "started", "ended"):
                call[name] = call[name].isoformat() if call[name] else None
        return web.json_response({"number": phone, "calls": found})

    async def media(self, request: web.Request) -> web.Response:
        """A picture on a person's own screen."""
        text, index = self._carrier.texts.get(request.match_info["sid"]), request.match_info["index"]
        if text is None or not index.isdigit() or int(index) >= len(text.media):
            return web.Response(status=404)
        medium = text.media[int(index)]
        shown = medium.content_type if medium.content_type.startswith("image/") else "application/octet-stream"
        return web.Response(body=medium.content, content_type=shown, headers={"X-Content-Type-Options": "nosniff"})

    async def changes(self, request: web.Request) -> web.Response:
        """What changed after `since`; waits up to `wait` seconds (25) for something to."""
        try:
            since, wait = int(request.query.get("since", 0)), float(request.query.get("wait", 25))
        except ValueError:
            raise InvalidInput(Fault("since", "and wait must be numbers")) from None
        changes, stopping = self._carrier.changes, self._carrier.stopping
        try:
            async with asyncio.timeout(max(0.0, min(wait, _LONGEST_WAIT))):
                await changes.until(lambda: changes.version > since or stopping.is_set())
        except TimeoutError:
            pass
        return web.json_response(
            {
                "version": changes.version,
                "topics": changes.since(since),
                "now": self._carrier.settings.clock().isoformat(),
            }
        )


def clinic_number(carrier: Carrier, phone: str) -> str:
    """The clinic's number that a person's answer goes to."""
    for text in reversed(carrier.texts.thread(phone)):
        return text.to if text.inbound else text.from_
    return next(iter(carrier.numbers), "")


def _phone(request: web.Request) -> str:
    number = normal_number(request.match_info["number"])
    if number is None:
        raise InvalidInput(Fault("number", f"{request.match_info['number']} is no phone number such as +13125550101"))
    return number


def _media(raw: Any) -> list[tuple[str, bytes]]:
    media: list[tuple[str, bytes]] = []
    try:
        for item in raw:
            content = base64.b64decode(item["content"], validate=True)
            if len(content) > _MAX_MEDIA_BYTES:
                raise InvalidInput(
                    Fault("media", f"holds {len(content)} bytes; at most {_MAX_MEDIA_BYTES} can be sent")
                )
            media.append((str(item["content_type"]), content))
    except (TypeError, KeyError, binascii.Error):
        raise InvalidInput(Fault("media", "must be a list of {content_type, content}, the content in base64")) from None
    return media
