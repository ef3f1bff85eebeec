"""A protocol's folder as a value: which text has which file name, and one digest for the whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from followup.domain.delivery import Channel

MAIN = "protocol.yaml"


@dataclass(frozen=True, slots=True)
class ProtocolFiles:
    """Every file of one protocol: file name to text. It can be stored whole and rendered from, years later."""

    slug: str
    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over all names and texts in one canonical form: the same folder has the same digest everywhere."""
        canonical = json.dumps(dict(self.files), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def sms_file(name: str, language: str) -> str:
    """The file that holds a text message: plain words."""
    return f"{name}.{language}.sms.txt"


def email_file(name: str, language: str) -> str:
    """The file that holds a mail in plain words; its first line is "Subject: ..."."""
    return f"{name}.{language}.email.txt"


def html_file(name: str, language: str) -> str:
    """The file that holds the same mail for screens: what stands inside our frame."""
    return f"{name}.{language}.email.html"


def files_for(name: str, language: str, channel: Channel) -> tuple[str, ...]:
    """The files that one text needs over `channel`."""
    if channel is Channel.SMS:
        return (sms_file(name, language),)
    return email_file(name, language), html_file(name, language)
