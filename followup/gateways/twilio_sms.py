"""Texts over Twilio's REST API, through Twilio's own client."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp
import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from followup.domain.errors import GatewayError, PermanentGatewayError, TransientGatewayError
from followup.domain.provider_outcomes import Verdict, outcome_of
from followup.gateways.sms import Accepted, ListedText, Media, OutboundText, SenderKind
from followup.gateways.twilio_http import CONNECT, TOTAL, TWILIO, AiohttpClient, BlockingClient
from followup.gateways.twilio_signature import signed_by

# How a callback is tried again (Twilio's connection overrides; a fragment, so no part of what is signed).
_CALLBACK_RETRIES = "#rc=3&rp=all"
_UNSENT_PAGE = 50


class TwilioSettings(Protocol):
    """The settings that this gateway needs."""

    @property
    def twilio_account_sid(self) -> str: ...
    @property
    def twilio_auth_token(self) -> str: ...
    @property
    def twilio_api_url(self) -> str: ...
    @property
    def public_url(self) -> str: ...


class TwilioSms:
    """One Twilio account. `send` may be awaited on any loop; everything else blocks."""

    def __init__(self, account_sid: str, auth_token: str, *, public_url: str, api_url: str = TWILIO) -> None:
        self._sid, self._token = account_sid, auth_token
        self._public_url, self._api_url = public_url, api_url.rstrip("/")
        self._http = AiohttpClient(self._api_url)
        self._sending = Client(account_sid, auth_token, http_client=self._http)
        self._local = threading.local()

    @classmethod
    def from_settings(cls, settings: TwilioSettings) -> "TwilioSms":
        """The account of these settings."""
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            public_url=settings.public_url,
            api_url=settings.twilio_api_url,
        )

    async def send(self, message: OutboundText) -> Accepted:
        """Hand one text over. Raises a GatewayError (see SmsGateway). Never tried twice in here."""
        by_service = message.sender_kind is SenderKind.MESSAGING_SERVICE
        fields: dict[str, Any] = {"messaging_service_sid" if by_service else "from_": message.sender}
        try:
            made = await self._sending.messages.create_async(
                to=message.to,
                body=message.body,
                status_callback=f"{self._public_url}/hooks/twilio/status/{message.attempt_id}{_CALLBACK_RETRIES}",
                validity_period=message.validity_seconds,
                **fields,
            )
            return Accepted(str(made.sid), _segments(made.num_segments))
        except TwilioException as error:
            raise meaning(error) from None  # the provider's words may hold the number
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            # No line was open, so nothing of the text has left.
            raise TransientGatewayError("Twilio cannot be reached") from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TransientGatewayError(type(error).__name__, accepted_unknown=True) from None
        except (ValueError, AttributeError, TypeError, KeyError):
            raise TransientGatewayError("an answer that is none", accepted_unknown=True) from None

    def list_texts(
        self, *, to: str | None = None, sender: str | None = None, since: datetime, limit: int = 1000
    ) -> Sequence[ListedText]:
        """The account's list, newest first, from a moment on.

        Twice: by date for what has been sent, and the newest page for what is still queued, which has no date yet.
        """
        narrowed = {key: value for key, value in (("to", to), ("from_", sender)) if value is not None}
        with self._speaking() as client:
            dated = client.messages.list(**narrowed, date_sent_after=since, limit=limit, page_size=min(limit, 1000))
            newest = client.messages.list(**narrowed, limit=_UNSENT_PAGE, page_size=_UNSENT_PAGE)
        found = {str(text.sid): _listed(text) for text in (*dated, *newest)}
        fresh = [text for text in found.values() if text.created_at >= since]
        return sorted(fresh, key=lambda text: text.created_at, reverse=True)[:limit]

    def fetch_media(self, url: str, *, max_bytes: int) -> Media:
        """Download a file that came with a text. Raises PermanentGatewayError when it is too large, gone or elsewhere.

        Only Twilio's own addresses are opened, with the account's credentials; it redirects to its content host, which
        gets none.
        """
        try:
            with self._session().get(
                self._own(url), auth=(self._sid, self._token), timeout=(CONNECT, TOTAL), stream=True
            ) as answer:
                _require_media(answer.status_code)
                size = answer.headers.get("Content-Length", "")
                if size.isdigit() and int(size) > max_bytes:
                    raise PermanentGatewayError("the file is too large", "too_large")
                content = bytearray()
                for piece in answer.iter_content(64 * 1024):
                    content += piece
                    if len(content) > max_bytes:
                        raise PermanentGatewayError("the file is too large", "too_large")
                return Media(answer.headers.get("Content-Type", "application/octet-stream"), bytes(content))
        except requests.RequestException as error:
            raise TransientGatewayError(f"the file could not be fetched: {type(error).__name__}") from None

    def delete_media(self, url: str) -> None:
        """Remove a file at Twilio; one that is gone already is fine."""
        try:
            answer = self._session().delete(
                self._own(url), auth=(self._sid, self._token), timeout=(CONNECT, TOTAL), allow_redirects=False
            )
        except requests.RequestException as error:
            raise TransientGatewayError(f"the file could not be removed: {type(error).__name__}") from None
        if answer.status_code != 404:
            _require_media(answer.status_code)

    def signed(self, url: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
        """True when a post to `url` was signed with this account's token."""
        return signed_by(self._token, url, fields, signature)

    def check(self) -> str:
        """Say which account answers, and from where. Raises a GatewayError that says what is wrong."""
        with self._speaking() as client:
            account = client.api.accounts(self._sid).fetch()
        where = "" if self._api_url == TWILIO else f" at {self._api_url}"
        return f"Twilio account {self._sid[:6]}… is {account.status}{where}"

    async def close(self) -> None:
        """Close the lines of the running loop."""
        await self._http.close()

    @contextlib.contextmanager
    def _speaking(self) -> Any:
        """Twilio's blocking client, one a thread; its failures as ours."""
        if not hasattr(self._local, "client"):
            http = BlockingClient(self._api_url)
            self._local.client = Client(self._sid, self._token, http_client=http)
        try:
            yield self._local.client
        except TwilioException as error:
            raise meaning(error) from None
        except requests.RequestException as error:
            raise TransientGatewayError(f"Twilio cannot be reached: {type(error).__name__}") from None

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session

    def _own(self, url: str) -> str:
        """A media address, if it is Twilio's, as this process reaches Twilio; anything else is never opened."""
        for base in (TWILIO, self._api_url):
            if url.startswith(base + "/"):
                return self._api_url + url.removeprefix(base)
        raise PermanentGatewayError("the file is not at the carrier", "foreign_address")


def meaning(error: TwilioException) -> GatewayError:
    """Twilio's refusal as ours, by code and status; its words are not looked at nor passed on."""
    status = getattr(error, "status", None)
    code = getattr(error, "code", None)
    if status is None:
        return TransientGatewayError(type(error).__name__, accepted_unknown=True)
    # Where there is no code of Twilio's, its client puts the status in its place.
    word = "" if code is None or code == status else str(code)
    trouble = outcome_of(word, status)
    if trouble.verdict is Verdict.UNKNOWN:
        return TransientGatewayError(f"HTTP {status}", accepted_unknown=True, reason_code=word)
    if trouble.verdict is Verdict.BACK_OFF:
        return TransientGatewayError(trouble.reason.words, reason_code=word or "20429")
    return PermanentGatewayError(trouble.reason.words, word or ("20003" if status in (401, 403) else ""))


def _require_media(status: int) -> None:
    if status in (404, 410):
        raise PermanentGatewayError("the file is gone", "20404")
    if status in (401, 403):
        raise PermanentGatewayError("the carrier does not let us have the file", "20003")
    if status >= 300:
        raise TransientGatewayError(f"the carrier answered {status}")


def _segments(value: str | None) -> int | None:
    """What the carrier counts; a messaging service says 0 until it has chosen a number."""
    return int(value) if value is not None and value.isdigit() and int(value) > 0 else None


def _listed(text: Any) -> ListedText:
    created = text.date_created or datetime.min.replace(tzinfo=UTC)
    return ListedText(
        provider_id=str(text.sid),
        direction="inbound" if str(text.direction) == "inbound" else "outbound",
        sender=text.from_ or "",
        to=text.to or "",
        body=text.body or "",
        status=str(text.status),
        created_at=created if created.tzinfo else created.replace(tzinfo=UTC),
        error_code=str(text.error_code) if text.error_code else None,
        attachments=int(text.num_media or 0),
    )
