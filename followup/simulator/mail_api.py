"""Serves people's mailboxes as JSON: what lies in them, and what their owners write, answer and unsubscribe from."""

import re
from email.message import EmailMessage
from typing import Any

from aiohttp import web

from followup.domain.errors import Fault, InvalidInput
from followup.simulator.carrier.webhooks import Webhooks
from followup.simulator.control import read_json
from followup.simulator.mailbox.letters import absence, bounce, letter, reply
from followup.simulator.mailbox.mails import Mail, Mailboxes, bare
from followup.simulator.settings import SimulatorSettings

# A mail's own page: no script, nothing fetched, shown only inside the phone's page. A link opens beside it, as a mail
# program would open it.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"
)


class MailApi:
    """Endpoints under /simulator/mailboxes."""

    def __init__(self, settings: SimulatorSettings, mailboxes: Mailboxes, webhooks: Webhooks) -> None:
        self._settings = settings
        self._mailboxes = mailboxes
        self._webhooks = webhooks

    def routes(self) -> list[web.RouteDef]:
        """What to serve and where."""
        box = "/simulator/mailboxes/{address}"
        return [
            web.get("/simulator/mailboxes", self.people),
            web.get("/simulator/inbox", self.inbox),
            web.get(box, self.mailbox),
            web.get(f"{box}/mails/{{number}}/html", self.html),
            web.post(f"{box}/reply", self.reply),
            web.post(f"{box}/send", self.send),
            web.post(f"{box}/absence", self.absence),
            web.post(f"{box}/bounce", self.bounce),
            web.post(f"{box}/unsubscribe", self.unsubscribe),
        ]

    async def people(self, request: web.Request) -> web.Response:
        """Every address with a mailbox, the newest mail first."""
        last = [(address, self._mailboxes.of(address)[-1]) for address in self._mailboxes.people()]
        return web.json_response({"mailboxes": [{"address": address, "last": seen(mail)} for address, mail in last]})

    async def inbox(self, request: web.Request) -> web.Response:
        """The clinic's inbox, as IMAP serves it, with its flags."""
        mails = [{**seen(mail), "flags": sorted(mail.flags)} for mail in self._mailboxes.inbox]
        return web.json_response({"mails": mails})

    async def mailbox(self, request: web.Request) -> web.Response:
        """One person's mails, oldest first."""
        address = _address(request)
        return web.json_response({"address": address, "mails": [seen(mail) for mail in self._mailboxes.of(address)]})

    async def html(self, request: web.Request) -> web.Response:
        """The page of a mail that has one, harmless."""
        found = [
            mail for mail in self._mailboxes.of(_address(request)) if str(mail.number) == request.match_info["number"]
        ]
        part = found[0].parsed.get_body(("html",)) if found else None
        if part is None:
            return web.Response(status=404)
        headers = {"Content-Security-Policy": _MAIL_POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=str(part.get_content()), content_type="text/html", headers=headers)

    async def reply(self, request: web.Request) -> web.Response:
        """The owner answers a mail: `{message_id, body, quote?}` (quoting is what mail programs do by default)."""
        address, raw = _address(request), await _object(request)
        original = self._original(address, raw)
        quote = bool(raw.get("quote", True))
        return self._sent(address, reply(original, address, _words(raw), self._now(), quote=quote))

    async def send(self, request: web.Request) -> web.Response:
        """The owner writes: `{to, subject, body}`."""
        address, raw = _address(request), await _object(request)
        to = str(raw.get("to") or "")
        if "@" not in to:
            raise InvalidInput(Fault("to", f"{to!r} is no address such as replies@clinic.example"))
        return self._sent(address, letter(address, to, str(raw.get("subject", "")), _words(raw), self._now()))

    async def absence(self, request: web.Request) -> web.Response:
        """The owner's mail program answers that they are away: `{message_id}`."""
        address, raw = _address(request), await _object(request)
        return self._sent(address, absence(self._original(address, raw), address, self._now()))

    async def bounce(self, request: web.Request) -> web.Response:
        """The owner's mail server reports, late, that a mail could not be delivered: `{message_id}`."""
        address, raw = _address(request), await _object(request)
        found = self._mailboxes.find(address, str(raw.get("message_id", "")))
        if found is None:
            raise _no_such_mail(raw)
        report = bounce(found.raw, found.sender, address, self._now())
        return web.json_response(seen(self._mailboxes.deliver("", found.sender, report)), status=201)

    async def unsubscribe(self, request: web.Request) -> web.Response:
        """The owner presses Unsubscribe (RFC 8058): `{message_id}`; says what the clinic answered."""
        address, raw = _address(request), await _object(request)
        original = self._original(address, raw)
        link = re.search(r"<(https?://[^>]+)>", str(original.get("List-Unsubscribe", "")))
        if link is None or str(original.get("List-Unsubscribe-Post", "")) != "List-Unsubscribe=One-Click":
            raise InvalidInput(Fault("message_id", "names a mail that offers no one-click unsubscribe"))
        status = await self._webhooks.plain_post(link[1], "List-Unsubscribe=One-Click")
        return web.json_response({"status": status})

    def _original(self, address: str, raw: dict[str, Any]) -> EmailMessage:
        found = self._mailboxes.find(address, str(raw.get("message_id", "")))
        if found is None:
            raise _no_such_mail(raw)
        return found.parsed

    def _sent(self, person: str, mail: EmailMessage) -> web.Response:
        kept = send_mail(self._mailboxes, person, mail)
        return web.json_response(seen(kept), status=201)

    def _now(self) -> Any:
        return self._settings.wire_clock()


def send_mail(mailboxes: Mailboxes, person: str, mail: EmailMessage) -> Mail:
    """A person's mail goes to whom it is addressed, and a copy stays in their mailbox; the copy is returned."""
    raw, to = mail.as_bytes(), bare(str(mail["To"]))
    mailboxes.deliver(bare(person), to, raw)
    return mailboxes.keep_sent(person, to, raw)


def seen(mail: Mail) -> dict[str, Any]:
    """A mail as its reader sees it."""
    parsed = mail.parsed
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    return {
        "number": mail.number,
        "message_id": str(parsed.get("Message-ID", "")),
        "from": str(parsed.get("From", "")),
        "to": str(parsed.get("To", "")),
        "reply_to": str(parsed.get("Reply-To", "")),
        "subject": str(parsed.get("Subject", "")),
        "text": "" if plain is None else str(plain.get_content()),
        "has_html": html is not None,
        "can_unsubscribe": parsed.get("List-Unsubscribe-Post") is not None,
        "files": [str(part.get_filename() or part.get_content_type()) for part in parsed.iter_attachments()],
        "at": mail.shown.isoformat(),
        "from_person": mail.from_person,
    }


def _address(request: web.Request) -> str:
    address = bare(request.match_info["address"])
    if "@" not in address:
        raise InvalidInput(Fault("address", f"{address} is no address such as ada@example.test"))
    return address


async def _object(request: web.Request) -> dict[str, Any]:
    raw = await read_json(request)
    if not isinstance(raw, dict):
        raise InvalidInput(Fault("body", "must be an object"))
    return raw


def _words(raw: dict[str, Any]) -> str:
    body = raw.get("body")
    if not isinstance(body, str) or not body.strip():
        raise InvalidInput(Fault("body", "is empty; a mail needs words"))
    return body


def _no_such_mail(raw: dict[str, Any]) -> InvalidInput:
    return InvalidInput(Fault("message_id", f"{raw.get('message_id', '')!r} is in no mail of this mailbox"))
