"""Who is on call, which hours nobody can be paged in, and going live, which needs that there are none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from followup.domain.actor import SYSTEM, Actor
from followup.domain.coverage import Gap, Need, gaps, on_call_until
from followup.domain.delivery import Channel, Kind
from followup.domain.errors import Conflict, Fault, InvalidInput
from followup.domain.hours import local
from followup.domain.ladder import Ladder, PageChannel
from followup.domain.rota import Rota
from followup.services import outbox
from followup.services.context import Services
from followup.services.escalation.reach import roll_in
from followup.store import audit, clinics, staff
from followup.store.database import Tx
from followup.store.models import Clinic

AHEAD = timedelta(days=7)
# A gap that is older than this is not news; it is said as one that stands.
_BEFORE = timedelta(days=7)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NamedGap:
    """A gap with the names of those who are on duty in it and cannot be paged."""

    gap: Gap
    unreachable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is paged first: now, until when, and who comes after that (nobody known: empty)."""

    now: tuple[str, ...]
    until: datetime | None
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The next days of one clinic."""

    clinic_name: str
    zone: str
    begins: datetime
    ends: datetime
    gaps: tuple[NamedGap, ...]
    on_call: OnCall
    has_rota: bool
    has_ladder: bool
    held_since: datetime | None

    @property
    def uncovered(self) -> tuple[NamedGap, ...]:
        """The hours in which nobody can be paged first: they keep a clinic from going live."""
        return tuple(one for one in self.gaps if one.gap.need is Need.FIRST)

    @property
    def without_backup(self) -> tuple[NamedGap, ...]:
        """The hours in which nobody stands behind the first: said, and not in the way."""
        return tuple(one for one in self.gaps if one.gap.need is Need.BACKUP)

    @property
    def live(self) -> bool:
        """True when messages leave for its patients."""
        return self.held_since is None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rule needs of one clinic."""

    clinic: Clinic
    rota: Rota
    ladder: Ladder
    reachable: Mapping[UUID, frozenset[PageChannel]]
    names: Mapping[UUID, str]

    def gaps(self, begins: datetime, ends: datetime) -> tuple[NamedGap, ...]:
        found = gaps(self.rota, self.ladder, self.reachable, begins, ends)
        return tuple(NamedGap(gap, self.named(gap.unreachable)) for gap in found)

    def named(self, ids: Iterable[UUID]) -> tuple[str, ...]:
        return tuple(self.names[one] for one in ids if one in self.names)


def coverage(services: Services, clinic_id: UUID, ahead: timedelta = AHEAD) -> Coverage:
    """The next days of a clinic. Raises NotFound."""
    now = services.now()
    with services.db.read() as tx:
        return _coverage(_facts_in(tx, services, clinic_id), now, now + ahead)


def on_call_now(services: Services, clinic_id: UUID) -> OnCall:
    """Who is paged first, for the line above the queue. Raises NotFound."""
    now = services.now()
    with services.db.read() as tx:
        return _on_call(_facts_in(tx, services, clinic_id), now)


def go_live(services: Services, clinic_id: UUID, actor: Actor) -> None:
    """Let the clinic's messages leave from now on.

    Raises InvalidInput that names every uncovered hour of the next seven days, and Conflict where it is live already.
    """
    now = services.now()
    with services.db.write() as tx:
        found = _coverage(_facts_in(tx, services, clinic_id), now, now + AHEAD)
        if found.uncovered and not found.live:
            listed = [gap_words(one, found.zone) for one in found.uncovered]
            raise InvalidInput([Fault("coverage", words) for words in listed])
        if not clinics.try_go_live(tx, clinic_id):
            raise Conflict("The clinic is live already.")
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="go_live", object_kind="clinic", object_id=clinic_id,
            fields=["held_since"],
        )  # fmt: skip
    services.queue.wake("followup.send_due")


def warn_of_gaps(services: Services) -> int:
    """Mail the administrators of live clinics about hours without anybody, once a gap; returns how many mails.

    Only clinics that have begun a rota: one without is told by the screens and by `doctor`. A gap is known by when it
    begins, so that a rota changed elsewhere is no news; what has stood for a week is told once more, and then no more.
    """
    now, told = services.now(), 0
    with services.db.read() as tx:
        live = [clinic.id for clinic in clinics.all_clinics(tx) if clinic.held_since is None]
    for clinic_id in live:
        with services.db.read() as tx:
            facts = _facts_in(tx, services, clinic_id)
        since = now - _BEFORE
        found = [one for one in facts.gaps(since, now + AHEAD) if one.gap.ends > now and one.gap.need is Need.FIRST]
        if facts.rota.shifts and found:
            with services.db.write() as tx:
                told += _warn_in(tx, services, facts, found, since, now)
    if told:
        log.warning("coverage_gaps_told", mails=told)
        services.queue.wake("followup.send_due")
    return told


def _warn_in(
    tx: Tx, services: Services, facts: _Facts, found: Sequence[NamedGap], since: datetime, now: datetime
) -> int:
    clinic, told = facts.clinic, 0
    language = clinic.language
    for person in staff.of_clinic(tx, clinic.id, active_only=True):
        if person.role != "admin":
            continue
        for one in found:
            begins = "standing" if one.gap.begins <= since else one.gap.begins.isoformat()
            shown = NamedGap(Gap(one.gap.need, max(one.gap.begins, now), one.gap.ends), one.unreachable)
            words = {
                **services.texts.clinic_words(clinic, language),
                "gaps": gap_words(shown, clinic.zone),
                "url": f"{services.public_url}/admin/coverage",
            }
            mail = services.texts.message("coverage-gap", language, Channel.EMAIL, words)
            written = outbox.write_in(
                tx, services, clinic=clinic, kind=Kind.STAFF_NOTICE, channel=Channel.EMAIL, to_address=person.email,
                language=language, body=mail.text, subject=mail.subject, html=mail.html,
                dedupe_key=f"coverage:{clinic.id}:{person.id}:{begins}", staff_id=person.id, expires_at=one.gap.ends,
                now=now,
            )  # fmt: skip
            if written is not None:
                told += 1
                audit.record(
                    tx, clinic_id=clinic.id, at=now, actor=SYSTEM, action="coverage.warn", object_kind="staff",
                    object_id=person.id,
                )  # fmt: skip
    return told


def gap_words(one: NamedGap, zone: str) -> str:
    """A gap in a line: "Sat 7 Mar 07:00 to Sun 8 Mar 07:00: nobody can be paged (Ana Ruiz has no number)"."""
    begins, ends = local(one.gap.begins, zone), local(one.gap.ends, zone)
    why = f" ({' and '.join(one.unreachable)} cannot be reached)" if one.unreachable else ""
    span = f"{begins:%a} {begins.day} {begins:%b %H:%M} to {ends:%a} {ends.day} {ends:%b %H:%M}"
    return f"{span}: {one.gap.need.label[0].lower()}{one.gap.need.label[1:]}{why}"


def _facts_in(tx: Tx, services: Services, clinic_id: UUID) -> _Facts:
    roll = roll_in(tx, services, clinic_id)
    return _Facts(
        clinic=roll.clinic,
        rota=roll.rota,
        ladder=roll.ladder,
        # What the clinic has no sender for reaches nobody.
        reachable={one: reach.channels & roll.open for one, reach in roll.reaches.items()},
        names={one: reach.name for one, reach in roll.reaches.items()},
    )


def _coverage(facts: _Facts, begins: datetime, ends: datetime) -> Coverage:
    return Coverage(
        clinic_name=facts.clinic.name,
        zone=facts.clinic.zone,
        begins=begins,
        ends=ends,
        gaps=facts.gaps(begins, ends),
        on_call=_on_call(facts, begins),
        has_rota=bool(facts.rota.shifts),
        has_ladder=bool(facts.ladder.rungs),
        held_since=facts.clinic.held_since,
    )


def _on_call(facts: _Facts, now: datetime) -> OnCall:
    horizon = now + AHEAD
    present, until = on_call_until(facts.rota, facts.ladder, now, horizon)
    if until >= horizon:
        return OnCall(facts.named(present), None, ())
    then, _ = on_call_until(facts.rota, facts.ladder, until, until + AHEAD)
    return OnCall(facts.named(present), until, facts.named(then))
