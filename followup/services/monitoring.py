"""Numbers about the service for monitoring, in Prometheus's text format and without a word about patients."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median

from followup.domain import pace
from followup.domain.alarm import LATE_AFTER, AlarmKind
from followup.domain.delivery import Priority
from followup.services.context import Services
from followup.store import alarms, measures, signs, traffic
from followup.store.database import Tx
from followup.store.models import Sender

PAGES_OF = timedelta(days=1)
TRAFFIC_OF = timedelta(minutes=15)
_RECEIPTS = 500  # the newest so many say how far receipts lag behind

_Family = tuple[str, str, Iterable[tuple[Mapping[str, str], float]]]


def metrics(services: Services) -> str:
    """The service's numbers. Counts over a time are gauges over the last of it, because a web process counts nothing
    itself: whoever answers says the same."""
    now, real = services.now(), services.real_now()
    with services.db.read() as tx:
        families = [*_cases(tx, now), *_outbound(tx, now, real), *_inbound(tx, real), *_service(tx, real)]
    return "".join(_written(*family) for family in families)


def _written(name: str, meaning: str, values: Iterable[tuple[Mapping[str, str], float]]) -> str:
    lines = [f"# HELP followup_{name} {meaning}", f"# TYPE followup_{name} gauge"]
    for labels, value in values:
        inside = ",".join(f'{label}="{word}"' for label, word in labels.items())
        lines.append(f"followup_{name}{{{inside}}} {value:.10g}" if inside else f"followup_{name} {value:.10g}")
    return "\n".join(lines) + "\n"


def _cases(tx: Tx, now: datetime) -> Iterable[_Family]:
    cases = sorted(measures.open_cases(tx).items())
    yield "cases", "Unresolved cases.", [({"acuity": key[0], "status": key[1]}, count) for key, count in cases]
    yield "cases_late", "Unresolved cases that wait past their time.", [({}, measures.late_cases(tx, now))]
    pages = sorted(measures.pages_since(tx, now - PAGES_OF).items())
    yield (
        "pages_last_day",
        "Pages of cases in the last 24 hours.",
        [({"channel": channel, "answered": answered}, count) for (channel, answered), count in pages],
    )


def _outbound(tx: Tx, now: datetime, real: datetime) -> Iterable[_Family]:
    due = measures.due(tx, now)
    yield (
        "communications_due",
        "Messages that are due and not claimed.",
        [({"priority": priority.name.lower()}, due[priority][0] if priority in due else 0) for priority in Priority],
    )
    late = measures.due(tx, now - LATE_AFTER)
    count = sum(count for count, _ in late.values())
    yield "communications_overdue", "Messages that should have been claimed five minutes ago or earlier.", [({}, count)]
    oldest = min((at for _, at in late.values()), default=now)
    yield "oldest_overdue_seconds", "Age of the oldest of them.", [({}, (now - oldest).total_seconds())]
    moving = sorted(measures.unsettled(tx).items())
    yield (
        "communications",
        "Messages on their way: queued is claimed, unknown waits to be reconciled.",
        [({"status": status}, count) for status, count in moving],
    )
    since = real - TRAFFIC_OF
    begun = sorted(traffic.attempts_since(tx, since).items())
    yield (
        "attempts_last_quarter_hour",
        "Calls to providers begun in the last 15 minutes, by what became of them so far and the provider's code.",
        [({"outcome": outcome, "code": code}, count) for (outcome, code), count in begun],
    )
    found = traffic.reconciled_since(tx, since)
    yield (
        "reconciled_last_quarter_hour",
        "Those whose doubt is over: whether the provider had the message.",
        [({"accepted": "yes" if had else "no"}, count) for had, count in found.items()],
    )
    receipts = traffic.newest_receipts(tx, limit=_RECEIPTS)
    yield (
        "last_receipt_age_seconds",
        "How long ago the last status callback came in.",
        [({}, (real - receipts[0][0]).total_seconds())] if receipts else [],
    )
    lags = [lag for at, lag in receipts if at >= since]
    yield (
        "receipts_lag_seconds",
        "From the call to its status callback: the newest 500 callbacks of the last 15 minutes.",
        [({"of": "median"}, median(lags)), ({"of": "most"}, max(lags))] if lags else [],
    )
    senders = traffic.all_senders(tx)
    yield (
        "sender_pace_spent_seconds",
        "How far ahead a sender's pace is spent.",
        [(_name(one), max(0.0, (one.pace_at - real).total_seconds()) if one.pace_at else 0.0) for one in senders],
    )
    today = pace.carrier_day(real)
    yield (
        "sender_day_used_ratio",
        "Share of a sender's daily cap that is used.",
        [(_name(one), (one.day_used if one.day == today else 0) / max(one.daily_cap, 1)) for one in senders],
    )
    yield (
        "sender_held",
        "1 where a sender waits (paused) or was stopped.",
        [
            ({**_name(one), "why": "stopped" if one.stopped_at else "paused"}, 1)
            for one in senders
            if one.stopped_at or (one.paused_until and one.paused_until > real)
        ],
    )


def _name(sender: Sender) -> Mapping[str, str]:
    return {"sender": str(sender.id), "kind": sender.kind, "purpose": sender.purpose}


def _inbound(tx: Tx, real: datetime) -> Iterable[_Family]:
    yield "replies_unread", "Replies that were kept and not read yet.", [({}, measures.unread_replies(tx))]
    came = sorted(traffic.replies_since(tx, real - TRAFFIC_OF).items())
    yield (
        "replies_last_quarter_hour",
        "Replies kept in the last 15 minutes, by the acuity that was read.",
        [({"channel": channel, "acuity": acuity}, count) for (channel, acuity), count in came],
    )


def _service(tx: Tx, real: datetime) -> Iterable[_Family]:
    alive: dict[str, float] = {}
    for sign in signs.all_signs(tx):  # newest first; by kind, because hosts and process ids have no end
        alive.setdefault(sign.name.split(":")[0], (real - sign.at).total_seconds())
    yield (
        "sign_of_life_age_seconds",
        "How long ago a process of that kind wrote that it works.",
        [({"name": name}, age) for name, age in sorted(alive.items())],
    )
    standing = Counter(alarm.kind for alarm in alarms.open_alarms(tx) if alarm.told_at is not None)
    yield "alarms", "Alarms that stand.", [({"kind": kind.value}, standing[kind.value]) for kind in AlarmKind]
