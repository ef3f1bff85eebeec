"""What is well and what is wrong with the running service, each with how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from followup.domain.errors import FollowupError
from followup.services import holding
from followup.services.context import Services
from followup.services.escalation.coverage import coverage, gap_words
from followup.services.escalation.reach import who_is_reachable
from followup.services.protocols import list_protocols
from followup.store import clinics, health, signs
from followup.store.models import Clinic

SILENT_AFTER = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=5)
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
    yield from _life(services)
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


def _life(services: Services) -> Iterator[Finding]:
    with services.db.read() as tx:
        seen: dict[str, datetime] = {}
        for sign in signs.all_signs(tx):
            kind = sign.name.split(":")[0]
            seen[kind] = max(sign.at, seen.get(kind, sign.at))
    for kind, command in (("worker", "celery -A workers.app worker"), ("beat", "celery -A workers.app beat")):
        last = seen.get(kind)
        age = services.real_now() - last if last else None
        well = age is not None and age < SILENT_AFTER
        said = "never seen" if age is None else f"last seen {age.total_seconds():.0f} s ago"
        yield Finding(kind, well, said, "" if well else f"start it: {command} (or followup serve)")


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
            for sender in senders:
                if sender.stopped_at is not None:
                    yield Finding(
                        f"sender {sender.kind}",
                        False,
                        sender.stop_reason or "stopped",
                        "mend the cause, then let it go on the admin page",
                    )


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
        oldest = health.oldest_overdue(tx, services.now())
        unknown = health.unknown_outcomes(tx)
        unread = health.unread_replies(tx)
    age = services.now() - oldest if oldest else timedelta(0)
    yield Finding(
        "due messages",
        age < LATE_AFTER,
        f"the oldest waits {age.total_seconds():.0f} s" if oldest else "none waits",
        "" if age < LATE_AFTER else "see workers, broker and senders above",
    )
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
