"""The demo's past: invented patients go through several days of recovery, by the same doors as real ones.

Runs as a process of its own beside the started service (`python -m followup.cli.demo_seed`): procedures are recorded
over the REST API, texts arrive on simulated phones, patients write back from them, and the care clock moves from event
to event up to the present.
"""

import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from followup import bootstrap, config
from followup.domain.actor import OPERATOR, Actor, ActorKind
from followup.domain.case import Disposition
from followup.domain.paging import ContactKind
from followup.domain.rota import RotaRole, Shift
from followup.services import api_keys, care_clock, clinics, demo_phone
from followup.services import staff as staff_service
from followup.services.cases.acknowledge import acknowledge
from followup.services.cases.answer import answer
from followup.services.cases.resolve import resolve
from followup.services.clinics import NewSender
from followup.services.context import Services
from followup.services.escalation.contact_points import set_contact_point
from followup.services.escalation.rota import add_shifts
from followup.services.queue_view import Tab, queue

ZONE = "America/Chicago"
NUMBER = "+13125550100"
PAGES_NUMBER = "+13125550160"
MAIL = "care@lakeview.clinic.example"
# Who signs in, and the phone that each is paged on.
STAFF = (
    ("nurse@demo.example", "Nora Reyes", "nurse", "+13125550171"),
    ("admin@demo.example", "Adam Hill", "admin", "+13125550172"),
)
PASSWORD = "recovery-demo-2026"  # noqa: S105  (printed on the demo's page; worth nothing elsewhere)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented patient: when treated (days before the present, hour on the clinic's clock) and where."""

    mrn: str
    given: str
    family: str
    born: str
    site: str
    days_ago: int
    hour: int
    minute: int
    phone: str | None = None
    email: str | None = None
    language: str = "en"


PEOPLE = (
    Person("L-1041", "Ruth", "Feldman", "1951-04-12", "hip", 6, 11, 0, "+13125550111", "ruth.feldman@mail.example"),
    Person("L-1044", "Henry", "Walsh", "1963-09-30", "neck", 3, 14, 20, "+13125550114"),
    Person("L-1043", "Walter", "Greene", "1947-02-20", "shoulder", 3, 9, 15, "+13125550113"),
    Person("L-1046", "María", "López", "1978-02-03", "shoulder", 3, 15, 40, "+13125550116", language="es"),
    Person("L-1052", "James", "Carter", "1969-07-21", "lower-back", 2, 9, 10, "+13125550122", "jcarter@mail.example"),
    Person("L-1053", "Grace", "Kim", "1985-11-08", "shoulder", 2, 10, 30, "+13125550123"),
    Person("L-1055", "Samuel", "Ortiz", "1974-05-17", "lower-back", 2, 13, 15, "+13125550125", language="es"),
    Person("L-1058", "Deshawn", "Brooks", "1990-01-26", "neck", 1, 9, 45, "+13125550128"),
    Person("L-1059", "Patricia", "O'Neal", "1958-12-02", "upper-back", 1, 11, 30, None, "p.oneal@mail.example"),
    Person("L-1061", "Omar", "Haddad", "1982-08-14", "jaw", 1, 15, 0, "+13125550131"),
    Person("L-1064", "Linh", "Tran", "1996-03-19", "jaw", 0, 8, 5, "+13125550134", "linh.tran@mail.example"),
    Person("L-1067", "Rosa", "Bennett", "1955-06-30", "neck", 0, 9, 20, "+13125550137"),
)

# Who writes what, in hours after the procedure.
WORDS = (
    ("Ruth", 2.5, "Thank you, resting with a book"),
    ("Ruth", 49.0, "Better, thanks"),
    ("Walter", 3.0, "ok thanks"),
    ("Henry", 20.0, "it hurts more than before the shots"),
    ("María", 49.5, "mejor, ya casi no me duele, gracias a Dios"),
    ("Samuel", 21.0, "ALTO"),
    ("Grace", 3.0, "Thanks! All good so far"),
    ("Deshawn", 24.3, "had a fever of 101.2 since last night"),
    ("James", 48.6, "same i guess, swelling maybe a bit bigger than yesterday"),
    ("Linh", 2.2, "chin still numb is that normal"),
)


class Past:
    """Moves the clinic through its last days."""

    def __init__(self, services: Services, service_url: str, phone_url: str) -> None:
        self.services = services
        self.service_url = service_url
        self.phone_url = phone_url
        self.present = _present(datetime.now(UTC))
        self.key = ""

    def live(self) -> None:
        """Everything, in order of time."""
        for person in PEOPLE:  # before the staff, because the first phone is the one that is shown
            demo_phone.introduce(
                self.phone_url, f"{person.given} {person.family}", person.phone, person.email, person.language
            )
        clinic_id, nurse = self._open_clinic()
        events: list[tuple[datetime, int, Any]] = []
        for person in PEOPLE:
            at = self._performed(person)
            events.append((at + timedelta(minutes=10), 0, lambda p=person: self._record(p)))
            for given, hours, words in WORDS:
                if given == person.given:
                    events.append((at + timedelta(hours=hours), 1, lambda p=person, w=words: self._write_back(p, w)))
        henry = self._performed(PEOPLE[1]) + timedelta(hours=20.4)
        events.append((henry, 2, lambda: self._care_for_henry(clinic_id, nurse)))
        lost = self.present - timedelta(hours=1, minutes=10)
        events.append((lost, 1, lambda: self._text("+13125550187", "who is this? i think you have the wrong number")))
        for at, _, happen in sorted(events, key=lambda event: event[:2]):
            if at <= self.present:
                self._move_to(at)
                happen()
        self._move_to(self.present)

    def _open_clinic(self) -> tuple[Any, Actor]:
        care_clock.begin_at(self.services, self._performed(PEOPLE[0]) - timedelta(hours=1))
        clinic = clinics.add_clinic(
            self.services,
            slug="lakeview",
            name="Lakeview Pain and Spine Center",
            zone=ZONE,
            sender_name="Lakeview Clinic",
            phone="312-555-0199",
            settings={"hours": {day: ["08:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}},
            # Days pass in seconds here, so the simulated carrier takes more than a real one would.
            senders=[
                NewSender("sms", NUMBER, pace_per_second=100),
                NewSender("email", MAIL, pace_per_second=100),
                NewSender("sms", PAGES_NUMBER, purpose="pages", pace_per_second=100),
            ],
            actor=OPERATOR,
        )
        people = [
            staff_service.add(self.services, clinic.id, email, name, role, password=PASSWORD, actor=OPERATOR)
            for email, name, role, _ in STAFF
        ]
        self._put_on_call(clinic.id, [one.person.id for one in people])
        scopes = ["procedures:write", "procedures:read"]
        self.key = api_keys.create(self.services, clinic.id, "Practice system", scopes, OPERATOR).secret
        return clinic.id, Actor(ActorKind.STAFF, people[0].person.id)

    def _put_on_call(self, clinic_id: UUID, people: list[UUID]) -> None:
        """Nora is on call and Adam her backup, day and night; their phones lie beside the patients'."""
        nora, adam = people
        duty = ((RotaRole.ON_CALL, nora), (RotaRole.BACKUP, adam), (RotaRole.MANAGER, adam))
        eight = clock(8)
        shifts = [Shift(role, person, eight, eight, weekday=day) for role, person in duty for day in range(7)]
        add_shifts(self.services, clinic_id, shifts, actor=OPERATOR)
        for person, (email, name, _, mobile) in zip(people, STAFF, strict=True):
            for kind, address in ((ContactKind.MOBILE, mobile), (ContactKind.EMAIL, email)):
                set_contact_point(self.services, clinic_id, person, kind, address, actor=OPERATOR)
            demo_phone.introduce(self.phone_url, f"{name} (staff)", mobile, email, "en")

    def _performed(self, person: Person) -> datetime:
        day = self.present.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=person.days_ago)
        local = datetime(day.year, day.month, day.day, person.hour, person.minute, tzinfo=ZoneInfo(ZONE))
        return local.astimezone(UTC)

    def _record(self, person: Person) -> None:
        body = {
            "source": "demo",
            "external_id": person.mrn,
            "protocol": "trigger-point-injection",
            "performed_at": self._performed(person).isoformat(),
            "body_site": person.site,
            "office": "Lakeview",
            "patient": {
                "mrn": person.mrn,
                "given_name": person.given,
                "family_name": person.family,
                "birth_date": person.born,
                "phone": person.phone,
                "email": person.email,
                "language": person.language,
                "timezone": ZONE,
                "consent": {"sms": True} if not person.email else {"sms": person.phone is not None, "email": True},
            },
        }
        _post(f"{self.service_url}/api/v1/procedures", body, {"Authorization": f"Bearer {self.key}"})

    def _write_back(self, person: Person, words: str) -> None:
        assert person.phone is not None
        self._text(person.phone, words)

    def _text(self, phone: str, words: str) -> None:
        _post(f"{self.phone_url}/simulator/phones/{phone}/send", {"body": words})

    def _care_for_henry(self, clinic_id: Any, nurse: Actor) -> None:
        """One case of the past was cared for as it should be."""
        for row in queue(self.services, clinic_id, tab=Tab.OPEN, me=nurse.id).rows:
            if not row.person.name.startswith("Henry"):
                continue
            case = acknowledge(self.services, clinic_id, row.id, nurse)
            answer(
                self.services,
                clinic_id,
                case.id,
                nurse,
                text="Please use ice for 15 minutes now. I will call you at noon. Get worse? Call us.",
                form_token="demo-henry",  # noqa: S106  (keeps a double press from sending twice)
            )
            resolve(
                self.services,
                clinic_id,
                case.id,
                nurse,
                disposition=Disposition.SELF_CARE,
                note="Flare after injection, no red flags by phone. Ice, call back if not better tomorrow.",
                confirm=True,
            )

    def _move_to(self, at: datetime) -> None:
        """From event to event, each drained, so that every message leaves at its own hour."""
        while (event := care_clock.next_event(self.services)) is not None and event.at <= at:
            self._show(event.at)
            self._drain()
        self._show(at)
        time.sleep(0.1)  # until every process has seen the clock's new place
        self._drain()

    def _show(self, at: datetime) -> None:
        care_clock.move_to(self.services, at)
        demo_phone.show_time(self.phone_url, self.services.now())

    def _drain(self, seconds: float = 15.0) -> None:
        deadline = time.monotonic() + seconds
        while not care_clock.settled(self.services):
            self.services.queue.wake("followup.send_due")
            if time.monotonic() > deadline:
                raise TimeoutError("messages of the demo's past did not leave; see the worker's lines")
            time.sleep(0.02)


def _present(real: datetime) -> datetime:
    """10:40 in the morning at the clinic, on the newest Thursday: days of recovery lie behind, and it is open."""
    local = real.astimezone(ZoneInfo(ZONE))
    day = local.date() - timedelta(days=(local.weekday() - 3) % 7)
    return datetime(day.year, day.month, day.day, 10, 40, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _post(url: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310  (addresses of this machine)
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer_:  # noqa: S310
            return json.loads(answer_.read() or b"null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.code} {error.read().decode(errors='replace')}") from error


def main() -> None:
    """Seed the service whose settings are in the environment."""
    services = bootstrap.build_services(config.load(os.environ))
    settings = config.load(os.environ)
    Past(services, settings.public_url, settings.demo).live()
    services.db.dispose()


if __name__ == "__main__":
    main()
