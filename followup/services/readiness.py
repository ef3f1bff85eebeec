"""Whether this process can take requests, and numbers about the service for monitoring."""

from collections import Counter
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from followup.domain.alarm import AlarmKind
from followup.domain.errors import FollowupError
from followup.services.context import Services
from followup.store import alarms, measures, migrate, signs

LATE_AFTER = timedelta(minutes=2)
PAGES_OF = timedelta(days=1)


def not_ready(services: Services) -> str:
    """Why this process cannot take requests; empty when it can. A write is tried, because a full disk still reads."""
    try:
        found, wanted = migrate.current(services.db), migrate.head()
        if found != wanted:
            return f"the database is at revision {found or 'none'}, this version needs {wanted}"
        with services.db.write() as tx:
            signs.write(tx, "web", services.real_now())
    except (SQLAlchemyError, FollowupError) as error:
        return f"the database does not take writes ({type(error).__name__})"
    return ""


def metrics(services: Services) -> str:
    """The service's numbers in Prometheus's text format."""
    now, real = services.now(), services.real_now()
    with services.db.read() as tx:
        cases = measures.open_cases(tx)
        late = measures.late_cases(tx, now)
        moving = measures.unsettled(tx)
        overdue, oldest = measures.overdue(tx, now, LATE_AFTER)
        unread = measures.unread_replies(tx)
        paged = measures.pages_since(tx, now - PAGES_OF)
        alive: dict[str, float] = {}
        for sign in signs.all_signs(tx):  # newest first; by kind, because hosts and process ids have no end
            alive.setdefault(sign.name.split(":")[0], (real - sign.at).total_seconds())
        standing = Counter(alarm.kind for alarm in alarms.open_alarms(tx) if alarm.told_at is not None)
    lines = ["# TYPE followup_cases gauge"]
    lines += [f'followup_cases{{acuity="{key[0]}",status="{key[1]}"}} {count}' for key, count in sorted(cases.items())]
    lines += ["# TYPE followup_cases_late gauge", f"followup_cases_late {late}"]
    lines += ["# TYPE followup_communications gauge"]
    lines += [f'followup_communications{{status="{status}"}} {count}' for status, count in sorted(moving.items())]
    lines += ["# TYPE followup_communications_overdue gauge", f"followup_communications_overdue {overdue}"]
    age = (now - oldest).total_seconds() if oldest else 0
    lines += ["# TYPE followup_oldest_overdue_seconds gauge", f"followup_oldest_overdue_seconds {age:.0f}"]
    lines += ["# TYPE followup_replies_unread gauge", f"followup_replies_unread {unread}"]
    lines += ["# TYPE followup_pages_last_day gauge"]
    lines += [
        f'followup_pages_last_day{{channel="{channel}",answered="{answered}"}} {count}'
        for (channel, answered), count in sorted(paged.items())
    ]
    lines += ["# TYPE followup_sign_of_life_age_seconds gauge"]
    lines += [f'followup_sign_of_life_age_seconds{{name="{name}"}} {age:.0f}' for name, age in sorted(alive.items())]
    lines += ["# TYPE followup_alarms gauge"]
    lines += [f'followup_alarms{{kind="{kind}"}} {standing[kind.value]}' for kind in AlarmKind]
    return "\n".join(lines) + "\n"
