"""Whether a post really comes from Twilio."""

from collections.abc import Mapping, Sequence

from twilio.request_validator import RequestValidator


class _Form(dict[str, Sequence[str]]):
    """Form fields as Twilio's validator wants them: each name once, its values as a list."""

    def getlist(self, name: str) -> Sequence[str]:
        """All values of a field."""
        return self[name]


def signed_by(token: str, url: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
    """True when `signature` (X-Twilio-Signature) was made with `token` over the public URL and every field, blank ones
    included: base64(HMAC-SHA1(token, url + sorted names and values)), as Twilio documents it."""
    if not token or not signature:
        return False
    return bool(RequestValidator(token).validate(url, _Form(fields), signature))
