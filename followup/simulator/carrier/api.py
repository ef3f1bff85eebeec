"""The carrier's REST API for messages and their media, as Twilio publishes it."""

import asyncio
import time
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from followup.simulator.carrier import shapes
from followup.simulator.carrier.door import Door, not_found
from followup.simulator.carrier.listing import page_of, sent_within
from followup.simulator.carrier.refusals import Refusal
from followup.simulator.carrier.sending import take
from followup.simulator.carrier.state import Carrier
from followup.simulator.carrier.texts import Text
from followup.simulator.faults import Misbehaviour

_FOREVER = 3600.0  # seconds a hung call hangs where the fault does not say


class MessagesApi:
    """The account's resources for messages; one method a call."""

    def __init__(self, carrier: Carrier, door: Door) -> None:
        self._carrier = carrier
        self._account = carrier.settings.account_sid
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        message = f"{shapes.ACCOUNT}/Messages/{{sid}}"
        return [
            web.post(f"{shapes.ACCOUNT}/Messages.json", self._door.guarded(self.create)),
            web.get(f"{shapes.ACCOUNT}/Messages.json", self._door.guarded(self.list)),
            web.get(f"{message}.json", self._door.guarded(self.fetch)),
            web.post(f"{message}.json", self._door.guarded(self.update)),
            web.delete(f"{message}.json", self._door.guarded(self.delete)),
            web.post(f"{message}/Feedback.json", self._door.guarded(self.feedback)),
            web.get(f"{message}/Media.json", self._door.guarded(self.list_media)),
            web.get(f"{message}/Media/{{media}}.json", self._door.guarded(self.fetch_media)),
            web.get(f"{message}/Media/{{media}}", self._door.guarded(self.media_content)),
            web.delete(f"{message}/Media/{{media}}.json", self._door.guarded(self.delete_media)),
            web.delete(f"{message}/Media/{{media}}", self._door.guarded(self.delete_media)),
            web.get("/carrier-content/{media}", self.content_host),
        ]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Send a message, or misbehave."""
        form = parse_qs((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
        to = (form.get("To") or [""])[0]
        if (troubled := await self._trouble_before(request, to)) is not None:
            return troubled
        text = take(self._carrier, form)
        answer = web.json_response(self._shape(text), status=201)
        return await self._trouble_after(request, to) or answer

    async def _trouble_before(self, request: web.Request, to: str) -> web.StreamResponse | None:
        draw = self._carrier.faults.draw
        if draw(Misbehaviour.TOO_MANY, to):
            raise Refusal(20429)
        if draw(Misbehaviour.ERROR_BEFORE, to):
            raise Refusal(20503)
        if rule := draw(Misbehaviour.REFUSED, to):
            raise Refusal(rule.code)
        if draw(Misbehaviour.DROP_BEFORE, to):
            return self._cut(request)
        if rule := draw(Misbehaviour.HANG_BEFORE, to):
            return await self._hang(request, rule.seconds)
        return None

    async def _trouble_after(self, request: web.Request, to: str) -> web.StreamResponse | None:
        draw = self._carrier.faults.draw
        if draw(Misbehaviour.ERROR_AFTER, to):
            raise Refusal(20500)
        if draw(Misbehaviour.DROP_AFTER, to):
            return self._cut(request)
        if rule := draw(Misbehaviour.HANG_AFTER, to):
            return await self._hang(request, rule.seconds)
        return None

    def _cut(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _hang(self, request: web.Request, seconds: float) -> web.StreamResponse:
        try:
            async with asyncio.timeout(seconds or _FOREVER):
                await self._carrier.stopping.wait()
        except TimeoutError:
            pass
        return self._cut(request)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """The log, newest first."""
        carrier, query = self._carrier, request.query
        to, from_ = query.get("To"), query.get("From")
        if carrier.faults.draw(Misbehaviour.LIST_ERROR, to or ""):
            raise Refusal(20503)
        texts = carrier.texts.newest_first(to, from_)
        lagging = carrier.faults.delay(Misbehaviour.LIST_LAG, to or "")
        if lagging:
            newest = time.monotonic() - lagging
            texts = (text for text in texts if text.taken_at <= newest)
        texts = sent_within(texts, query.get("DateSent", ""), query.get("DateSent>", ""), query.get("DateSent<", ""))
        page = page_of(texts, query.get("Page", ""), query.get("PageSize", ""), query.get("PageToken", ""))
        kept = [(name, value) for name, value in query.items() if name not in ("Page", "PageSize", "PageToken")]
        shaped = [self._shape(text) for text in page.texts]
        return web.json_response(
            shapes.page_json("messages", shaped, request.path, kept, page.number, page.size, page.next_token)
        )

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One message."""
        return web.json_response(self._shape(self._text(request)))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Cancel a message that has not left, or redact one: an empty Body is written over the words."""
        text = self._text(request)
        form = parse_qs((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
        if form.get("Status") == ["canceled"]:
            if text.status not in ("accepted", "queued", "scheduled"):
                raise Refusal(30409)
            text.status = "canceled"
        elif form.get("Body") == [""]:
            if text.status in ("accepted", "queued", "sending"):
                raise Refusal(20001, "A message can be redacted only when it is finished")
            text.body = ""
        else:
            raise Refusal(20001, "Give Status=canceled, or an empty Body to redact")
        text.updated = self._carrier.settings.wire_clock()
        self._carrier.changes.note((f"phone:{text.phone}",))
        return web.json_response(self._shape(text))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Take a message out of the log."""
        self._carrier.texts.remove(self._text(request))
        return web.Response(status=204)

    async def feedback(self, request: web.Request) -> web.StreamResponse:
        """Take note that a person acted on a message."""
        text = self._text(request)
        form = parse_qs((await request.read()).decode("utf-8", "replace"))
        now = shapes.rfc2822(self._carrier.settings.wire_clock())
        shaped = {
            "account_sid": self._account,
            "date_created": now,
            "date_updated": now,
            "message_sid": text.sid,
            "outcome": (form.get("Outcome") or ["confirmed"])[0],
            "uri": request.path,
        }
        return web.json_response(shaped)

    async def list_media(self, request: web.Request) -> web.StreamResponse:
        """The files of a message."""
        text = self._text(request)
        shaped = [shapes.media_json(medium, text, self._account) for medium in self._carrier.texts.media_of(text)]
        return web.json_response(shapes.page_json("media_list", shaped, request.path, [], 0, 50, None))

    async def fetch_media(self, request: web.Request) -> web.StreamResponse:
        """What is known of a file."""
        text = self._text(request)
        found = self._carrier.texts.media(request.match_info["media"])
        if found is None:
            raise not_found(request)
        return web.json_response(shapes.media_json(found[1], text, self._account))

    async def media_content(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file: a redirect to the content host, as the real one answers, or at once."""
        self._text(request)
        found = self._carrier.texts.media(request.match_info["media"])
        if found is None:
            raise not_found(request)
        if self._carrier.settings.media_redirects:
            location = f"{self._carrier.base_url}/carrier-content/{found[1].sid}"
            return web.Response(status=307, headers={"Location": location})
        return web.Response(body=found[1].content, content_type=found[1].content_type)

    async def content_host(self, request: web.Request) -> web.StreamResponse:
        """The content host: whoever has the address has the file."""
        found = self._carrier.texts.media(request.match_info["media"])
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[1].content, content_type=found[1].content_type)

    async def delete_media(self, request: web.Request) -> web.StreamResponse:
        """Delete a file."""
        self._text(request)
        found = self._carrier.texts.media(request.match_info["media"])
        if found is None:
            raise not_found(request)
        self._carrier.texts.remove_media(found[1])
        return web.Response(status=204)

    def _text(self, request: web.Request) -> Text:
        text = self._carrier.texts.get(request.match_info["sid"])
        if text is None:
            raise not_found(request)
        return text

    def _shape(self, text: Text) -> dict[str, Any]:
        return shapes.text_json(text, self._account, len(self._carrier.texts.media_of(text)) if text.media else 0)
