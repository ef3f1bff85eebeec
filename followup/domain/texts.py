"""What every text may say: its variables, its limits, and days and hours in a patient's words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from followup.domain.delivery import Channel
from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local
from followup.domain.phone import spoken_phone
from followup.domain.working_week import WorkingWeek

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_SHORT_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}

# What stands where the number would, for a clinic that has given none: "call our office", "llame al número de ...".
_NO_PHONE = {"en": "our office", "es": "número de la clínica"}
_OFFICE_HOURS = {"en": "office hours", "es": "horas de oficina"}
_MOST_GROUPS = 2

# The longest name that our texts leave room for. A longer one is refused where it is set, for a name that is cut
# in the middle tells a patient nothing.
SENDER_NAME_LIMIT = 30
GIVEN_NAME_LIMIT = 16
READING_GRADE_LIMIT = 6.0


@dataclass(frozen=True, slots=True)
class SegmentLimit:
    """How many segments a text may fill: as any later text, and as the first, which carries the first-contact lines.

    On a phone that patients share, the given name in front may cost one more; where the clinic wants the link to the
    check-in page in texts, that costs `linked` more.
    """

    later: int
    first: int
    named: int = 1
    linked: int = 1


# English fits GSM-7; Spanish keeps its accents, which makes it UCS-2 with less than half the room.
SEGMENT_LIMITS = {"en": SegmentLimit(later=1, first=2), "es": SegmentLimit(later=3, first=5, linked=2)}

# The variables that a step's text may use, by channel. A text message names nobody: phones are lent and lost.
STEP_VARIABLES: dict[Channel, frozenset[str]] = {
    Channel.SMS: frozenset({"clinic", "phone", "hours", "activity_until"}),
    Channel.EMAIL: frozenset({"clinic", "phone", "hours", "activity_until", "given_name"}),
}
# What the mail of a step with a check-in page may use besides.
LINK_VARIABLE = "check_in_url"
# The messages that no protocol owns, with the variables each may use beside the clinic's; the channels each has.
CLINIC_VARIABLES = frozenset({"clinic", "phone", "hours"})
MESSAGE_VARIABLES: dict[str, frozenset[str]] = {
    "first-contact": frozenset(),
    "shared-phone": frozenset({"given_name"}),
    "check-in": frozenset({LINK_VARIABLE}),
    "opt-out": frozenset(),
    "opt-in": frozenset(),
    "help": frozenset(),
    "emergency": frozenset(),
    "emergency-self-harm": frozenset(),
    "after-hours": frozenset({"read_by"}),
    "after-hours-noted": frozenset({"read_by"}),
    "staff-answer": frozenset({"staff", "answer"}),
    "page": frozenset({"initials", "url", "take_url"}),
    "page-urgent": frozenset({"initials", "url", "take_url"}),
    "page-drill": frozenset({"initials", "url", "take_url"}),
    "page-taken": frozenset({"initials", "url"}),
    "page-not-taken": frozenset({"initials", "url"}),
    "coverage-gap": frozenset({"gaps", "url"}),
    "daily-summary": frozenset(
        {
            "day",
            "replies",
            "emergency",
            "urgent",
            "routine",
            "open",
            "todo",
            "asked",
            "silent",
            "not_delivered",
            "pages",
            "pages_answered",
            "url",
        }
    ),
    "alarm": frozenset({"problem", "mend", "url"}),
    "alarm-over": frozenset({"problem", "mend", "url"}),
    "frame": frozenset({"address", "unsubscribe_url", "subject", "body"}),
}
SMS_ONLY = frozenset({"first-contact", "shared-phone", "check-in", "page-taken", "page-not-taken"})
# What goes to staff, who read it without the frame of a patient's mail.
TO_STAFF = frozenset(
    {
        "page",
        "page-urgent",
        "page-drill",
        "page-taken",
        "page-not-taken",
        "coverage-gap",
        "alarm",
        "alarm-over",
        "daily-summary",
    }
)
EMAIL_ONLY = frozenset({"frame", "coverage-gap", "daily-summary"})


def clinic_words(
    *, sender_name: str, phone: str, week: WorkingWeek, language: str, address: str = ""
) -> dict[str, str]:
    """The values that every text of one clinic may use, in `language`; `phone` is E.164 or empty."""
    return {
        "clinic": sender_name,
        "phone": spoken_phone(phone) if phone else _NO_PHONE[language],
        "hours": week_words(week, language),
        "address": address,
    }


def step_words(
    clinic: Mapping[str, str],
    *,
    given_name: str,
    performed_at: datetime,
    zone: str,
    language: str,
    activity_limit: timedelta = timedelta(hours=48),
) -> dict[str, str]:
    """The values of every variable of a step's text: the clinic's words, the patient's name, and until when to rest.

    `zone` is the patient's; `activity_limit` comes from the protocol. "activity_until" is "Thursday at 3 pm".
    """
    return {
        **clinic,
        "given_name": shown_given_name(given_name),
        "activity_until": moment_words(performed_at + activity_limit, zone, language),
    }


def shown_given_name(name: str) -> str:
    """The name by which a text calls a patient: the first given name, or its beginning where even that is long."""
    first = name.split()[0] if name.split() else ""
    return first if len(first) <= GIVEN_NAME_LIMIT else first[:GIVEN_NAME_LIMIT]


def check_sender_name(name: str, field: str = "sender_name") -> str:
    """The name that patients see, checked for length. Raises InvalidInput."""
    clean = " ".join(name.split())
    if not clean or len(clean) > SENDER_NAME_LIMIT:
        why = "is empty" if not clean else f"has {len(clean)} letters, and our texts have room for {SENDER_NAME_LIMIT}"
        raise InvalidInput(Fault(field, f"{name!r} {why}; give a short name that patients know the clinic by"))
    return clean


def moment_words(at: datetime, zone: str, language: str) -> str:
    """A weekday and hour on the patient's clock: "Thursday at 3 pm", "el jueves a las 3 p. m.".

    Rounded up to the full hour, so that "no strenuous activity until" is never too short. Midnight becomes 1 am, for
    people read "Friday at midnight" as either end of Friday.
    """
    there = local(at, zone)
    past = timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
    if past:
        at += timedelta(hours=1) - past
    if local(at, zone).hour == 0:
        at += timedelta(hours=1)
    there = local(at, zone)
    day = WEEKDAYS[language][there.weekday()]
    clock = clock_words(there.time(), language)
    if language == "es":
        if there.hour == 12 and not there.minute:
            return f"el {day} al {clock}"
        return f"el {day} a {'la' if there.hour % 12 == 1 else 'las'} {clock}"
    return f"{day} at {clock}"


def clock_words(clock: time, language: str) -> str:
    """An hour of the day: "3 pm", "3:30 pm", "noon"; "3 p. m.", "mediodía"."""
    if clock.hour == 12 and clock.minute == 0:
        return "mediodía" if language == "es" else "noon"
    hour = clock.hour % 12 or 12
    shown = f"{hour}:{clock.minute:02d}" if clock.minute else f"{hour}"
    half = ("a. m.", "p. m.") if language == "es" else ("am", "pm")
    return f"{shown} {half[clock.hour >= 12]}"


def day_words(days: Collection[int], language: str) -> str:
    """Days of the week, Monday 0, runs joined: "Mon-Fri", "Mon-Thu, Sat"; "lun-vie"."""
    names = _SHORT_DAYS[language]
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [
        names[run[0]] if len(run) == 1 else f"{names[run[0]]}{'-' if len(run) > 2 else ', '}{names[run[-1]]}"
        for run in runs
    ]
    return ", ".join(said)


def week_words(week: WorkingWeek, language: str) -> str:
    """A clinic's hours as a text says them: "Mon-Fri 8 am-5 pm", "lun-vie 8 a. m.-5 p. m.".

    From the first opening to the last closing of a day; a week too uneven for a short text is "office hours".
    """
    groups: dict[tuple[time, time], list[int]] = {}
    for day, periods in enumerate(week.periods):
        if periods:
            groups.setdefault((periods[0].opens, max(period.closes for period in periods)), []).append(day)
    if not groups or len(groups) > _MOST_GROUPS:
        return _OFFICE_HOURS[language]
    return ", ".join(
        f"{day_words(days, language)} {clock_words(opens, language)}-{clock_words(closes, language)}"
        for (opens, closes), days in groups.items()
    )
