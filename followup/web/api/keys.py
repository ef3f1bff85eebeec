"""Which machine a request comes from, and whether its key may do what it asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from followup.domain.actor import Actor
from followup.domain.errors import NotAllowed
from followup.services import api_keys
from followup.services.api_keys import Scope
from followup.services.context import Services

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    description="A key made with `followup apikey create`, sent as `Authorization: Bearer fup_...`. A key belongs to "
    "one clinic and sees nothing of any other.",
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


@dataclass(frozen=True, slots=True)
class Caller:
    """The machine that asks, and the services that answer it."""

    services: Services
    clinic_id: UUID
    actor: Actor


def caller(scope: Scope) -> Callable[[Request, _Credentials], Caller]:
    """A dependency that lets in who holds a working key with this scope: 401 without a key, 403 without the scope."""

    def come_in(request: Request, credentials: _Credentials) -> Caller:
        services: Services = request.app.state.services
        holder = api_keys.come_in(services, credentials.credentials) if credentials is not None else None
        if holder is None:
            words = "Give a working API key: Authorization: Bearer fup_..."
            raise HTTPException(401, words, headers={"WWW-Authenticate": "Bearer"})
        if scope not in holder.scopes:
            raise NotAllowed(f"This key may not do that; it needs the scope {scope.value}.")
        return Caller(services, holder.clinic_id, holder.actor)

    # OpenAPI and the tests read it from here.
    come_in.scope = scope  # type: ignore[attr-defined]
    return come_in
