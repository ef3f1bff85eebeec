"""The carrier's REST API for calls, as much of it as paging by voice needs."""

from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from followup.simulator.carrier import shapes
from followup.simulator.carrier.door import Door, not_found
from followup.simulator.carrier.refusals import Refusal
from followup.simulator.carrier.sending import normal_number
from followup.simulator.carrier.state import Call, Carrier, new_sid
from followup.simulator.carrier.voice import ring


class CallsApi:
    """Calls that the service makes; one method a call of the API."""

    def __init__(self, carrier: Carrier, door: Door) -> None:
        self._carrier = carrier
        self._account = carrier.settings.account_sid
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [
            web.post(f"{shapes.ACCOUNT}/Calls.json", self._door.guarded(self.create)),
            web.get(f"{shapes.ACCOUNT}/Calls.json", self._door.guarded(self.list)),
            web.get(f"{shapes.ACCOUNT}/Calls/{{sid}}.json", self._door.guarded(self.fetch)),
        ]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Call somebody."""
        form = parse_qs((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)

        def given(name: str) -> str:
            return (form.get(name) or [""])[0]

        to, from_ = normal_number(given("To")), normal_number(given("From"))
        if to is None:
            raise Refusal(21211, f"Invalid 'To' Phone Number: {given('To')}")
        if from_ is None or from_ not in self._carrier.numbers:
            raise Refusal(21210)
        url, twiml = given("Url"), given("Twiml")
        if not twiml and not url.startswith(("http://", "https://")):
            raise Refusal(21205)
        call = Call(new_sid("CA"), False, from_, to, self._carrier.settings.wire_clock())
        self._carrier.calls[call.sid] = call
        self._carrier.webhooks.later(ring(self._carrier, call, url, twiml, given("StatusCallback")))
        return web.json_response(self._shape(call), status=201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """The newest calls, narrowed by `To` and `From`, in one page."""
        size = min(int(given), 1000) if (given := request.query.get("PageSize", "50")).isdigit() else 50
        to, from_ = request.query.get("To"), request.query.get("From")
        found = [
            self._shape(call)
            for call in reversed(self._carrier.calls.values())
            if to in (None, call.to) and from_ in (None, call.from_)
        ]
        path = f"{shapes.account_path(self._account)}/Calls.json"
        query = [(name, request.query[name]) for name in ("To", "From") if name in request.query]
        return web.json_response(shapes.page_json("calls", found[:size], path, query, 0, size, None))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        call = self._carrier.calls.get(request.match_info["sid"])
        if call is None:
            raise not_found(request)
        return web.json_response(self._shape(call))

    def _shape(self, call: Call) -> dict[str, Any]:
        uri = f"{shapes.account_path(self._account)}/Calls/{call.sid}"
        duration = int((call.ended - call.started).total_seconds()) if call.ended and call.started else None
        return {
            "account_sid": self._account,
            "answered_by": None,
            "api_version": shapes.API_VERSION,
            "caller_name": None,
            "date_created": shapes.rfc2822(call.created),
            "date_updated": shapes.rfc2822(call.ended or call.started or call.created),
            "direction": "inbound" if call.inbound else "outbound-api",
            "duration": None if duration is None else str(duration),
            "end_time": shapes.rfc2822(call.ended),
            "forwarded_from": None,
            "from": call.from_,
            "from_formatted": call.from_,
            "group_sid": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": call.sid,
            "start_time": shapes.rfc2822(call.started),
            "status": call.status,
            "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
            "to": call.to,
            "to_formatted": call.to,
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }
