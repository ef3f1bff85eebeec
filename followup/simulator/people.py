"""Knows who owns which phone and mailbox, for the page; the carrier itself knows numbers only."""

from typing import Any

from aiohttp import web

from followup.domain.errors import Fault, InvalidInput
from followup.simulator.carrier.sending import normal_number
from followup.simulator.carrier.state import Carrier
from followup.simulator.control import read_json, seen
from followup.simulator.mail_api import seen as seen_mail
from followup.simulator.mailbox.mails import Mailboxes, bare
from followup.simulator.settings import Person

_MOST_SHOWN = 120  # characters of a text shown in the list


class People:
    """The people of the page: those it was told of, then whoever else has a thread or a mailbox."""

    def __init__(self, carrier: Carrier, mailboxes: Mailboxes) -> None:
        self._carrier = carrier
        self._mailboxes = mailboxes
        self._known = list(carrier.settings.people)

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        return [web.get("/simulator/people", self.everyone), web.post("/simulator/people", self.add)]

    def introduce(self, person: Person) -> None:
        """Make a person known, or known better: whoever has the same phone or the same address is replaced."""
        same = [
            index
            for index, known in enumerate(self._known)
            if (person.phone and known.phone == person.phone) or (person.email and known.email == person.email)
        ]
        if same:
            self._known[same[0]] = person
        else:
            self._known.append(person)
        self._carrier.changes.note(("people",))

    async def add(self, request: web.Request) -> web.Response:
        """Make a person known: `{name, phone?, email?, language?}`."""
        raw = await read_json(request)
        if not isinstance(raw, dict) or not str(raw.get("name") or "").strip():
            raise InvalidInput(Fault("name", "is missing; give the person's name"))
        phone, email = str(raw.get("phone") or ""), bare(str(raw.get("email") or ""))
        number = normal_number(phone) if phone else ""
        if number is None:
            raise InvalidInput(Fault("phone", f"{phone} is no phone number such as +13125550101"))
        if not number and "@" not in email:
            raise InvalidInput(Fault("phone", "and email are both missing; give one"))
        self.introduce(Person(str(raw["name"]).strip(), number, email, str(raw.get("language") or "en")))
        return await self.everyone(request)

    def everybody(self) -> list[Person]:
        """Known people in the order they were introduced, then strangers by their number or address."""
        phones, addresses = {person.phone for person in self._known}, {person.email for person in self._known}
        strangers = [Person(phone, phone) for phone in sorted(self._carrier.texts.phones()) if phone not in phones]
        strangers += [
            Person(address, email=address) for address in sorted(self._mailboxes.people()) if address not in addresses
        ]
        return [*self._known, *strangers]

    async def everyone(self, request: web.Request) -> web.Response:
        """Everybody, with the newest text and mail of each, and what time it is."""
        settings = self._carrier.settings
        shown = {
            "version": self._carrier.changes.version,
            "now": settings.clock().isoformat(),
            "zone": settings.zone,
            "clinic": {"name": settings.clinic_name, "numbers": list(self._carrier.numbers)},
            "people": [self._shape(person) for person in self.everybody()],
        }
        return web.json_response(shown)

    def _shape(self, person: Person) -> dict[str, Any]:
        texts = self._carrier.texts.thread(person.phone)[-1:] if person.phone else []
        mails = self._mailboxes.of(person.email)[-1:] if person.email else []
        last_text = seen(texts[0]) if texts else None
        if last_text is not None:
            last_text["body"] = last_text["body"][:_MOST_SHOWN]
        last_mail = seen_mail(mails[0]) if mails else None
        return {
            "key": person.phone or person.email,
            "name": person.name,
            "phone": person.phone,
            "email": person.email,
            "language": person.language,
            "last_text": last_text,
            "last_mail": last_mail and {name: last_mail[name] for name in ("number", "subject", "at", "from_person")},
        }
