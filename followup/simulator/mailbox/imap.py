"""Serves the clinic's inbox by IMAP4rev1, as much of it as a service that reads its mail needs."""

import asyncio
import contextlib

from followup.simulator.mailbox.imap_commands import Conversation
from followup.simulator.mailbox.mails import Mailboxes
from followup.simulator.settings import SimulatorSettings


class ImapServer:
    """Listens and lets in whoever knows the clinic's mail password."""

    def __init__(self, settings: SimulatorSettings, mailboxes: Mailboxes) -> None:
        self._settings = settings
        self._mailboxes = mailboxes
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self) -> int:
        """Listen; the port is returned. Raises OSError where it is taken."""
        self._server = await asyncio.start_server(
            self._converse, self._settings.host, self._settings.imap_port, limit=2**20
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening and end every conversation."""
        if self._server is not None:
            self._server.close()
        for writer in self._open.values():
            writer.close()  # the conversation reads the end of the line and ends by itself
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open[task] = writer
            task.add_done_callback(self._forget)
        try:
            await Conversation(self._settings, self._mailboxes, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass  # the client went away, or sent a line without end
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._open.pop(task, None)
