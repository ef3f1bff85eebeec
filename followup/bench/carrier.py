"""A carrier that costs next to nothing: it accepts every text after a set time and counts what it has accepted.

The simulated carrier keeps texts, signs webhooks and shows phones; here its own work would be what is measured.
"""

import asyncio
import http.client
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from followup.bench.processes import started
from followup.embedded.processes import free_port

_TEXTS = b"POST /2010-04-01/Accounts/"
_BEGIN = b"POST /begin/"
_LENGTH = b"content-length:"
_ATTEMPT = b"hooks%2Ftwilio%2Fstatus%2F"
_MADE = json.dumps(
    {
        "sid": "SM%032x",
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "api_version": "2010-04-01",
        "date_created": "Tue, 03 Mar 2026 15:30:00 +0000",
        "date_updated": "Tue, 03 Mar 2026 15:30:00 +0000",
        "date_sent": None,
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "subresource_uris": {},
    }
).encode()


class _Books:
    """What was accepted, by the attempt that the callback's address names; else by the whole request."""

    def __init__(self) -> None:
        self.latency = 0.0
        self.number = 0
        self.accepted: Counter[bytes] = Counter()

    def begin(self, latency: float) -> None:
        """Count anew, and answer so many seconds late from now on."""
        self.latency, self.accepted = latency, Counter()

    def enter(self, body: bytes) -> bytes:
        """Take a text; what is answered."""
        _, named, rest = body.partition(_ATTEMPT)
        self.accepted[rest[:36] if named else body] += 1
        self.number += 1
        return _MADE % self.number

    def figures(self) -> bytes:
        """How many texts came, and how many different ones."""
        return json.dumps({"accepted": self.accepted.total(), "different": len(self.accepted)}).encode()


class _Line(asyncio.Protocol):
    """One kept-open connection; whole requests are answered in turn."""

    def __init__(self, books: _Books) -> None:
        self._books = books
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while True:
            head, ended, rest = self._waiting.partition(b"\r\n\r\n")
            length = _length(head) if ended else 0
            if not ended or len(rest) < length:
                return
            self._waiting = rest[length:]
            self._answer(head, rest[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        books = self._books
        if not head.startswith(_TEXTS):
            if head.startswith(_BEGIN):
                books.begin(float(head.removeprefix(_BEGIN).split(b" ", 1)[0]))
            self._write(b"200 OK", books.figures())
        elif books.latency:
            asyncio.get_running_loop().call_later(books.latency, self._write, b"201 Created", books.enter(body))
        else:
            self._write(b"201 Created", books.enter(body))

    def _write(self, status: bytes, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(answer), answer)
            )


def _length(head: bytes) -> int:
    at = head.lower().find(_LENGTH)
    return int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


class Carrier:
    """The carrier's own door for whoever measures."""

    def __init__(self, port: int, pid: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pid = pid
        self._port = port

    def begin(self, latency: float) -> None:
        """Let it count anew and answer `latency` seconds late."""
        self._ask("POST", f"/begin/{latency}")

    def figures(self) -> dict[str, int]:
        """How many texts it has `accepted` since then, and how many `different` ones."""
        return {str(name): int(value) for name, value in self._ask("GET", "/").items()}

    def _ask(self, method: str, path: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path)
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            return found
        finally:
            connection.close()


@contextmanager
def carrier() -> Iterator[Carrier]:
    """A process of its own, ready; it ends with the block."""
    port = free_port()
    with started([sys.executable, "-m", "followup.bench.carrier", str(port)], port=port) as process:
        yield Carrier(port, process.pid)


async def _serve(port: int) -> None:
    books = _Books()
    server = await asyncio.get_running_loop().create_server(lambda: _Line(books), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
