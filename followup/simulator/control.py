"""Lets tests and operators steer a running simulator over HTTP: faults, webhook addresses, and what was carried."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any, cast

from aiohttp import web

from followup.domain.errors import Fault, InvalidInput
from followup.simulator.carrier.state import Carrier, Number
from followup.simulator.carrier.texts import Text
from followup.simulator.faults import FaultRule, rule_from_json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_URLS = ("sms_url", "sms_fallback_url", "voice_url")


class Control:
    """The simulator's own API under /simulator, for steering and for looking."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [
            web.get("/simulator/faults", self.faults),
            web.post("/simulator/faults", self.add_faults),
            web.delete("/simulator/faults", self.clear_faults),
            web.get("/simulator/numbers", self.numbers),
            web.post("/simulator/numbers", self.set_number),
            web.get("/simulator/messages", self.messages),
            web.get("/simulator/accepted", self.accepted),
            web.get("/simulator/posts", self.posts),
        ]

    async def faults(self, request: web.Request) -> web.Response:
        """The rules in force."""
        return web.json_response({"faults": self._carrier.faults.as_json()})

    async def add_faults(self, request: web.Request) -> web.Response:
        """Put one rule (an object) or several (a list) in force; 422 names every fault and changes nothing."""
        raw = await read_json(request)
        rules: list[FaultRule] = []
        wrong: list[Fault] = []
        for index, item in enumerate(raw if isinstance(raw, list) else [raw]):
            try:
                rules.append(rule_from_json(item, f"{index}." if isinstance(raw, list) else ""))
            except InvalidInput as error:
                wrong += error.faults
        if wrong:
            raise InvalidInput(wrong)
        self._carrier.faults.add(*rules)
        return await self.faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Behave again."""
        self._carrier.faults.clear()
        return await self.faults(request)

    async def numbers(self, request: web.Request) -> web.Response:
        """The account's numbers and where their webhooks go."""
        return web.json_response({"numbers": [asdict(number) for number in self._carrier.numbers.values()]})

    async def set_number(self, request: web.Request) -> web.Response:
        """Add a number, or change the addresses of one: `{number, sms_url?, sms_fallback_url?, voice_url?}`."""
        raw = await read_json(request)
        if not isinstance(raw, dict) or not isinstance(raw.get("number"), str):
            raise InvalidInput(Fault("number", "is missing; give one such as +13125550100"))
        unknown = set(raw) - {"number", *_URLS}
        if unknown:
            raise InvalidInput([Fault(name, f"is not known; known are {', '.join(_URLS)}") for name in sorted(unknown)])
        number = self._carrier.numbers.setdefault(raw["number"], Number(raw["number"]))
        for name in _URLS:
            if name in raw:
                setattr(number, name, str(raw[name]))
        return await self.numbers(request)

    async def messages(self, request: web.Request) -> web.Response:
        """Every text, oldest first; `phone` narrows to one person."""
        phone = request.query.get("phone")
        texts = self._carrier.texts.thread(phone) if phone else list(self._carrier.texts)
        return web.json_response({"messages": [seen(text) for text in texts]})

    async def accepted(self, request: web.Request) -> web.Response:
        """Every send that was taken, whatever the caller was told."""
        return web.json_response({"accepted": [asdict(taken) for taken in self._carrier.texts.accepted]})

    async def posts(self, request: web.Request) -> web.Response:
        """The newest webhook attempts and their answers."""
        return web.json_response({"posts": [asdict(post) for post in self._carrier.webhooks.posts]})


def seen(text: Text) -> dict[str, Any]:
    """A text as a phone shows it."""
    return {
        "sid": text.sid,
        "direction": "in" if text.inbound else "out",  # as the clinic sees it
        "from": text.from_,
        "to": text.to,
        "body": text.body,
        "status": text.status,
        "error_code": text.error_code,
        "segments": text.segments,
        "at": text.shown.isoformat(),
        "by_carrier": not text.logged,
        "media": [
            {
                "sid": medium.sid,
                "content_type": medium.content_type,
                "url": medium.url or f"/simulator/media/{text.sid}/{n}",
            }
            for n, medium in enumerate(text.media)
        ],
    }


async def read_json(request: web.Request) -> Any:
    """The request's JSON; InvalidInput where it is none."""
    try:
        return json.loads(await request.text() or "null")
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidInput(Fault("body", f"is not JSON: {error}")) from None


def answering_in_json(routes: Sequence[web.RouteDef]) -> list[web.RouteDef]:
    """The same routes, where what cannot be used is answered with 422 and every fault.

    A page of another origin that a browser has open may not change anything here.
    """

    def wrap(handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if request.method != "GET" and origin is not None and origin != f"http://{request.host}":
                return web.json_response({"title": "This page may not steer the simulator", "status": 403}, status=403)
            try:
                return await handler(request)
            except InvalidInput as error:
                errors = [{"field": fault.field, "message": fault.message} for fault in error.faults]
                return web.json_response({"title": str(error), "status": 422, "errors": errors}, status=422)

        return answer

    return [web.route(route.method, route.path, wrap(cast(Handler, route.handler))) for route in routes]
