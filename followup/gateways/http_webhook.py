"""Signed posts over HTTPS to addresses that a clinic has chosen: never to this machine or network, never redirected."""

import hashlib
import hmac
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from followup.domain.errors import PermanentGatewayError, TransientGatewayError
from followup.gateways.webhook import SignedPost

TOTAL = 8.0  # seconds for each step of a post
# Networks that carry an address of the old kind inside one of the new: looked at by what is inside.
_NAT64 = ip_network("64:ff9b::/96")
_ENOUGH = 2048  # of an answer nobody reads more

Address = IPv4Address | IPv6Address


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpWebhook:
    """Posts to public addresses alone; with `inside` also to this machine and network, and without encryption."""

    def __init__(
        self,
        *,
        inside: bool = False,
        clock: Callable[[], float] = time.time,
        find: Callable[[str, int], list[str]] = resolve,
    ) -> None:
        self._inside, self._clock, self._find = inside, clock, find

    def refusal(self, url: str) -> str:
        """Why nothing is ever posted to this address; empty where it may be. Names are looked up at each post."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (self._inside and parts.scheme == "http"):
            return "must begin with https://"
        host = parts.hostname or ""
        try:
            near = not is_public(ip_address(host))
        except ValueError:
            near = host.casefold() == "localhost" or host.endswith((".local", ".internal", ".localhost"))
        return (
            "lies in this machine or network; the operator would have to allow that"
            if near and not self._inside
            else ""
        )

    def post(self, post: SignedPost) -> None:
        """Post once. Raises PermanentGatewayError for an address or answer that will stay so, else a transient one.

        The name is looked up once and the line opened to the very address that was looked at, so that a name which
        changes its mind in between leads nowhere else.
        """
        if refusal := self.refusal(post.url):
            raise PermanentGatewayError(f"the address {refusal}", "address")
        parts = urlsplit(post.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = _Pinned(parts.hostname or "", port, self._address(parts.hostname or "", port), parts.scheme)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, body=post.body, headers=self._headers(post))
            answer = connection.getresponse()
            answer.read(_ENOUGH)
        except ssl.SSLCertVerificationError:
            raise PermanentGatewayError("its certificate does not fit", "certificate") from None
        except (OSError, http.client.HTTPException) as error:
            raise TransientGatewayError(f"it does not answer: {type(error).__name__}") from None
        finally:
            connection.close()
        if 200 <= answer.status < 300:
            return
        if answer.status in (408, 425, 429) or answer.status >= 500:
            raise TransientGatewayError(f"it answered {answer.status}")
        raise PermanentGatewayError(f"it answered {answer.status}", str(answer.status))

    def _address(self, host: str, port: int) -> str:
        try:
            found = self._find(host, port)
        except OSError:
            raise TransientGatewayError("its name is not known") from None
        if not found:
            raise TransientGatewayError("its name is not known")
        if not self._inside and not all(is_public(ip_address(one.partition("%")[0])) for one in found):
            raise PermanentGatewayError("its name leads into this machine or network", "address")
        return found[0]

    def _headers(self, post: SignedPost) -> dict[str, str]:
        stamp = str(int(self._clock()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "Followup",
            "Followup-Event": post.event_id,
            "Followup-Timestamp": stamp,
            "Followup-Signature": f"v1={signature(post.secret, stamp, post.body)}",
        }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal digits, over the timestamp, a full stop and the body."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_public(address: Address) -> bool:
    """True for an address of the public internet, also where it is wrapped in another."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to one address of a host, whose name is still what its certificate must show."""

    def __init__(self, host: str, port: int, address: str, scheme: str) -> None:
        super().__init__(host, port, timeout=TOTAL)
        self._address, self._secure = address, scheme == "https"

    def connect(self) -> None:
        """Open the line."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
