"""The description of the API at /api/v1/openapi.json: what it is, how to come in, and what each failure looks like."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from followup.domain.case import Disposition
from followup.services.api_keys import Scope
from followup.web.api.shapes import Problem

_ABOUT = """Records procedures, and reads and works on what patients write back.

**Coming in.** Send `Authorization: Bearer fup_...` with a key of your clinic (`followup apikey create`). A key sees its
own clinic and nothing else: what belongs to another clinic is 404. Scopes: {scopes}.

**Failures** are `application/problem+json` (RFC 9457) with a steady `code`, and `errors` that names every field.

**Repeating.** `POST /procedures` can be repeated with the same body any number of times. After 503, or when no answer
came, repeat the request.

**Lists** take `limit` and `cursor`.

**Dispositions** that close a case: {dispositions}.
"""


def install(app: FastAPI) -> None:
    """Let the application describe its API, and nothing but the API."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title="Followup",
        version=app.version,
        description=_ABOUT.format(
            scopes=", ".join(f"`{scope.value}`" for scope in Scope),
            dispositions=", ".join(f"`{each.value}` ({each.label})" for each in Disposition),
        ),
        routes=app.routes,
    )
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas[Problem.__name__] = problem
    # The framework's own shape of a refusal, which we never send: a path that is no id is 404 here.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in described["paths"].values():
        for operation in path.values():
            refused = operation["responses"].get("422", {}).get("content", {})
            if "application/json" in refused:
                del operation["responses"]["422"]
    return described
