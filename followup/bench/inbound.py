"""How many signed webhook posts one web process keeps, reads and answers in a second."""

from typing import Any
from urllib.parse import urlencode

from followup.bench.scratch import ACCOUNT, NUMBER, TOKEN, phone, scratch, spread
from followup.bench.web import Call, timed, web_process
from followup.embedded.processes import free_port
from followup.simulator.carrier.signature import sign

# What patients write, in the share in which they write it: most is well, some is not, little is grave.
_WORDS = (
    "Better today, thank you", "same", "thanks!!", "When can I go back to the gym?",
    "The swelling is worse than yesterday",
    "BETTER", "ok", "Can I take ibuprofen?", "Sigue igual, gracias",
    "I have a fever and the spot is hot and red",
)  # fmt: skip


def measure(count: int = 400, clients: int = 8, database_url: str = "") -> dict[str, Any]:
    """Posts a second with their waiting times, beside the same posts to a page that keeps nothing (`floor`)."""
    port = free_port()
    public_url = f"http://127.0.0.1:{port}"
    with scratch(database_url, public_url=public_url) as place, web_process(place, port):
        timed(port, [_post(public_url, number) for number in range(20)], clients)  # the reader is loaded by then
        whole, each = timed(port, [_post(public_url, number) for number in range(100, 100 + count)], clients)
        floor, each_floor = timed(port, [Call("/healthz") for _ in range(count)], clients)
    return {
        "posts": count,
        "clients": clients,
        "database": "PostgreSQL" if database_url.startswith("postgres") else "SQLite",
        "posts_per_second": round(count / whole, 1),
        **spread(each),
        "floor": {"requests_per_second": round(count / floor, 1), **spread(each_floor)},
    }


def _post(public_url: str, number: int) -> Call:
    fields = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": ACCOUNT,
        "From": phone(number),
        "To": NUMBER,
        "Body": _WORDS[number % len(_WORDS)],
        "NumMedia": "0",
    }
    path = "/hooks/twilio/inbound"
    signature = sign(TOKEN, public_url + path, fields.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Call(path, urlencode(fields).encode(), "POST", headers)
