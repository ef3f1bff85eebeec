"""The days that a report is asked for, as they come from a form."""

from datetime import date, timedelta

from followup.domain.errors import Fault, InvalidInput

DAYS = 30
_LONGEST = 366


def asked_days(first: str, last: str, today: date) -> tuple[date, date]:
    """The first and the last day: by default the 30 days up to `today`. Raises InvalidInput that names each fault."""
    faults: list[Fault] = []
    given: dict[str, date] = {}
    for name, text, otherwise in (("first", first, None), ("last", last, today)):
        try:
            if text or otherwise:
                given[name] = date.fromisoformat(text) if text else otherwise  # type: ignore[assignment]
        except ValueError:
            faults.append(Fault(name, f"{text!r} is not a day; write it as 2026-03-01"))
    if faults:
        raise InvalidInput(faults)
    end = given["last"]
    begin = given.get("first", end - timedelta(days=DAYS - 1))
    if not begin <= end or (end - begin).days >= _LONGEST or begin.year < 2000 or end.year > 2100:
        raise InvalidInput(Fault("first", "choose a first day that is not after the last one, and at most a year"))
    return begin, end
