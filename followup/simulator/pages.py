"""Serves the page of a patient's phone and mailbox, under a strict content policy."""

from importlib.resources import files

from aiohttp import web

from followup.simulator.settings import SimulatorSettings

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Pages:
    """The page and its parts, read once."""

    def __init__(self, settings: SimulatorSettings) -> None:
        folder = files("followup.simulator") / "page"
        self._files = {
            entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(tuple(_TYPES))
        }
        ancestors = " ".join(["'self'", *settings.frame_ancestors])
        self._headers = {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
                "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; "
                f"frame-ancestors {ancestors}"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        }

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [web.get("/", self.page), web.get("/page/{name}", self.part)]

    async def page(self, request: web.Request) -> web.Response:
        """The page itself."""
        return self._serve("index.html")

    async def part(self, request: web.Request) -> web.Response:
        """Its style, its script."""
        return self._serve(request.match_info["name"])

    def _serve(self, name: str) -> web.Response:
        if name not in self._files:
            return web.Response(status=404)
        content_type = _TYPES[name.rpartition(".")[2]]
        return web.Response(body=self._files[name], content_type=content_type, charset="utf-8", headers=self._headers)
