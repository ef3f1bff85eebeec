"""A request's JSON body: read whole within a limit, refused with words that help, documented for OpenAPI."""

import json
from typing import Annotated, Any, NoReturn

from fastapi import Depends, HTTPException, Request
from pydantic import BaseModel

from followup.domain.errors import Fault, InvalidInput

LARGEST = 256 * 1024


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object: 400 where it is not JSON, 413 where it is too large, 422 where it is no object."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, f"Send JSON (Content-Type: application/json), not {kind}.")
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > LARGEST:
            raise HTTPException(413, f"A body may hold at most {LARGEST} bytes.")
    if not content.strip():
        return {}
    try:
        body = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise HTTPException(400, f"The body is not JSON ({error.msg} at {where}).") from error
    except UnicodeDecodeError as error:
        raise HTTPException(400, "The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(
            400, "The body is not JSON that can be read (too deep, or a number out of range)."
        ) from error
    if not isinstance(body, dict):
        raise InvalidInput(Fault("", "the body is not an object with named fields"))
    return body


Body = Annotated[dict[str, Any], Depends(json_body)]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A field that is given twice could mean either; it is refused instead of guessed."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InvalidInput([Fault(name, "is given twice") for name in twice])
    return found


def documented(model: type[BaseModel], example: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """What OpenAPI says of a body that `Body` reads; the reading itself names every fault at once."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = schema.pop("$defs", {})
    return {
        "requestBody": {
            "required": required,
            "content": {"application/json": {"schema": _inlined(schema, inner), "example": example}},
        }
    }


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name:
            return _inlined(definitions[name], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    return [_inlined(each, definitions) for each in schema] if isinstance(schema, list) else schema


class Words:
    """Reads texts (with their line breaks) and yes-or-no out of a body; every fault is named at once."""

    def __init__(self, body: dict[str, Any], *known: str) -> None:
        self._body = body
        self.faults = [
            Fault(name, f"is not a field we know; known are {', '.join(known) or 'none'}")
            for name in body
            if name not in known
        ]

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; empty where it was not given."""
        value = self._body.get(name)
        if value is None:
            if required:
                self.faults.append(Fault(name, "is missing"))
            return ""
        if not isinstance(value, str):
            self.faults.append(Fault(name, "is not text; put it in quotes"))
            return ""
        if required and not value.strip():
            self.faults.append(Fault(name, "is empty"))
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where it was not given."""
        value = self._body.get(name)
        if value is not None and not isinstance(value, bool):
            self.faults.append(Fault(name, "is neither true nor false"))
        return value is True

    def number(self, name: str) -> int | None:
        """A whole number, or None where it was not given."""
        value = self._body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            self.faults.append(Fault(name, "is not a whole number"))
            return None
        return value

    def done(self) -> None:
        """Raise InvalidInput with what was wrong, if anything."""
        if self.faults:
            raise InvalidInput(self.faults)
