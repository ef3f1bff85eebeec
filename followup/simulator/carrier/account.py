"""The carrier's REST API for the account itself and its phone numbers: what a credentials and webhook check reads."""

import hashlib
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from followup.simulator.carrier import shapes
from followup.simulator.carrier.door import Door, not_found
from followup.simulator.carrier.state import Carrier, Number

_URLS = {"SmsUrl": "sms_url", "SmsFallbackUrl": "sms_fallback_url", "VoiceUrl": "voice_url"}


class AccountApi:
    """The account and its numbers; one method a call."""

    def __init__(self, carrier: Carrier, door: Door) -> None:
        self._carrier = carrier
        self._account = carrier.settings.account_sid
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [
            web.get(f"{shapes.ACCOUNT}.json", self._door.guarded(self.fetch)),
            web.get(f"{shapes.ACCOUNT}/IncomingPhoneNumbers.json", self._door.guarded(self.numbers)),
            web.get(f"{shapes.ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json", self._door.guarded(self.number)),
            web.post(f"{shapes.ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json", self._door.guarded(self.update_number)),
        ]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """The account."""
        created, base = shapes.rfc2822(self._carrier.started), shapes.account_path(self._account)
        parts = {"messages": "Messages", "calls": "Calls", "incoming_phone_numbers": "IncomingPhoneNumbers"}
        shaped = {
            "auth_token": "[redacted]",
            "date_created": created,
            "date_updated": created,
            "friendly_name": f"Simulated account of {self._carrier.settings.clinic_name}",
            "owner_account_sid": self._account,
            "sid": self._account,
            "status": "active",
            "subresource_uris": {name: f"{base}/{part}.json" for name, part in parts.items()},
            "type": "Full",
            "uri": f"{base}.json",
        }
        return web.json_response(shaped)

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        """The account's numbers, narrowed by `PhoneNumber`."""
        wanted = request.query.get("PhoneNumber", "")
        found = [self._shape(number) for number in self._carrier.numbers.values() if wanted in number.number]
        kept = [("PhoneNumber", wanted)] if wanted else []
        page = shapes.page_json("incoming_phone_numbers", found, request.path, kept, 0, max(len(found), 50), None)
        return web.json_response(page)

    async def number(self, request: web.Request) -> web.StreamResponse:
        """One number."""
        return web.json_response(self._shape(self._number(request)))

    async def update_number(self, request: web.Request) -> web.StreamResponse:
        """Change where a number's webhooks go."""
        number = self._number(request)
        form = parse_qs((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
        for name, attribute in _URLS.items():
            if name in form:
                setattr(number, attribute, form[name][0])
        return web.json_response(self._shape(number))

    def _number(self, request: web.Request) -> Number:
        for number in self._carrier.numbers.values():
            if _number_sid(number.number) == request.match_info["sid"]:
                return number
        raise not_found(request)

    def _shape(self, number: Number) -> dict[str, Any]:
        sid, created = _number_sid(number.number), shapes.rfc2822(self._carrier.started)
        return {
            "account_sid": self._account,
            "api_version": shapes.API_VERSION,
            "beta": False,
            "capabilities": {"fax": False, "mms": True, "sms": True, "voice": True},
            "date_created": created,
            "date_updated": created,
            "friendly_name": number.number,
            "phone_number": number.number,
            "sid": sid,
            "sms_fallback_method": "POST",
            "sms_fallback_url": number.sms_fallback_url,
            "sms_method": "POST",
            "sms_url": number.sms_url,
            "status": "in-use",
            "status_callback": "",
            "status_callback_method": "POST",
            "uri": f"{shapes.account_path(self._account)}/IncomingPhoneNumbers/{sid}.json",
            "voice_fallback_method": "POST",
            "voice_fallback_url": "",
            "voice_method": "POST",
            "voice_url": number.voice_url,
        }


def _number_sid(number: str) -> str:
    return "PN" + hashlib.sha256(number.encode()).hexdigest()[:32]
