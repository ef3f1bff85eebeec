"""Answers one IMAP client: a method a command."""

import asyncio
import hmac

from followup.simulator.mailbox.imap_fetch import MACROS, fetched
from followup.simulator.mailbox.imap_search import numbers, search
from followup.simulator.mailbox.imap_words import BadCommand, Word, read_command
from followup.simulator.mailbox.mails import SEEN, Mail, Mailboxes
from followup.simulator.settings import SimulatorSettings

_CAPABILITIES = "IMAP4rev1 LITERAL+ ID UNSELECT"
_FLAGS = r"\Answered \Flagged \Deleted \Seen \Draft"


class Conversation:
    """One client. A command is a method named after it; its return value is the text of the final OK."""

    def __init__(
        self,
        settings: SimulatorSettings,
        mailboxes: Mailboxes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._settings = settings
        self._box = mailboxes
        self._reader = reader
        self._writer = writer
        self._state = "new"
        self._read_only = False
        self._before_login = {
            "CAPABILITY": self.capability,
            "NOOP": self.noop,
            "ID": self.identify,
            "LOGIN": self.login,
            "LOGOUT": self.logout,
        }
        self._after_login = {
            "SELECT": self.select,
            "EXAMINE": self.examine,
            "LIST": self.list_folders,
            "STATUS": self.status,
        }
        self._selected = {
            "SEARCH": self.search,
            "FETCH": self.fetch,
            "STORE": self.store,
            "EXPUNGE": self.expunge,
            "CHECK": self.noop,
            "CLOSE": self.close,
            "UNSELECT": self.unselect,
        }

    async def run(self) -> None:
        """Answer until the client leaves."""
        self._say(f"* OK [CAPABILITY {_CAPABILITIES}] ready")
        while self._state != "over":
            await self._writer.drain()
            try:
                words = await read_command(
                    self._reader.readline, self._reader.readexactly, lambda: self._say("+ go on")
                )
            except BadCommand as error:
                self._say(f"{error.tag} BAD {error}")
                continue
            if words is None:
                return
            self._answer(words)
        await self._writer.drain()

    def _say(self, line: str) -> None:
        self._writer.write(line.encode("utf-8", "surrogateescape") + b"\r\n")

    def _answer(self, words: list[Word]) -> None:
        tag, name, arguments = (words[0] if words else "*"), (words[1] if len(words) > 1 else ""), words[2:]
        if not isinstance(tag, str) or not isinstance(name, str):
            self._say("* BAD no command")
            return
        name, by_uid = name.upper(), False
        if name == "UID" and arguments and isinstance(arguments[0], str):
            name, by_uid, arguments = arguments[0].upper(), True, arguments[1:]
        known = {**self._before_login}
        if self._state != "new":
            known |= self._after_login
        if self._state == "selected":
            known |= self._selected
        if name not in known:
            self._say(f"{tag} BAD {name or 'nothing'} cannot be done now")
            return
        try:
            said = known[name](arguments, by_uid)
        except PermissionError as error:
            self._say(f"{tag} NO {error}")
        except (BadCommand, IndexError, ValueError) as error:
            self._say(f"{tag} BAD {error}")
        else:
            self._say(f"{tag} OK {said}")

    def capability(self, words: list[Word], by_uid: bool) -> str:
        """What this server can do."""
        self._say(f"* CAPABILITY {_CAPABILITIES}")
        return "done"

    def noop(self, words: list[Word], by_uid: bool) -> str:
        """Nothing, but news of the inbox."""
        if self._state == "selected":
            self._say(f"* {len(self._box.inbox)} EXISTS")
        return "done"

    def identify(self, words: list[Word], by_uid: bool) -> str:
        """Who this server is."""
        self._say('* ID ("name" "simulated mail server")')
        return "done"

    def login(self, words: list[Word], by_uid: bool) -> str:
        """The clinic's name and password."""
        given = "\0".join(str(word) for word in words).encode()
        known = f"{self._settings.imap_login}\0{self._settings.imap_password}".encode()
        if not hmac.compare_digest(given, known):
            raise PermissionError("[AUTHENTICATIONFAILED] wrong name or password")
        self._state = "in"
        return f"[CAPABILITY {_CAPABILITIES}] welcome"

    def logout(self, words: list[Word], by_uid: bool) -> str:
        """Goodbye."""
        self._state = "over"
        self._say("* BYE until next time")
        return "done"

    def list_folders(self, words: list[Word], by_uid: bool) -> str:
        """The one folder there is."""
        self._say('* LIST (\\HasNoChildren) "/" INBOX')
        return "done"

    def status(self, words: list[Word], by_uid: bool) -> str:
        """How much is in the inbox."""
        self._check_inbox(words)
        unseen = sum(SEEN not in mail.flags for mail in self._box.inbox)
        known = {"MESSAGES": len(self._box.inbox), "UNSEEN": unseen, "RECENT": 0}
        known |= {"UIDNEXT": self._box.next_uid, "UIDVALIDITY": self._box.uid_validity}
        wanted = [str(name).upper() for name in words[1]]
        self._say(f"* STATUS INBOX ({' '.join(f'{name} {known[name]}' for name in wanted if name in known)})")
        return "done"

    def select(self, words: list[Word], by_uid: bool) -> str:
        """Open the inbox."""
        self._check_inbox(words)
        self._state, self._read_only = "selected", False
        for line in (
            f"{len(self._box.inbox)} EXISTS",
            "0 RECENT",
            f"FLAGS ({_FLAGS})",
            f"OK [PERMANENTFLAGS ({_FLAGS} \\*)] as you like",
            f"OK [UIDVALIDITY {self._box.uid_validity}] until the next start",
            f"OK [UIDNEXT {self._box.next_uid}] is next",
        ):
            self._say(f"* {line}")
        return "[READ-WRITE] done"

    def examine(self, words: list[Word], by_uid: bool) -> str:
        """Open the inbox for looking only."""
        self.select(words, by_uid)
        self._read_only = True
        return "[READ-ONLY] done"

    def _check_inbox(self, words: list[Word]) -> None:
        if not words or str(words[0]).upper() != "INBOX":
            raise PermissionError("[NONEXISTENT] there is only INBOX")

    def search(self, words: list[Word], by_uid: bool) -> str:
        """Which mails fit."""
        found = [mail.number if by_uid else position for position, mail in search(self._box.inbox, words)]
        self._say(" ".join(["* SEARCH", *map(str, found)]))
        return "done"

    def _chosen(self, words: list[Word], by_uid: bool) -> list[tuple[int, Mail]]:
        inbox = self._box.inbox
        largest = (inbox[-1].number if inbox else 0) if by_uid else len(inbox)
        wanted = numbers(str(words[0]), largest)
        return [(at, mail) for at, mail in enumerate(inbox, 1) if wanted(mail.number if by_uid else at)]

    def fetch(self, words: list[Word], by_uid: bool) -> str:
        """Parts of mails."""
        asked = words[1] if isinstance(words[1], list) else words[1:]
        items = [str(item).upper() for item in asked]
        items = " ".join(MACROS.get(item, item) for item in items).split(" ")
        if by_uid and "UID" not in items:
            items.insert(0, "UID")
        for position, mail in self._chosen(words, by_uid):
            parts = [fetched(mail, item, looking=self._read_only) for item in items]
            self._writer.write(b"* %d FETCH (%s)\r\n" % (position, b" ".join(parts)))
        return "done"

    def store(self, words: list[Word], by_uid: bool) -> str:
        """Set, add or remove flags."""
        if self._read_only:
            raise PermissionError("the inbox is open for looking only")
        how = str(words[1]).upper()
        given = words[2] if isinstance(words[2], list) else words[2:]
        flags = {_proper(str(flag)) for flag in given}
        for position, mail in self._chosen(words, by_uid):
            if how.startswith("+"):
                mail.flags |= flags
            elif how.startswith("-"):
                mail.flags -= flags
            else:
                mail.flags = set(flags)
            if not how.endswith(".SILENT"):
                uid = f"UID {mail.number} " if by_uid else ""
                self._say(f"* {position} FETCH ({uid}FLAGS ({' '.join(sorted(mail.flags))}))")
        return "done"

    def expunge(self, words: list[Word], by_uid: bool) -> str:
        """Remove what is marked deleted."""
        if self._read_only:
            raise PermissionError("the inbox is open for looking only")
        for position in self._box.expunge():
            self._say(f"* {position} EXPUNGE")
        return "done"

    def close(self, words: list[Word], by_uid: bool) -> str:
        """Close the inbox, removing what is marked deleted."""
        if not self._read_only:
            self._box.expunge()
        return self.unselect(words, by_uid)

    def unselect(self, words: list[Word], by_uid: bool) -> str:
        """Close the inbox as it is."""
        self._state = "in"
        return "done"


def _proper(flag: str) -> str:
    """`\\Seen` however it was written; own keywords stay as they are."""
    return flag if not flag.startswith("\\") else "\\" + flag[1:].capitalize()
