"""Everything that is wrong with a protocol's folder, all at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from followup.domain import texts
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel
from followup.domain.errors import ConfigurationError, Fault
from followup.domain.patient import LANGUAGES
from followup.domain.protocol import Protocol, Step
from followup.domain.protocol_check import answer_faults, red_flag_faults, timing_faults
from followup.domain.protocol_files import MAIN, ProtocolFiles, email_file, files_for, html_file, sms_file
from followup.domain.protocol_parse import examine_protocol
from followup.domain.schedule import ClinicRules
from followup.domain.texts_check import (
    grade_faults,
    link_faults,
    printed_answer_faults,
    private_word_faults,
    room_faults,
    twin_faults,
)
from followup.domain.texts_samples import longest_words, plain_words
from followup.domain.triage.assessment import ReplyContext
from followup.gateways.render import TemplateTexts
from followup.gateways.template_check import (
    read_folder,
    read_main,
    read_private_words,
    uses,
    variable_faults,
    words_on_screen,
)

if TYPE_CHECKING:
    from followup.domain.triage import Reader

Read = Callable[[str, str], Acuity]


def reading_of(reader: "Reader") -> Read:
    """How a reader takes a phrase by itself, without any protocol's flags."""
    return lambda words, language: reader.assess(ReplyContext(text=words, lang=language)).acuity


@dataclass(frozen=True, slots=True)
class CheckData:
    """What a check needs beside the folder: our own messages, the private words, a clinic's rules and the reading.

    `read(words, language)` says how a reply with just these words is read without the protocol's flags; without it
    the red flags cannot be compared with what is protected.
    """

    messages: TemplateTexts
    private_words: Mapping[str, Mapping[str, tuple[str, ...]]]
    rules: ClinicRules
    read: Read | None = None


def check_data(templates: Path, rules: ClinicRules | None = None, read: Read | None = None) -> CheckData:
    """The data of a check from the templates folder. Raises ConfigurationError where it cannot be read."""
    return CheckData(
        messages=TemplateTexts.from_folder(templates / "messages"),
        private_words=read_private_words(templates / "private-words.yaml"),
        rules=rules or ClinicRules(),
        read=read,
    )


def check_protocol_folder(folder: Path, data: CheckData) -> list[Fault]:
    """Every fault of the protocol in `folder`. Raises ConfigurationError where there is no folder to look at."""
    files, faults = read_folder(folder)
    return faults + check_protocol(files, data)


def check_protocol(files: ProtocolFiles, data: CheckData) -> list[Fault]:
    """Every fault of a protocol: of its YAML, its times, its answers, its red flags, and each of its texts in turn."""
    main, faults = read_main(files)
    if faults:
        return faults
    protocol, found = examine_protocol(main, files)
    faults.extend(found)
    faults.extend(timing_faults(protocol, data.rules))
    faults.extend(answer_faults(protocol))
    if data.read is not None:
        faults.extend(red_flag_faults(protocol, data.read))
    for step in protocol.steps:
        faults.extend(_page_faults(step))
        for language in LANGUAGES:
            for channel in step.channels:
                faults.extend(_step_faults(protocol, files, step, language, channel, data))
    return faults


def _page_faults(step: Step) -> list[Fault]:
    """What the check-in page asks is as plain as every text."""
    return [
        fault
        for question in step.check_in
        for language, asked in question.asked.items()
        for fault in (
            *grade_faults(f"{MAIN}.steps.{step.slug}.check_in.{question.slug}.ask.{language}", asked, language),
            *link_faults(f"{MAIN}.steps.{step.slug}.check_in.{question.slug}.ask.{language}", asked),
        )
    ]


def _step_faults(
    protocol: Protocol, files: ProtocolFiles, step: Step, language: str, channel: Channel, data: CheckData
) -> list[Fault]:
    needed = [name for name in files_for(step.slug, language, channel) if name in files.files]
    linked = bool(step.check_in) and channel is Channel.EMAIL
    known = texts.STEP_VARIABLES[channel] | ({texts.LINK_VARIABLE} if linked else set())
    faults = [fault for name in needed for fault in variable_faults(name, files.files[name], known)]
    unlinked = [
        Fault(name, f"does not lead to the check-in page; say where to answer, with {{{{ {texts.LINK_VARIABLE} }}}}")
        for name in needed
        if linked and not uses(files.files[name], texts.LINK_VARIABLE)
    ]
    if faults or len(needed) < len(files_for(step.slug, language, channel)):
        return faults  # what cannot be rendered cannot be measured, and a missing file is reported already
    private = _private_words(protocol, language, data)
    words = step.asks.words(language) if step.asks is not None else ()
    try:
        if channel is Channel.SMS:
            return _sms_step_faults(files, step, language, private, words, data)
        return unlinked + _mail_step_faults(files, step, language, private, words, data)
    except ConfigurationError as error:
        return [Fault(needed[0], error.message)]


def _sms_step_faults(
    files: ProtocolFiles,
    step: Step,
    language: str,
    private: Mapping[str, tuple[str, ...]],
    answers: tuple[str, ...],
    data: CheckData,
) -> list[Fault]:
    name = sms_file(step.slug, language)
    source = files.files[name]
    limit = texts.SEGMENT_LIMITS[language]

    def longest(*, first: bool = False, name_first: bool = False, link: bool = False) -> str:
        words = longest_words(language)
        return data.messages.step(
            files, step.slug, language, Channel.SMS, words, first=first, name_first=name_first, link=link
        ).text

    later = data.messages.step(files, step.slug, language, Channel.SMS, plain_words(language)).text
    faults = [
        *room_faults(name, longest(), limit.later, "as a later text"),
        *room_faults(name, longest(first=True), limit.first, "as a first text"),
        *room_faults(name, longest(name_first=True), limit.later + limit.named, "opening with a given name"),
        *room_faults(
            name, longest(first=True, name_first=True), limit.first + limit.named, "as a first text with a given name"
        ),
        *grade_faults(name, later, language),
        *private_word_faults(name, "a text message", later, private, source),
        *link_faults(name, later),
        *printed_answer_faults(name, later, answers),
    ]
    if step.check_in:
        every = longest(first=True, name_first=True, link=True)
        faults += room_faults(name, longest(link=True), limit.later + limit.linked, "with the link")
        faults += room_faults(
            name, every, limit.first + limit.named + limit.linked, "as a first text with a given name and the link"
        )
    if not uses(source, "clinic"):
        faults.append(Fault(name, "does not say who writes; begin with {{ clinic }}:"))
    return faults


def _mail_step_faults(
    files: ProtocolFiles,
    step: Step,
    language: str,
    private: Mapping[str, tuple[str, ...]],
    answers: tuple[str, ...],
    data: CheckData,
) -> list[Fault]:
    plain, screen = email_file(step.slug, language), html_file(step.slug, language)
    mail = data.messages.unframed(files.files, step.slug, language, plain_words(language))
    shown = words_on_screen(mail.html or "")
    return [
        *grade_faults(plain, mail.text, language),
        *private_word_faults(plain, "an email subject", mail.subject or "", private, files.files[plain]),
        *link_faults(plain, mail.text),
        *printed_answer_faults(plain, mail.text, answers),
        *twin_faults(plain, screen, mail.text, shown),
    ]


def _private_words(protocol: Protocol, language: str, data: CheckData) -> dict[str, tuple[str, ...]]:
    """The house's words, with the protocol's own name and body sites."""
    words = dict(data.private_words.get(language, {}))
    sites = tuple(site.names[language] for site in protocol.body_sites if site.names.get(language))
    words["procedure"] = (*words.get("procedure", ()), *(name for name in [protocol.names.get(language)] if name))
    words["body site"] = (*words.get("body site", ()), *sites)
    return words
