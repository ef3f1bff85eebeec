"""The problem answers that every address of the API can give, for OpenAPI."""

from typing import Any

from followup.web.api.shapes import Problem
from followup.web.errors import MEDIA_TYPE

_WORDS = {
    400: "The body is not JSON.",
    401: "No working API key.",
    403: "The key lacks the scope.",
    404: "Not there, or of another clinic.",
    409: "In conflict with what is recorded; `errors` names the fields, `detail` who was first.",
    413: "The body is too large.",
    415: "The body is not sent as JSON.",
    422: "`errors` names every field that cannot be used, and why.",
    503: "Not available just now; the same request is safe to repeat.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these failures, and of those that any address can have."""
    return {
        status: {
            "description": _WORDS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
        }
        for status in sorted({401, 403, 503, *statuses})
    }
