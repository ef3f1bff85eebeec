"""The values with which texts are measured: the longest that may come, and everyday ones for reading them."""

from datetime import UTC, datetime, time, timedelta

from followup.domain import texts

# The widest in each alphabet: one accent already makes a Spanish text UCS-2, even where its own words have none.
_LONGEST_CLINIC = {"en": "W" * texts.SENDER_NAME_LIMIT, "es": "Á" * texts.SENDER_NAME_LIMIT}
_LONGEST_HOURS = {
    "en": "Mon-Thu 10:30 am-10:30 pm, Fri, Sat 10:30 am-12:30 pm",
    "es": "lun-jue 10:30 a. m.-10:30 p. m., vie, sáb 10:30 a. m.-12:30 p. m.",
}
_PLAIN_CLINIC = {"en": "Our clinic", "es": "La clínica"}
_SOME_WEEK = datetime(2026, 6, 1, tzinfo=UTC)


def longest_words(language: str) -> dict[str, str]:
    """Every variable of every text at its longest: names, hours, and the weekday and hour that takes most letters."""
    moments = (texts.moment_words(_SOME_WEEK + timedelta(hours=hour), "UTC", language) for hour in range(168))
    longest = max(moments, key=len)
    return {
        **_always(),
        "clinic": _LONGEST_CLINIC[language],
        "hours": _LONGEST_HOURS[language],
        "given_name": "W" * texts.GIVEN_NAME_LIMIT,
        "activity_until": longest,
        "read_by": longest,
        "check_in_url": f"https://{'w' * 40}/c/{'w' * 19}",
        "staff": "W" * texts.GIVEN_NAME_LIMIT,
    }


def plain_words(language: str) -> dict[str, str]:
    """Everyday values, for what is measured in words and not in room."""
    return {
        **_always(),
        "clinic": _PLAIN_CLINIC[language],
        "hours": f"{texts.day_words(range(5), language)} {texts.clock_words(time(8), language)}",
        "given_name": "Ana",
        "activity_until": texts.moment_words(_SOME_WEEK + timedelta(hours=15), "UTC", language),
        "read_by": texts.moment_words(_SOME_WEEK + timedelta(hours=8), "UTC", language),
        "staff": "Ana",
    }


def _always() -> dict[str, str]:
    return {
        "phone": "312-555-0100",
        "address": "",
        "unsubscribe_url": "",
        "check_in_url": "",
        "answer": "OK",
        "gaps": "Sat 07:00 to Sat 15:00: nobody can be paged",
        "day": "2026-03-03",
        **dict.fromkeys(
            ("replies", "emergency", "urgent", "routine", "open", "todo", "asked", "silent", "not_delivered"), "1"
        ),
        "pages": "1",
        "pages_answered": "1",
        "problem": "Messages are late to leave.",
        "mend": "Look at the senders.",
        "initials": "WW",
        "take_url": "https://followup.clinic.example/page/" + "a" * 42,
        "url": f"https://{'w' * 40}/cases/{'0' * 36}",
    }
