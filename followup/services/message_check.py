"""Everything that is wrong with the messages that no protocol owns, all at once."""

from followup.domain import texts
from followup.domain.delivery import Channel
from followup.domain.errors import ConfigurationError, Fault
from followup.domain.patient import LANGUAGES
from followup.domain.protocol_files import email_file, html_file, sms_file
from followup.domain.texts_check import grade_faults, link_faults, private_word_faults, room_faults
from followup.domain.texts_samples import longest_words, plain_words
from followup.gateways.template_check import variable_faults
from followup.services.protocol_check import CheckData

# Staff write the one and read the other; the grade is a promise to patients.
_NOT_GRADED = frozenset({"staff-answer"}) | texts.TO_STAFF


def check_messages(data: CheckData) -> list[Fault]:
    """Every fault of our own messages: missing or stray, unknown variables, room, plain words, private words."""
    faults: list[Fault] = []
    sources = data.messages.sources
    expected: set[str] = set()
    for message, own in texts.MESSAGE_VARIABLES.items():
        for language in LANGUAGES:
            needed = _needed(message, language)
            expected.update(needed, {html_file(message, language)})
            found = [
                Fault(name, "is missing; every message speaks every language")
                for name in needed
                if name not in sources
            ]  # fmt: skip
            for name in {*needed, html_file(message, language)} & sources.keys():
                found.extend(variable_faults(name, sources[name], texts.CLINIC_VARIABLES | own))
            if not found and message not in texts.EMAIL_ONLY:
                try:
                    found.extend(_message_faults(message, language, data))
                except ConfigurationError as error:
                    found.append(Fault(message, error.message))
            faults.extend(found)
    strays = sorted(sources.keys() - expected)
    return [*faults, *(Fault(name, "is no message that anything sends; rename or remove it") for name in strays)]


def _needed(message: str, language: str) -> list[str]:
    needed = [] if message in texts.EMAIL_ONLY else [sms_file(message, language)]
    if message not in texts.SMS_ONLY:
        needed.append(email_file(message, language))
    if message == "frame":
        needed.append(html_file(message, language))
    return needed


def _message_faults(message: str, language: str, data: CheckData) -> list[Fault]:
    name = sms_file(message, language)
    limit = texts.SEGMENT_LIMITS[language]
    # What must arrive whole and at once is short; an answer to the patient's own text may take the first text's room.
    short = message.startswith("emergency") or (message in texts.SMS_ONLY and message not in texts.TO_STAFF)
    room = limit.later if short else limit.first
    longest = data.messages.message(message, language, Channel.SMS, longest_words(language)).text
    plain = data.messages.message(message, language, Channel.SMS, plain_words(language)).text
    private = data.private_words.get(language, {})
    faults = [
        *room_faults(name, longest, room, "at its longest"),
        *private_word_faults(name, "a text message", plain, private, data.messages.sources[name]),
        *link_faults(name, plain),
    ]
    graded = [(name, plain)]
    if message not in texts.SMS_ONLY:
        mail = email_file(message, language)
        said = data.messages.unframed(data.messages.sources, message, language, plain_words(language))
        graded.append((mail, said.text))
        source = data.messages.sources[mail]
        faults.extend(private_word_faults(mail, "an email subject", said.subject or "", private, source))
        faults.extend(link_faults(mail, said.text))
    if message not in _NOT_GRADED:
        faults.extend(fault for file, text in graded for fault in grade_faults(file, text, language))
    return faults
