"""A patient's browser in front of the check-in page."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.web.app import create_app
from tests.services.checkin.knocking import Asked, asked
from tests.web.server import running

BORN = {"month": "2", "day": "3", "year": "1970"}


@dataclass(slots=True)
class Patient:
    """Ana with the link in a browser."""

    asked: Asked
    site: str
    client: httpx.Client

    @property
    def root(self) -> str:
        """Where her link leads."""
        return f"/c/{self.asked.token}"

    def get(self, page: str = "", **query: str) -> httpx.Response:
        """Open a page of the check-in, without going where it leads."""
        return self.client.get(self.root + (f"/{page}" if page else ""), params=query)

    def post(self, page: str = "", data: dict[str, str] | None = None, **given: object) -> httpx.Response:
        """Send a form of the check-in."""
        return self.client.post(self.root + (f"/{page}" if page else ""), data=data or {}, **given)  # type: ignore[arg-type]

    def come_in(self) -> httpx.Response:
        """Give the birth date."""
        return self.post("", BORN)


@pytest.fixture
def ana(sqlite_services: Services, clock: MovableClock) -> Iterator[Patient]:
    """Ana, asked two days after her procedure."""
    found = asked(sqlite_services, clock)
    with running(create_app(found.services)) as site, httpx.Client(base_url=site, timeout=30) as client:
        yield Patient(found, site, client)
