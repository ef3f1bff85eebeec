"""Knows what time the phones show: a clock that may run ahead of the one beneath it."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from followup.domain.errors import Fault, InvalidInput
from followup.simulator.changes import Changes
from followup.simulator.control import read_json
from followup.simulator.settings import Clock


class ShownClock:
    """The phones' clock. Whoever moves the care clock in another process tells it how far ahead that is."""

    def __init__(self, beneath: Clock, changes: Changes) -> None:
        self._beneath = beneath
        self._changes = changes
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return self._beneath() + self._ahead

    def show(self, now: datetime) -> None:
        """From here on, go from `now`."""
        self._ahead = now - self._beneath()
        self._changes.note(("clock",))

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [web.get("/simulator/clock", self.read), web.post("/simulator/clock", self.set)]

    async def read(self, request: web.Request) -> web.Response:
        """What time the phones show."""
        return web.json_response({"now": self().isoformat()})

    async def set(self, request: web.Request) -> web.Response:
        """Set the phones' clock: `{now: "2026-03-07T14:00:00-06:00"}`; it goes on from there."""
        raw = await read_json(request)
        given = str(raw.get("now", "")) if isinstance(raw, dict) else ""
        try:
            now: datetime | None = datetime.fromisoformat(given)
        except ValueError:
            now = None
        if now is None or now.tzinfo is None:
            raise InvalidInput(Fault("now", f"{given!r} is no time with an offset such as 2026-03-07T14:00:00-06:00"))
        self.show(now.astimezone(UTC))
        return await self.read(request)
