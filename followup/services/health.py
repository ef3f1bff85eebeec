"""What is well and what is wrong with the running service, each with how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from followup.domain.alarm import AlarmKind, words_of
from followup.domain.errors import FollowupError
from followup.services import holding
from followup.services.alarms import wrong_now
from followup.services.context import Services
from followup.services.escalation.coverage import coverage, gap_words
from followup.services.escalation.reach import who_is_reachable
from followup.services.protocols import list_protocols
from followup.store import clinics, health
from followup.store.models import Clinic

CLOCKS_APART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mend` says what to do where it is not well."""

    name: str
    well: bool
    said: str
    mend: str = ""


def examine(services: Services) -> Iterator[Finding]:
    """Everything that can be looked at from here, in the order in which it should be mended."""
    yield from _database(services)
    yield _door("broker", services.queue.check, "start Redis or correct FOLLOWUP_BROKER_URL; replies still come in")
    yield from _alarms(services)
    yield from _provider(services)
    yield from _clinics(services)
    yield from _sending(services)


def _database(services: Services) -> Iterator[Finding]:
    try:
        with services.db.read() as tx:
            theirs = health.database_now(tx)
        apart = abs(theirs - services.real_now())
        well = apart <= CLOCKS_APART
        yield Finding("database", True, "answers")
        yield Finding(
            "clock",
            well,
            f"{apart.total_seconds():.1f} s apart from the database",
            "" if well else "set both machines' clocks by NTP: leases and signatures depend on them",
        )
        with services.db.read() as tx:
            found = health.largest_tables(tx)
        yield Finding("size", True, ", ".join(_size(*table) for table in found))
    except Exception as error:  # whatever a driver raises, it is said in one line
        yield Finding("database", False, type(error).__name__, "correct FOLLOWUP_DATABASE_URL or start PostgreSQL")


def _size(name: str, rows: int, size: int) -> str:
    return f"{name} {size / 1e6:,.0f} MB" + (f" in about {rows:,} rows" if rows else "")


def _door(name: str, check: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(name, True, check())
    except FollowupError as error:
        return Finding(name, False, error.message, mend)


def _alarms(services: Services) -> Iterator[Finding]:
    """What would raise an alarm, by the alarms' own rule; the clinic that it concerns is named."""
    with services.db.read() as tx:
        names = {clinic.id: clinic.slug for clinic in clinics.all_clinics(tx)}
    wrong = wrong_now(services)
    for kind in AlarmKind:
        found = [one for one in wrong if one.kind is kind]
        problem, mend = words_of(kind, "en")
        for one in found:
            where = f"{names.get(one.clinic_id, '')}: " if one.clinic_id is not None else ""
            yield Finding(kind.label, False, f"{where}{problem}", mend)
        if not found:
            yield Finding(kind.label, True, "no alarm")
    told = " and ".join(one for one in (services.operator_email, services.operator_phone) if one)
    mute = (services.operator_email and services.email is None) or (services.operator_phone and services.sms is None)
    yield Finding(
        "operator",
        not mute,
        f"{told} is told of alarms" if told else "the administrators of the clinics are told of alarms",
        "set up mail (FOLLOWUP_SMTP_URL) or texts for it" if mute else "",
    )


def _provider(services: Services) -> Iterator[Finding]:
    if services.sms is None:
        yield Finding("texts", False, "no carrier is set", "set FOLLOWUP_TWILIO_ACCOUNT_SID, its token and a sender")
    else:
        yield _door("texts", services.sms.check, "check the account's credentials and FOLLOWUP_TWILIO_API_URL")
    if services.email is None:
        yield Finding("mail out", False, "no mail server is set", "set FOLLOWUP_SMTP_URL and FOLLOWUP_EMAIL_FROM")
    else:
        yield _door("mail out", services.email.check, "check FOLLOWUP_SMTP_URL")
    if services.mailbox is None:
        yield Finding("mail in", False, "no mailbox is set, so replies by mail are not read", "set FOLLOWUP_IMAP_URL")
    else:
        yield _door("mail in", services.mailbox.check, "check FOLLOWUP_IMAP_URL")
    local = services.public_url.startswith(("http://127.", "http://localhost"))
    secure = services.public_url.startswith("https://")
    yield Finding(
        "public address",
        secure or local,
        services.public_url + (" (this machine only)" if local else ""),
        "" if secure or local else "set FOLLOWUP_PUBLIC_URL to the https address that Twilio and patients reach",
    )


def _clinics(services: Services) -> Iterator[Finding]:
    try:
        found = list_protocols(services)
        yield Finding("protocols", bool(found), f"{len(found)} found", "" if found else "install followup again")
    except FollowupError as error:
        yield Finding("protocols", False, error.message, "run followup protocol check")
    with services.db.read() as tx:
        every = clinics.all_clinics(tx)
        if not every:
            yield Finding("clinics", False, "there is none", "run followup clinic add")
        for clinic in every:
            senders = clinics.senders_of(tx, clinic.id)
            yield Finding(
                f"clinic {clinic.slug}",
                bool(senders),
                f"{len(senders)} senders" if senders else "has no number or address to write from",
                "" if senders else "add one on the admin page, or with followup clinic add --sms-from",
            )
            yield _coverage(services, clinic)
            yield from _pages(services, clinic)


def _coverage(services: Services, clinic: Clinic) -> Finding:
    """Hours without anybody are wrong where a rota was begun; without one, administrators are paged by email."""
    found = coverage(services, clinic.id)
    name, mend = f"on call {clinic.slug}", "see Administration, On call"
    if not found.live:
        return Finding(name, True, "the clinic is not live yet, its messages are held", mend)
    if not found.has_rota:
        return Finding(name, True, "there is no rota: every administrator is paged by email instead", mend)
    if found.uncovered:
        first = gap_words(found.uncovered[0], found.zone)
        more = f", and {len(found.uncovered) - 1} more" if len(found.uncovered) > 1 else ""
        return Finding(name, False, f"{first}{more}", mend)
    return Finding(name, True, "somebody can be paged at every hour of the next seven days")


def _pages(services: Services, clinic: Clinic) -> Iterator[Finding]:
    """Who would be paged now, and from which number."""
    found = who_is_reachable(services, clinic.id)
    names = dict.fromkeys(target.name for rung in found.rungs for target in rung.targets)
    lacking = "; ".join(dict.fromkeys(words for rung in found.rungs for words in rung.lacking))
    if names:
        said = f"reach {', '.join(names)} now" + (f" ({lacking})" if lacking else "")
    elif found.administrators:
        said = "reach nobody on the ladder now; every administrator would get an email"
    else:
        said = "reach nobody at all now: an emergency would only stand in the queue"
    mend = "give the rota, the ladder and mobile numbers on the admin page, then start a drill"
    well = bool(names or found.administrators)
    yield Finding(f"pages {clinic.slug}", well, said, "" if names else mend)
    if names and not found.own_pager:
        yield Finding(
            f"pager {clinic.slug}",
            True,
            "pages leave from the patients' number; give them one of their own (followup clinic pages-from), so that "
            "phones can ring for it alone and staff's answers are never mixed with patients' words",
        )


def _sending(services: Services) -> Iterator[Finding]:
    held = holding.held(services)
    if held is not None:
        yield Finding("sending", False, f"held: {held.reason}", "run followup sending resume")
    with services.db.read() as tx:
        unknown = health.unknown_outcomes(tx)
        unread = health.unread_replies(tx)
    yield Finding(
        "unknown outcomes",
        unknown == 0,
        str(unknown),
        ""
        if not unknown
        else "they are reconciled with the provider's list by themselves; see the admin page if they stay",
    )
    yield Finding("unread replies", unread == 0, str(unread), "" if not unread else "the web or a worker must run")


def all_well(findings: list[Finding]) -> bool:
    """True when nothing is wrong."""
    return all(finding.well for finding in findings)
