"""A clinic with staff, patients and cases of every kind, invented, for the tests of staff pages and for looking."""

from datetime import timedelta
from uuid import UUID

from followup.domain.actor import Actor, ActorKind
from followup.gateways.clock import MovableClock
from followup.services import procedures, staff
from followup.services.cases.acknowledge import acknowledge
from followup.services.cases.answer import answer
from followup.services.cases.contact import contact
from followup.services.cases.hand_over import hand_over
from followup.services.cases.note import note
from followup.services.cases.resolve import resolve
from followup.services.context import Services
from followup.services.replies.receive import InboundText, receive_text
from followup.store import cases, clinics
from followup.store.models import Attachment, Clinic, Communication, Reply, Staff
from tests.services.cases.making import make_clinic

PASSWORD = "seven green herons"
NURSE = "rosa@lakeside.example"
ADMIN = "ada@lakeside.example"
NUMBER = "+13125550100"
# A picture of one red pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)

_PEOPLE = (
    # given, family, born, phone, language, hours since, site, words (hours after the procedure, text)
    ("Maria", "Gonzalez", "1968-04-02", "0111", "es", 51, "trapezius",
     [(50.8, "La hinchazón está mucho peor que ayer y tengo fiebre")]),
    ("Walter", "Okonkwo", "1951-11-19", "0112", "en", 29, "upper-back",
     [(28.7, "hi, shoulder is ok but its a little hard to catch my breath since lunch")]),
    ("Denise", "Whitfield", "1979-07-30", "0113", "en", 53, "neck",
     [(49.0, "Same"), (52.2, "now the swelling is bigger than yesterday and it is warm and red")]),
    ("Tom", "Nguyen", "1990-01-14", "0114", "en", 75, "lower-back", [(73.5, "can i go back to lifting tomorrow?")]),
    ("Aiko", "Brandt", "1983-03-03", "0115", "en", 26, "calf", [(24.0, "asdf ok blue 7 maybe")]),
    ("Priya", "Raman", "1996-12-08", "0116", "en", 50, "gluteus", [(48.5, "stop texting me please")]),
    ("Luis", "Ferreira", "1972-05-21", "0117", "es", 98, "trapezius", [(97.0, "tengo una pregunta sobre ejercicio")]),
    ("Grace", "Holloway-Featherstonehaugh", "1944-09-09", "0118", "en", 30, "shoulder",
     [(29.2, "pain was 3 this morning and now it is an 8, it goes down my arm, my fingers tingle")]),
    ("Sam", "Abara", "2001-02-28", "0119", "en", 5, "forearm", [(4.0, "thanks! feeling fine")]),
)  # fmt: skip


_TEXTS = {
    "rest-today": "Lakeside Clinic: Please rest today and take the rest of the day off work. Reply STOP to end texts.",
    "activity-48h": "Lakeside Clinic: No hard activity until Thursday 10 AM. Mild swelling and bruising is normal.",
    "day-two-check": "Lakeside Clinic: How are the swelling and bruising today? Reply BETTER, SAME or WORSE.",
}


def build(services: Services, clock: MovableClock) -> Clinic:
    """A clinic at work: nurse Rosa, nurse Ben and administrator Ada, nine patients, cases in every state."""
    clinic = make_clinic(services)
    with services.db.write() as tx:
        clinics.add_sender(tx, clinic.id, kind="sms", address=NUMBER, now=clock.now())
        clinics.add_sender(tx, clinic.id, kind="email", address="care@lakeside.example", now=clock.now())
    ada = staff.add(services, clinic.id, ADMIN, "Ada Lindqvist", "admin", PASSWORD).person
    rosa = staff.add(services, clinic.id, NURSE, "Rosa Patel", "nurse", PASSWORD).person
    ben = staff.add(services, clinic.id, "ben@lakeside.example", "Ben Okafor", "nurse", PASSWORD).person
    end = clock.now()
    people: list[tuple[UUID, str]] = []
    happenings = []
    for given, family, born, phone, language, hours, site, words in _PEOPLE:
        begun = end - timedelta(hours=hours)
        happenings.append((begun, "record", (given, family, born, phone, language, site, begun)))
        happenings += [(begun + timedelta(hours=after), "reply", (phone, text)) for after, text in words]
    happenings.append((end - timedelta(minutes=47), "reply", ("0150", "who is this? is this about my car")))
    for number, (at, what, given) in enumerate(sorted(happenings, key=lambda each: each[0])):
        clock.put(at)
        _deliver(services, clinic)
        if what == "record":
            people.append(_record(services, clinic, ada, *given))  # type: ignore[arg-type]
            continue
        phone, text = given  # type: ignore[misc]
        post = InboundText(provider_id=f"SM{number:032x}", sender=f"+1312555{phone}", to=NUMBER, body=text)
        receive_text(services, post)
    _deliver(services, clinic)
    clock.put(end - timedelta(minutes=9))
    _work(services, clinic, _actor(rosa), _actor(ben))
    clock.put(end)
    return clinic


def _actor(person: Staff) -> Actor:
    return Actor(ActorKind.STAFF, person.id)


def _record(
    services: Services,
    clinic: Clinic,
    by: Staff,
    given: str,
    family: str,
    born: str,
    phone: str,
    language: str,
    site: str,
    at: object,
) -> tuple[UUID, str]:
    request = {
        "source": "form",
        "external_id": f"x-{phone}",
        "protocol": "trigger-point-injection",
        "performed_at": str(at.isoformat()),  # type: ignore[attr-defined]
        "patient": {
            "mrn": f"48{phone}7",
            "given_name": given,
            "family_name": family,
            "birth_date": born,
            "phone": f"312-555-{phone}",
            "email": f"{given.lower()}@example.com",
            "language": language,
            "consent": {"sms": True, "email": True},
        },
    }
    made = procedures.record_procedure(services, clinic.id, request, _actor(by), privacy_warning=True)
    return made.patient.id, phone


def _deliver(services: Services, clinic: Clinic) -> None:
    """What was due has gone, as the carrier would say; one mail did not arrive."""
    with services.db.write() as tx:
        rows = tx.query(Communication).filter(
            Communication.clinic_id == clinic.id,
            Communication.status == "planned",
            Communication.due_at <= services.now(),
        )
        for number, row in enumerate(rows.order_by(Communication.due_at)):
            row.sent_at = row.due_at + timedelta(seconds=4)
            row.settled_at = row.sent_at + timedelta(seconds=6)
            lost = number == 1 and row.channel == "email"
            row.status = "undelivered" if lost else "delivered"
            row.reason = "mailbox_full" if lost else None
            row.body = row.body or _TEXTS.get(row.step or "", "")


def _work(services: Services, clinic: Clinic, rosa: Actor, ben: Actor) -> None:
    """Rosa and Ben do some of the work, so that every state can be seen."""
    with services.db.read() as tx:
        replies = {row.from_address: row for row in tx.query(Reply).filter(Reply.case_id.is_not(None))}
        found = {address: row.case_id for address, row in replies.items()}
    urgent, question = found.get("+13125550113"), found.get("+13125550114")
    if urgent:
        acknowledge(services, clinic.id, urgent, rosa)
        contact(services, clinic.id, urgent, rosa, how="call", outcome="no_answer")
        note(services, clinic.id, urgent, rosa, text="Husband says she is at work until 10. Trying again then.")
        with services.db.write() as tx:
            tx.add(
                Attachment(
                    clinic_id=clinic.id, reply_id=replies["+13125550113"].id, position=0, content_type="image/png",
                    size=len(PIXEL), content=PIXEL, status="stored", created_at=services.now(),
                )
            )  # fmt: skip
            case = cases.by_id(tx, clinic.id, urgent)
            assert case is not None
            case.beware = [*case.beware, "photo"]
    if question:
        answer(
            services, clinic.id, question, ben,
            text="Hi Tom, this is Ben, your nurse. No lifting until Thursday. Does anything hurt?", form_token="1",
        )  # fmt: skip
    spanish = found.get("+13125550117")
    if spanish:
        acknowledge(services, clinic.id, spanish, ben)
        hand_over(services, clinic.id, spanish, ben, to=UUID(str(rosa.id)), note="Speaks Spanish; I do not.")
    unclear = found.get("+13125550115")
    if unclear:
        resolve(services, clinic.id, unclear, ben, disposition="no_concern", note="Pocket text.", confirm=True)
