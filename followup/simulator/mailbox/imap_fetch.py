"""Writes parts of a mail as IMAP's FETCH answers them."""

import re

from followup.simulator.mailbox.imap_words import BadCommand
from followup.simulator.mailbox.mails import SEEN, Mail

MACROS = {"ALL": "FLAGS INTERNALDATE RFC822.SIZE", "FAST": "FLAGS INTERNALDATE RFC822.SIZE"}
_BODY = re.compile(r"(?:BODY(?:\.PEEK)?\[(HEADER|TEXT|)\]|RFC822(\.HEADER|\.TEXT)?)(?:<(\d+)\.(\d+)>)?")


def fetched(mail: Mail, item: str, *, looking: bool) -> bytes:
    """One item of a mail as FETCH answers it; reading a body marks the mail seen unless peeking or `looking` only.

    Raises BadCommand for an item that is not known.
    """
    if item == "UID":
        return b"UID %d" % mail.number
    if item == "FLAGS":
        return f"FLAGS ({' '.join(sorted(mail.flags))})".encode()
    if item == "RFC822.SIZE":
        return b"RFC822.SIZE %d" % len(mail.raw)
    if item == "INTERNALDATE":
        return f'INTERNALDATE "{mail.received:%d-%b-%Y %H:%M:%S} +0000"'.encode()
    match = _BODY.fullmatch(item)
    if match is None:
        raise BadCommand(f"{item} cannot be fetched")
    section = match[1] if match[1] is not None else (match[2] or "").lstrip(".")
    head, gap, text = mail.raw.partition(b"\r\n\r\n")
    content = {"HEADER": head + gap, "TEXT": text}.get(section, mail.raw)
    name = item.replace(".PEEK", "").partition("<")[0]
    if match[3] is not None:
        start, size = int(match[3]), int(match[4])
        content, name = content[start : start + size], f"{name}<{start}>"
    if "PEEK" not in item and section != "HEADER" and not looking:
        mail.flags.add(SEEN)
    return b"%s {%d}\r\n%s" % (name.encode(), len(content), content)
