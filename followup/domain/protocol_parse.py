"""How a protocol is read from its YAML and the names of its texts, with every fault of the folder at once."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from followup.domain.acuity import Acuity
from followup.domain.checkin_parse import page_questions
from followup.domain.delivery import Channel
from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import wall
from followup.domain.patient import LANGUAGES
from followup.domain.protocol import (
    SILENT_AFTER,
    Answer,
    BodySite,
    Choice,
    Code,
    Delivery,
    Moment,
    Protocol,
    Question,
    Step,
)
from followup.domain.protocol_fields import SLUG, Fields
from followup.domain.protocol_files import MAIN, ProtocolFiles, files_for
from followup.domain.triage.assessment import RedFlag

_TOP = ("name", "languages", "codes", "activity_limit", "body_sites", "steps", "red_flags")
_STEP = (
    "slug", "due", "useful_until", "channels", "deliver", "priority", "asks", "silent_after", "ask_again", "check_in",
)  # fmt: skip
_TEXT_CHANNELS = (Channel.SMS, Channel.EMAIL)
_ORDINARY = wall(date(2026, 6, 1), time(12), "UTC")
_ACTIVITY_LIMIT = timedelta(hours=48)
_SOONEST, _LATEST = timedelta(hours=2), timedelta(days=7)


def parse_protocol(data: Any, files: ProtocolFiles) -> Protocol:
    """The protocol of `files`, whose protocol.yaml holds `data`. Raises InvalidInput with every fault at once."""
    protocol, faults = examine_protocol(data, files)
    if faults:
        raise InvalidInput(
            faults, f"the protocol {files.slug} has {len(faults)} faults; followup protocol check shows them"
        )
    return protocol


def examine_protocol(data: Any, files: ProtocolFiles) -> tuple[Protocol, tuple[Fault, ...]]:
    """What can be read of a protocol, and every fault that was met; without faults the protocol is sound."""
    faults: list[Fault] = []
    top = Fields(data, MAIN, faults, _TOP)
    _declared(top)
    if not SLUG.fullmatch(files.slug):
        faults.append(Fault("folder", f"{files.slug!r} is not a short name; use small letters, digits and hyphens"))
    names = _by_language(top, "name")
    steps = _steps(top)
    protocol = Protocol(
        slug=files.slug,
        names=names,
        version=files.digest,
        languages=LANGUAGES,
        steps=steps,
        codes=_codes(top),
        body_sites=_body_sites(top),
        red_flags=_red_flags(top),
        activity_limit=top.duration("activity_limit", _ACTIVITY_LIMIT) or _ACTIVITY_LIMIT,
    )
    _missing_and_stray(protocol, files, faults)
    return protocol, tuple(faults)


def _declared(top: Fields) -> None:
    """The protocol says which languages it speaks, and that is each that we can write: patients choose, not clinics."""
    given = top.sequence("languages", needed=True)
    for language in given:
        if language not in LANGUAGES:
            top.fault("languages", f"{language!r} is not a language we can write; choose from {', '.join(LANGUAGES)}")
    missing = [language for language in LANGUAGES if language not in given]
    if given and missing:
        top.fault("languages", f"{', '.join(missing)} is missing; every protocol speaks {' and '.join(LANGUAGES)}")


def _by_language(fields: Fields, key: str) -> dict[str, str]:
    inner = Fields(fields.data.get(key), fields.at(key), fields.faults, LANGUAGES)
    return {language: inner.text(language) for language in LANGUAGES} if inner.data else {}


def _steps(top: Fields) -> tuple[Step, ...]:
    steps: list[Step] = []
    for number, entry in enumerate(top.sequence("steps", needed=True), start=1):
        slug = entry.get("slug") if isinstance(entry, Mapping) else None
        fields = Fields(entry, f"{MAIN}.steps.{slug or number}", top.faults, _STEP)
        if not fields.data:
            continue
        step = _step(fields)
        if step is None:
            continue
        if any(step.slug == other.slug for other in steps):
            fields.fault("slug", f"{step.slug!r} is there twice; give each step a name of its own")
            continue
        steps.append(step)
    for one, following in pairwise(steps):
        if _on_ordinary_day(one.due) > _on_ordinary_day(following.due):
            top.fault(f"steps.{following.slug}", f"is due before {one.slug}; put the steps in the order of their times")
    return tuple(steps)


def _on_ordinary_day(moment: Moment) -> datetime:
    return moment.instant(_ORDINARY, "UTC")


def _step(fields: Fields) -> Step | None:
    slug = fields.slug("slug")
    due = fields.moment("due")
    useful_until = fields.moment("useful_until")
    channels: list[Channel] = []
    for name in fields.sequence("channels", needed=True):
        if name not in [channel.value for channel in _TEXT_CHANNELS]:
            fields.fault("channels", f"{name!r} is not a channel; choose from sms, email")
        elif Channel(name) in channels:
            fields.fault("channels", f"{name} is there twice")
        else:
            channels.append(Channel(name))
    deliver = Delivery(fields.choice("deliver", list(Delivery), Delivery.FIRST))
    priority = fields.number("priority", 0, -100, 100)
    asks = _question(fields) if fields.data.get("asks") is not None else None
    if due is not None and useful_until is not None and _on_ordinary_day(useful_until) <= _on_ordinary_day(due):
        fields.fault("useful_until", "is not after the time the step is due; give a later one")
    silent_after, ask_again = _silence(fields)
    check_in = page_questions(fields, asks)
    if not slug or due is None or useful_until is None or not channels:
        return None
    return Step(slug, due, useful_until, tuple(channels), deliver, asks, priority, silent_after, ask_again, check_in)


def _silence(fields: Fields) -> tuple[timedelta, timedelta | None]:
    """When silence on a check is seen, and when the question is repeated; only a step that asks has either."""
    for key in ("silent_after", "ask_again"):
        if key in fields.data and fields.data.get("asks") is None:
            fields.fault(key, "is there, but the step asks nothing; give asks, or remove it")
    silent_after = fields.duration("silent_after", SILENT_AFTER) or SILENT_AFTER
    ask_again = fields.duration("ask_again") if "ask_again" in fields.data else None
    if not _SOONEST <= silent_after <= _LATEST:
        fields.fault("silent_after", "is outside 2h to 168h; give a patient time to answer, and not more than a week")
    if ask_again is not None and not timedelta(hours=1) <= ask_again < silent_after:
        fields.fault("ask_again", "is less than 1h or not before silent_after; a repeat must come in between")
    return silent_after, ask_again


def _question(fields: Fields) -> Question | None:
    inner = Fields(fields.data["asks"], fields.at("asks"), fields.faults, ("about", "answers"))
    if not inner.data:
        return None
    about = inner.text("about")
    known = [answer.value for answer in Answer]
    answers = Fields(inner.data.get("answers"), inner.at("answers"), fields.faults, known)
    for answer in known:
        if answers.data and answer not in answers.data:
            answers.fault(answer, "is missing; a check offers better, same and worse")
    choices: list[Choice] = []
    owner: dict[tuple[str, str], str] = {}
    for answer in answers.data:
        by_language = Fields(answers.data[answer], answers.at(answer), fields.faults, LANGUAGES)
        words: dict[str, tuple[str, ...]] = {}
        for language in LANGUAGES:
            listed = by_language.sequence(language, needed=True)
            given = [word for word in listed if isinstance(word, str) and word.strip()]
            if len(given) < len(listed):
                by_language.fault(language, "holds something that is not a word; put each word in quotes")
            words[language] = tuple(" ".join(word.casefold().split()) for word in given)
            for word in words[language]:
                first = owner.setdefault((language, word), answer)
                if first != answer:
                    by_language.fault(language, f"{word!r} already means {first}; a word can mean one answer only")
        if all(words.values()):
            choices.append(Choice(Answer(answer), words))
    return Question(about, tuple(choices)) if choices else None


def _codes(top: Fields) -> tuple[Code, ...]:
    codes: list[Code] = []
    for number, entry in enumerate(top.sequence("codes"), start=1):
        fields = Fields(entry, f"{MAIN}.codes.{number}", top.faults, ("system", "code", "to"))
        if not fields.data:
            continue
        system, code = fields.text("system"), fields.text("code").upper()
        last = fields.text("to").upper() if "to" in fields.data else None
        if last is not None and (len(last) != len(code) or last < code):
            fields.fault("to", f"{last!r} does not follow {code!r}; a run goes up, between codes of one length")
        elif system and code:
            codes.append(Code(system, code, last))
    return tuple(codes)


def _body_sites(top: Fields) -> tuple[BodySite, ...]:
    sites: list[BodySite] = []
    for number, entry in enumerate(top.sequence("body_sites"), start=1):
        fields = Fields(entry, f"{MAIN}.body_sites.{number}", top.faults, ("slug", "name", "over_lung"))
        if not fields.data:
            continue
        slug = fields.slug("slug")
        if any(site.slug == slug for site in sites):
            fields.fault("slug", f"{slug!r} is there twice")
        sites.append(BodySite(slug, _by_language(fields, "name"), fields.flag("over_lung")))
    return tuple(sites)


def _red_flags(top: Fields) -> tuple[RedFlag, ...]:
    """One flag for each phrase. Only acuities that a person reads can be given: a flag raises, it never dismisses."""
    raising = [acuity.value for acuity in Acuity if acuity.queued]
    flags: list[RedFlag] = []
    for number, entry in enumerate(top.sequence("red_flags"), start=1):
        fields = Fields(entry, f"{MAIN}.red_flags.{number}", top.faults, ("words", "acuity", "lang"))
        if not fields.data:
            continue
        language = fields.choice("lang", LANGUAGES, LANGUAGES[0])
        if fields.data.get("acuity") not in raising:
            given = fields.data.get("acuity")
            fields.fault("acuity", f"is {given!r}; a red flag can only raise a reply: choose {' or '.join(raising)}")
            continue
        for words in fields.sequence("words", needed=True):
            if isinstance(words, str) and len(words.strip()) > 1:
                flags.append(RedFlag(" ".join(words.split()), Acuity(fields.data["acuity"]), language))
            else:
                fields.fault("words", f"{words!r} is not a phrase; put each one in quotes")
    return tuple(flags)


def _missing_and_stray(protocol: Protocol, files: ProtocolFiles, faults: list[Fault]) -> None:
    """Every step has every text in every language, and no file lies there that nothing sends."""
    needed = {
        name
        for step in protocol.steps
        for language in LANGUAGES
        for channel in step.channels
        for name in files_for(step.slug, language, channel)
    }
    for name in sorted(needed - set(files.files)):
        faults.append(Fault(name, "is missing; each step needs its text in every language and for every channel"))
    for name in sorted(set(files.files) - needed - {MAIN}):
        faults.append(Fault(name, "belongs to no step, language and channel of protocol.yaml; rename or remove it"))
