"""How the words of a message are made from its template: sandboxed, strict about variables, escaped for screens."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from followup.domain import texts
from followup.domain.delivery import Channel
from followup.domain.errors import ConfigurationError
from followup.domain.protocol_files import ProtocolFiles, email_file, html_file, sms_file
from followup.domain.segments import Alphabet, fold_to_gsm, plain_punctuation, weigh
from followup.domain.working_week import working_week

_SUBJECT = "Subject:"
# What the frame of a mail may leave out.
_FRAME_DEFAULTS = {"address": "", "unsubscribe_url": ""}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one message, ready to hand over; a text has neither subject nor `html`."""

    text: str
    subject: str | None = None
    html: str | None = None


class ClinicFacts(Protocol):
    """What the texts say of a clinic."""

    @property
    def sender_name(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class Texts(Protocol):
    """Makes the words of every message that leaves the house."""

    def clinic_words(self, clinic: ClinicFacts, language: str) -> dict[str, str]:
        """The values that every text of a clinic may use."""
        ...

    def step(
        self,
        files: ProtocolFiles,
        step: str,
        language: str,
        channel: Channel,
        words: Mapping[str, str],
        *,
        first: bool = False,
        name_first: bool = False,
        link: bool = False,
    ) -> Rendered:
        """A protocol step's message, from the stored files of the version that the procedure began with."""
        ...

    def message(self, name: str, language: str, channel: Channel, words: Mapping[str, str]) -> Rendered:
        """A message that no protocol owns."""
        ...

    def message_in(
        self, name: str, words: Mapping[str, Mapping[str, str]], channel: Channel, languages: Sequence[str]
    ) -> Rendered:
        """The same message in several languages, one after the other, as one message."""
        ...


class TemplateTexts:
    """The real thing, from the templates that no protocol owns (file name to source)."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = dict(messages)

    @classmethod
    def from_folder(cls, folder: Path) -> "TemplateTexts":
        """From `messages/` of the templates folder. Raises ConfigurationError where it cannot be read."""
        try:
            paths = sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
            return cls({path.name: path.read_text(encoding="utf-8-sig") for path in paths})
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The texts in {folder} cannot be read: {error}") from error

    @property
    def sources(self) -> Mapping[str, str]:
        """The templates, file name to source."""
        return self._messages

    def clinic_words(self, clinic: ClinicFacts, language: str) -> dict[str, str]:
        """The values that every text of a clinic may use."""
        return texts.clinic_words(
            sender_name=clinic.sender_name,
            phone=clinic.phone,
            week=working_week(clinic.zone, clinic.settings),
            language=language,
            address=str(clinic.settings.get("address") or ""),
        )

    def step(
        self,
        files: ProtocolFiles,
        step: str,
        language: str,
        channel: Channel,
        words: Mapping[str, str],
        *,
        first: bool = False,
        name_first: bool = False,
        link: bool = False,
    ) -> Rendered:
        """A protocol step's message, from the stored files of the version that the procedure began with.

        `words` are `texts.step_words` (and `unsubscribe_url` for a mail, `check_in_url` for what links to the check-in
        page). `first`: nothing was texted to this number before, so that the first-contact lines follow. `name_first`:
        several patients share the number, so that the text opens with the given name. `link`: a text carries the link
        to the check-in page. Raises ConfigurationError that names the file and the fault, never a value.
        """
        if channel is Channel.EMAIL:
            return self._mail(files.files, step, language, words)
        parts = [_render(files.files, sms_file(step, language), self._for_sms(words, language))]
        if name_first:
            name = _render(self._messages, sms_file("shared-phone", language), self._for_sms(words, language))
            parts[0] = f"{name} {parts[0]}"
        if link:
            parts.append(_render(self._messages, sms_file("check-in", language), self._for_sms(words, language)))
        if first:
            parts.append(_render(self._messages, sms_file("first-contact", language), self._for_sms(words, language)))
        return Rendered(plain_punctuation("\n".join(parts)))

    def message(self, name: str, language: str, channel: Channel, words: Mapping[str, str]) -> Rendered:
        """A message that no protocol owns; `words` are the clinic's words and what the message itself needs."""
        return self.message_in(name, {language: words}, channel, (language,))

    def message_in(
        self, name: str, words: Mapping[str, Mapping[str, str]], channel: Channel, languages: Sequence[str]
    ) -> Rendered:
        """The same message in several languages, one after the other, as one message; subject and frame of the first.

        `words` are by language. Raises ConfigurationError as `step` does.
        """
        if channel is not Channel.EMAIL:
            said = [
                _render(self._messages, sms_file(name, language), self._for_sms(words[language], language))
                for language in languages
            ]
            return Rendered(plain_punctuation("\n".join(said)))
        return self._mail(self._messages, name, languages[0], words[languages[0]], words, languages[1:])

    def _mail(
        self,
        sources: Mapping[str, str],
        name: str,
        language: str,
        words: Mapping[str, str],
        others: Mapping[str, Mapping[str, str]] | None = None,
        more: Sequence[str] = (),
    ) -> Rendered:
        mail = self.unframed(sources, name, language, words)
        text = "\n\n".join(
            [mail.text, *(self.unframed(sources, name, other, (others or {})[other]).text for other in more)]
        )
        if name in texts.TO_STAFF:
            return Rendered(text, mail.subject)
        inner = _paragraphs(text) if more or mail.html is None else mail.html
        frame: dict[str, Any] = {**_FRAME_DEFAULTS, **words, "subject": mail.subject}
        return Rendered(
            text=_render(self._messages, email_file("frame", language), {**frame, "body": text}),
            subject=mail.subject,
            html=_render(self._messages, html_file("frame", language), {**frame, "body": Markup(inner)}, escape=True),  # noqa: S704 - the parts are escaped above
        )

    def unframed(self, sources: Mapping[str, str], name: str, language: str, words: Mapping[str, str]) -> Rendered:
        """A mail's own words without the frame; `html` is None where it has no version of its own for screens."""
        values = {**_FRAME_DEFAULTS, **words}
        plain, screen = email_file(name, language), html_file(name, language)
        subject, body = _split(sources, plain)
        return Rendered(
            text=_rendered(body, plain, values),
            subject=" ".join(_rendered(subject, plain, values).split()),
            html=_render(sources, screen, values, escape=True) if screen in sources else None,
        )

    @staticmethod
    def _for_sms(words: Mapping[str, str], language: str) -> dict[str, str]:
        """English texts spell names without the accents that would more than halve the room; Spanish keeps them."""
        if language != "en":
            return dict(words)
        return {
            key: fold_to_gsm(value)
            if key != "answer" and not value.isascii() and weigh(value).alphabet is Alphabet.UCS2
            else value
            for key, value in words.items()
        }


def _split(sources: Mapping[str, str], name: str) -> tuple[str, str]:
    """A mail's subject and body. Rendered apart, so that no value can start a line of the head."""
    source = _source(sources, name)
    first, _, rest = source.partition("\n")
    if not first.startswith(_SUBJECT) or not first.removeprefix(_SUBJECT).strip():
        raise ConfigurationError(f'The text {name} does not begin with a line "{_SUBJECT} ..."')
    return first.removeprefix(_SUBJECT).strip(), rest.strip("\n")


def _source(sources: Mapping[str, str], name: str) -> str:
    if name not in sources:
        raise ConfigurationError(f"The text {name} is missing")
    return sources[name]


def _render(sources: Mapping[str, str], name: str, values: Mapping[str, Any], *, escape: bool = False) -> str:
    return _rendered(_source(sources, name), name, values, escape=escape)


def _rendered(source: str, name: str, values: Mapping[str, Any], *, escape: bool = False) -> str:
    try:
        return _compiled(source, escape).render(values).strip()
    except TemplateError as error:
        raise ConfigurationError(f"The text {name} cannot be made: {error.message}") from error
    except (
        Exception
    ) as error:  # a template can do arithmetic; its message could quote a value, so only its kind is told
        raise ConfigurationError(f"The text {name} cannot be made: {type(error).__name__}") from error


@lru_cache(maxsize=512)
def _compiled(source: str, escape: bool) -> Template:
    return environment(escape).from_string(source)


@lru_cache(maxsize=2)
def environment(escape: bool) -> ImmutableSandboxedEnvironment:
    """The Jinja2 environment of every text: no file or attribute beyond the given values, no variable left open."""
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=escape, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )


def _paragraphs(text: str) -> str:
    """Plain words as paragraphs for a screen."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n".join(f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in blocks)
