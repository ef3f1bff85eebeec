"""A clinic's end of the webhooks, for these tests: it keeps every post and answers as told."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Heard:
    """One post: its path with the query, its form and its headers."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class Listener:
    """Where webhooks may go. `answers` are used up in turn; after that everything is answered 200 with `body`."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    body: str = "<Response/>"
    bodies: dict[str, str] = field(default_factory=dict)  # path -> answer
    holds: set[str] = field(default_factory=set)  # paths that are answered only when the listener closes
    closing: threading.Event = field(default_factory=threading.Event)

    def forms(self, path: str) -> list[dict[str, str]]:
        """The forms posted to a path, in order."""
        return [post.form for post in self.heard if post.path.split("?")[0] == path]


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a free port for the length of the block."""
    lock = threading.Lock()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                listener.heard.append(Heard(self.path, dict(parse_qsl(raw, keep_blank_values=True)), headers))
                status = listener.answers.popleft() if listener.answers else 200
            if self.path in listener.holds:
                listener.closing.wait(30)
            answer = listener.bodies.get(self.path, listener.body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a simulator that stops hangs up in the middle

    server = Server(("127.0.0.1", 0), Answering)
    listener = Listener(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
