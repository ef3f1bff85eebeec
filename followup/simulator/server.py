"""Starts and stops a simulator in an event loop."""

from dataclasses import replace
from urllib.parse import quote

from aiohttp import web

from followup.simulator.carrier.account import AccountApi
from followup.simulator.carrier.api import MessagesApi
from followup.simulator.carrier.calls_api import CallsApi
from followup.simulator.carrier.door import Door
from followup.simulator.carrier.state import Carrier, make_carrier
from followup.simulator.changes import Changes
from followup.simulator.control import Control, answering_in_json
from followup.simulator.faults import Faults
from followup.simulator.mail_api import MailApi
from followup.simulator.mailbox.imap import ImapServer
from followup.simulator.mailbox.mails import Mailboxes
from followup.simulator.mailbox.smtp import MailServer
from followup.simulator.pages import Pages
from followup.simulator.people import People
from followup.simulator.phones import Phones
from followup.simulator.settings import SimulatorSettings
from followup.simulator.shown_clock import ShownClock

_MAX_REQUEST = 32_000_000  # bytes: a picture in base64, with room


class Simulator:
    """A carrier, a mail server and their pages. All of it lives in the event loop that starts it."""

    def __init__(self, settings: SimulatorSettings | None = None) -> None:
        given = settings or SimulatorSettings()
        self.changes = Changes()
        self.clock = ShownClock(given.clock, self.changes)
        self.settings = replace(given, clock=self.clock)
        self.faults = Faults(self.settings.seed)
        self.carrier: Carrier = make_carrier(self.settings, self.changes, self.faults)
        self.mailboxes = Mailboxes(self.settings, self.changes)
        self.people = People(self.carrier, self.mailboxes)
        self._mail_server = MailServer(self.settings, self.faults, self.mailboxes)
        self._imap_server = ImapServer(self.settings, self.mailboxes)
        self._runner: web.AppRunner | None = None
        self.smtp_port = 0
        self.imap_port = 0

    @property
    def carrier_url(self) -> str:
        """Where the REST API and the page are, such as `http://127.0.0.1:41234`."""
        return self.carrier.base_url

    @property
    def smtp_url(self) -> str:
        """Where the clinic hands over its mail, such as `smtp://127.0.0.1:41235`."""
        return f"smtp://{_credentials(self.settings.smtp_login, self.settings.smtp_password)}{self._at(self.smtp_port)}"

    @property
    def imap_url(self) -> str:
        """Where the clinic's inbox is, such as `imap://replies%40clinic.example:...@127.0.0.1:41236`."""
        return f"imap://{_credentials(self.settings.imap_login, self.settings.imap_password)}{self._at(self.imap_port)}"

    def _at(self, port: int) -> str:
        return f"{self.settings.host}:{port}"

    async def start(self) -> None:
        """Listen. Raises OSError where a port is taken; nothing is left listening then."""
        app = web.Application(client_max_size=_MAX_REQUEST)
        door = Door(self.carrier)
        app.add_routes(MessagesApi(self.carrier, door).routes())
        app.add_routes(AccountApi(self.carrier, door).routes())
        app.add_routes(CallsApi(self.carrier, door).routes())
        own = [*Control(self.carrier).routes(), *Phones(self.carrier).routes()]
        own += MailApi(self.settings, self.mailboxes, self.carrier.webhooks).routes()
        own += [*self.people.routes(), *self.clock.routes()]
        app.add_routes(answering_in_json(own))
        app.add_routes(Pages(self.settings).routes())
        await self.carrier.webhooks.start()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        try:
            await self._runner.setup()
            site = web.TCPSite(self._runner, self.settings.host, self.settings.carrier_port, backlog=1024)
            await site.start()
            self.smtp_port = await self._mail_server.start()
            self.imap_port = await self._imap_server.start()
        except BaseException:
            await self.stop()
            raise
        port = self._runner.addresses[0][1]
        self.carrier.base_url = f"http://{self.settings.host}:{port}"

    async def stop(self) -> None:
        """Stop listening and give up what is under way."""
        self.carrier.stopping.set()
        self.changes.note(())  # whoever waits for a change goes home
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self._mail_server.stop()
        await self._imap_server.stop()
        await self.carrier.webhooks.stop()


def _credentials(login: str, password: str) -> str:
    return f"{quote(login, safe='')}:{quote(password, safe='')}@" if login else ""
