"""Calls over Twilio's REST API, through Twilio's own client."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from followup.domain.errors import TransientGatewayError
from followup.gateways.calls import ListedCall, OutboundCall
from followup.gateways.twilio_http import TWILIO, BlockingClient
from followup.gateways.twilio_sms import TwilioSettings, meaning

# Twilio's connection overrides: a fragment, so no part of what is signed.
_RETRIES = "#rc=3&rp=all"
_NEWEST = 50


class TwilioCalls:
    """The calls of one Twilio account, one client a thread."""

    def __init__(self, account_sid: str, auth_token: str, *, public_url: str, api_url: str = TWILIO) -> None:
        self._sid, self._token = account_sid, auth_token
        self._public_url, self._api_url = public_url, api_url.rstrip("/")
        self._local = threading.local()

    @classmethod
    def from_settings(cls, settings: TwilioSettings) -> "TwilioCalls":
        """The account of these settings."""
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            public_url=settings.public_url,
            api_url=settings.twilio_api_url,
        )

    def call(self, call: OutboundCall) -> str:
        """Have somebody called; the id of the call. Raises a GatewayError (see CallGateway). Never tried twice."""
        here = f"{self._public_url}/hooks/twilio/pages/{call.page_id}"
        with self._speaking(sending=True) as client:
            made = client.calls.create(
                to=call.to,
                from_=call.sender,
                url=f"{here}{_RETRIES}",
                method="POST",
                status_callback=f"{here}/status{_RETRIES}",
                status_callback_method="POST",
                timeout=call.ring_seconds,
            )
            return str(made.sid)

    def list_calls(self, *, to: str, since: datetime) -> Sequence[ListedCall]:
        """Calls to a number that were made since then, newest first."""
        with self._speaking() as client:
            newest = client.calls.list(to=to, limit=_NEWEST, page_size=_NEWEST)
        found = [_listed(one) for one in newest]
        return sorted((one for one in found if one.created_at >= since), key=lambda one: one.created_at, reverse=True)

    def status_of(self, provider_id: str) -> str:
        """How a call stands."""
        with self._speaking() as client:
            return str(client.calls(provider_id).fetch().status)

    @contextlib.contextmanager
    def _speaking(self, *, sending: bool = False) -> Iterator[Any]:
        if not hasattr(self._local, "client"):
            http = BlockingClient(self._api_url)
            self._local.client = Client(self._sid, self._token, http_client=http)
        try:
            yield self._local.client
        except TwilioException as error:
            raise meaning(error) from None  # the provider's words may hold the number
        except requests.ConnectTimeout:
            raise TransientGatewayError("Twilio cannot be reached") from None
        except requests.RequestException as error:
            # A line that broke may have carried the order to call.
            raise TransientGatewayError(type(error).__name__, accepted_unknown=sending) from None


def _listed(call: Any) -> ListedCall:
    created = call.date_created or datetime.min.replace(tzinfo=UTC)
    return ListedCall(
        provider_id=str(call.sid),
        sender=str(getattr(call, "_from", "") or ""),
        to=str(call.to or ""),
        status=str(call.status),
        created_at=created if created.tzinfo else created.replace(tzinfo=UTC),
    )
