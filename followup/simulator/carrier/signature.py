"""Knows how a webhook is signed: HMAC-SHA1 over the exact address and the sorted form fields."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def sign(auth_token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """The value of `X-Twilio-Signature`. Blank fields count; a repeated field counts once for each distinct value."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
