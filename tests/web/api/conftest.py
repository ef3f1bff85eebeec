"""The API of a running application, and keys that open it."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from followup.domain.actor import OPERATOR
from followup.services import api_keys
from followup.services.api_keys import Scope
from followup.services.context import Services
from followup.store.models import Clinic
from followup.web.app import create_app
from tests.services.people import make_clinic
from tests.web.server import running

Make = Callable[..., httpx.Client]


@pytest.fixture
def app(sqlite_services: Services) -> FastAPI:
    """The whole front desk on the embedded database."""
    return create_app(sqlite_services)


@pytest.fixture
def clinic(sqlite_services: Services) -> Clinic:
    """A clinic in Chicago."""
    return make_clinic(sqlite_services)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Where the application answers."""
    with running(app) as url:
        yield url


@pytest.fixture
def client_with(address: str, sqlite_services: Services) -> Iterator[Make]:
    """Makes clients that hold a key of a clinic with these scopes (all of them by default)."""
    opened: list[httpx.Client] = []

    def make(clinic: Clinic, *scopes: Scope) -> httpx.Client:
        wanted = [scope.value for scope in (scopes or Scope)]
        secret = api_keys.create(sqlite_services, clinic.id, f"machine {len(opened)}", wanted, OPERATOR).secret
        opened.append(httpx.Client(base_url=address, headers={"Authorization": f"Bearer {secret}"}, timeout=30))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def client(client_with: Make, clinic: Clinic) -> httpx.Client:
    """A client whose key may do everything in the clinic."""
    return client_with(clinic)
