"""A language model's endpoint on the loopback, for tests: it says what it is told to, or misbehaves."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Endpoint:
    """A model that says what it is told to; it answers with `status` and holds its answer back while `holds`."""

    url: str = ""
    content: str = '{"acuity": "urgent", "explanation": "Feels faint."}'
    status: int = 200
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    holds: bool = False
    closing: threading.Event = field(default_factory=threading.Event)
    heard: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Endpoint]:
    """An endpoint on a free port for the length of the block."""
    told = Endpoint()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            if told.holds:
                told.closing.wait(30)
                return
            choice = {"choices": [{"message": {"role": "assistant", "content": told.content}}]}
            answer = told.raw if told.raw is not None else json.dumps(choice).encode()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield told
    finally:
        told.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
