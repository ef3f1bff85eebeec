"""How long a nurse waits for her queue and for a case, with few cases and with many."""

import http.client
from typing import Any
from uuid import UUID

from followup.bench.scratch import NUMBER, Scratch, phone, record_pattern, scratch, spread
from followup.bench.web import Call, timed, web_process
from followup.domain.actor import OPERATOR
from followup.embedded.processes import free_port
from followup.services import sessions, staff
from followup.services.queue_view import Tab, queue
from followup.services.replies.receive import InboundText, receive_text
from followup.store import filling

_PASSWORD = "seven green herons"  # noqa: S105  (of an invented nurse on a database that is thrown away)
_NURSE = "nurse@measured.example"
_FEW = 10


def measure(cases: int = 300, looks: int = 40, history: int = 2, database_url: str = "") -> dict[str, Any]:
    """The waiting times of /queue and /cases/{id}, first with ten open cases (`with_10`) and then with all, each with
    `history` texts of the past."""
    port = free_port()
    with scratch(database_url, public_url=f"http://127.0.0.1:{port}") as place:
        staff.add(place.services, place.clinic_id, _NURSE, "Nora Measured", "nurse", _PASSWORD, actor=OPERATOR)
        with web_process(place, port):
            pattern = _open_case(place)
            _fill(place, pattern, range(1, _FEW), history)
            few = _looks(place, port, looks)
            _fill(place, pattern, range(_FEW, cases), history)
            many = _looks(place, port, looks)
    return {
        "cases": cases,
        "texts_of_the_past": cases * history,
        "looks": looks,
        "database": "PostgreSQL" if database_url.startswith("postgres") else "SQLite",
        **many,
        "with_10": few,
    }


def _open_case(place: Scratch) -> UUID:
    """A patient who writes of something that gets worse; the case that all others are like."""
    record_pattern(place)
    receive_text(place.services, InboundText("SM" + "0" * 32, phone(0), NUMBER, "The swelling is much worse and hot"))
    return queue(place.services, place.clinic_id, tab=Tab.TODO, me=None).rows[0].id


def _fill(place: Scratch, pattern: UUID, numbers: range, history: int) -> None:
    filling.cases_like(place.services.db, pattern, (phone(number) for number in numbers), history)
    filling.refresh_statistics(place.services.db)


def _looks(place: Scratch, port: int, looks: int) -> dict[str, Any]:
    token = sessions.sign_in(place.services, _NURSE, _PASSWORD, "127.0.0.1")
    headers = {"Cookie": f"followup={token}"}
    _require_the_page(port, headers)
    found = queue(place.services, place.clinic_id, tab=Tab.TODO, me=None)
    ids = [str(row.id) for row in found.rows]
    _, pages = timed(port, [Call("/queue", headers=headers) for _ in range(looks)], 1)
    _, cases = timed(port, [Call(f"/cases/{ids[n % len(ids)]}", headers=headers) for n in range(looks)], 1)
    return {"queue": spread(pages), "case": spread(cases)}


def _require_the_page(port: int, headers: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/queue", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200, "the session is not accepted"
