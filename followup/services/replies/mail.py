"""What a mail holds: the words of its writer, the rest of it, and whether a machine wrote it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

LONGEST_READ = 64 * 1024
LONGEST_KEPT = 1024 * 1024
LARGEST_FILE = 10 * 1024 * 1024
MOST_FILES = 10
_TOKEN = re.compile(r"\+r-([a-z2-7]{20,80})@", re.IGNORECASE)
_BOUNCED_ID = re.compile(rb"^Message-ID:\s*(<[^>\s]+>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^Status:\s*([245])\.\d+\.\d+", re.IGNORECASE | re.MULTILINE)
_IDS = re.compile(r"<[^>\s]+>")
_MACHINE_HEADERS = ("List-Id", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
_PHOTO = ("image/", "audio/", "video/", "application/pdf")
# Senders and subjects that bounces and holiday notes have where the standard headers are missing (RFC 3834 is kept by
# fewer than half of them).
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)[^@]*@", re.IGNORECASE)
_MACHINE_SUBJECTS = re.compile(
    r"^\s*(auto(matic)?[ -]?(reply|response)|out of (the )?office|respuesta autom[aá]tica|fuera de (la )?oficina|"
    r"undeliver(able|ed)|delivery (status|failure)|mail delivery failed|returned mail|failure notice)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file in a mail."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail program's word that a mail of ours did not arrive; `permanent` for status 5.x.x."""

    message_id: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail, taken apart. `text` is what its writer wrote; `whole` is everything readable in it."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    token: str | None
    references: tuple[str, ...]
    subject: str
    text: str
    whole: str
    automatic: bool
    bounce: Bounce | None
    files: tuple[MailFile, ...]


def parse_mail(raw: bytes, fallback_id: str) -> ParsedMail:
    """Take a mail apart. Never raises for what is in it: a broken mail is still someone's words.

    `fallback_id` stands in for a missing Message-ID, so that reading it twice keeps it once.
    """
    message = message_from_bytes(raw, policy=policy.default)
    recipients = _addresses(message, ("To", "Cc", "Delivered-To", "X-Original-To"))
    whole = _body(message)
    return ParsedMail(
        message_id=_header(message, "Message-ID").strip() or fallback_id,
        sender=parseaddr(_header(message, "From"))[1].strip().lower(),
        recipients=recipients,
        token=next((found[1].lower() for to in recipients if (found := _TOKEN.search(to))), None),
        references=tuple(_IDS.findall(f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}")),
        subject=_header(message, "Subject").strip(),
        text=own_words(whole),
        whole=whole[:LONGEST_KEPT],
        automatic=is_automatic(message),
        bounce=_bounce(message, raw),
        files=tuple(_files(message)),
    )


def own_words(whole: str) -> str:
    """A mail's text without quoted mail and signature; all of it where stripping would leave nothing."""
    head = whole[:LONGEST_READ]
    try:
        stripped = EmailReplyParser(languages=["en", "es", "fr", "de", "pt"]).parse_reply(text=head) or ""
    except Exception:  # a parser that trips over a mail must not cost us the mail
        stripped = ""
    return stripped.strip() or head.strip()


def is_automatic(message: EmailMessage) -> bool:
    """True when a machine wrote it (RFC 3834 and what programs do instead): it must never be answered."""
    submitted = _header(message, "Auto-Submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return True
    if _header(message, "Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report":
        return True
    if _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    if any(message.get(name) is not None for name in _MACHINE_HEADERS):
        return True
    sender = parseaddr(_header(message, "From"))[1]
    return bool(_MACHINES.match(sender) or _MACHINE_SUBJECTS.match(_header(message, "Subject")))


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "") or "")
    except Exception:  # the standard library raises many kinds of error on broken headers
        return ""


def _addresses(message: EmailMessage, names: Iterable[str]) -> tuple[str, ...]:
    values = [str(value) for name in names for value in (message.get_all(name) or [])]
    return tuple(address.strip().lower() for _, address in getaddresses(values) if address)


def _body(message: EmailMessage) -> str:
    try:
        part = message.get_body(preferencelist=("plain", "html"))
    except Exception:  # see _header
        part = None
    if part is None:
        return ""
    text = _decoded(part)
    return _text_of_html(text) if part.get_content_type() == "text/html" else text.strip()


def _decoded(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return raw.decode(charset or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp1252", errors="replace")


def _files(message: EmailMessage) -> Iterable[MailFile]:
    count = 0
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or not kind.startswith(_PHOTO):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload and len(payload) <= LARGEST_FILE and count < MOST_FILES:
            count += 1
            yield MailFile(kind, payload)


def _bounce(message: EmailMessage, raw: bytes) -> Bounce | None:
    """A delivery report about one of our mails: its Message-ID stands in the part of the report that quotes it."""
    report = message.get_content_type() == "multipart/report" or message.get("X-Failed-Recipients") is not None
    sender = parseaddr(_header(message, "From"))[1].lower()
    if not report and not sender.startswith(("mailer-daemon@", "postmaster@")):
        return None
    own = _header(message, "Message-ID").strip()
    quoted = [found.decode("ascii", "ignore") for found in _BOUNCED_ID.findall(raw)]
    original = next((message_id for message_id in quoted if message_id != own), None)
    if original is None:
        return None
    status = _STATUS.search(raw.decode("ascii", "ignore"))
    return Bounce(original, permanent=status is None or status[1] == "5")


class _Words(HTMLParser):
    """Collects the words of an HTML mail."""

    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})
    _HIDDEN = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._HIDDEN:
            self._hidden += 1
        if tag == "blockquote":
            self._quoted += 1
        if tag in self._BREAKS:
            self.words.append("\n" + "> " * self._quoted)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(" ".join(data.split()) + " " if data.strip() else " ")


def _text_of_html(html: str) -> str:
    reader = _Words()
    reader.feed(html[:LONGEST_KEPT])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
