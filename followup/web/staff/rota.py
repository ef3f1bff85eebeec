"""The rota's page: a week at a glance, weekly hours, dated ones, and the days on which the clinic is closed."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.domain.rota import RotaRole, Shift
from followup.domain.working_week import DAYS
from followup.services.escalation import rota, rota_view
from followup.services.escalation.coverage import coverage
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, admin_only
from followup.web.staff.refused import Refused

router = APIRouter(prefix="/admin/rota")
_NOBODY = "nobody"


def _show(
    request: Request, desk: Desk, week: str = "", change: str = "", refused: Refused | None = None, status: int = 200
) -> Response:
    try:
        first = date.fromisoformat(week) if week else None
    except ValueError:
        first = None
    found = rota_view.rota_page(desk.services, desk.clinic_id, first)
    weekly = next((one for one in found.weekly if change in [str(each) for each in one.ids]), None)
    dated = next((one for one in found.dated if str(one.id) == change), None)
    return page(
        request, "rota.html", who=desk.who, status=status, rota=found, roles=list(RotaRole), weekly=weekly, dated=dated,
        refused=refused, coverage=coverage(desk.services, desk.clinic_id), tab="rota",
    )  # fmt: skip


@router.get("")
def rota_page(request: Request, desk: Looking, week: str = "", change: str = "") -> Response:
    """Who is on call when."""
    return _show(request, admin_only(desk), week, change)


@router.post("/weekly")
def keep_weekly(
    request: Request,
    desk: Posting,
    role: Annotated[str, Form()] = "",
    staff_id: Annotated[str, Form()] = "",
    weekday: Annotated[tuple[str, ...], Form()] = (),
    begins: Annotated[str, Form()] = "",
    ends: Annotated[str, Form()] = "",
    change: Annotated[str, Form()] = "",
) -> Response:
    """Put hours of each week on the rota, or others in the place of some."""
    admin_only(desk)
    typed = {
        "role": role, "staff_id": staff_id, "weekdays": ",".join(weekday), "begins": begins, "ends": ends,
        "change": change,
    }  # fmt: skip
    try:
        faults: list[Fault] = []
        chosen, person, times = _common(role, staff_id, begins, ends, faults)
        days = [DAYS.index(day) for day in weekday if day in DAYS]
        if not days:
            faults.append(Fault("weekday", "Choose at least one day of the week."))
        if person is None and staff_id == _NOBODY:
            faults.append(Fault("staff_id", "Choose who is on duty; where nobody is, leave the hours out."))
        if faults:
            raise InvalidInput(faults)
        _put(desk, [Shift(chosen, person, *times, weekday=day) for day in days], change)
    except InvalidInput as wrong:
        return _show(request, desk, refused=Refused.of("weekly", _plain(wrong), typed), status=422)
    return RedirectResponse("/admin/rota?said=saved", 303)


@router.post("/dated")
def keep_dated(
    request: Request,
    desk: Posting,
    role: Annotated[str, Form()] = "",
    staff_id: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
    begins: Annotated[str, Form()] = "",
    ends: Annotated[str, Form()] = "",
    change: Annotated[str, Form()] = "",
) -> Response:
    """Put hours of one date on the rota, which count instead of the weekly ones."""
    admin_only(desk)
    typed = {"role": role, "staff_id": staff_id, "day": day, "begins": begins, "ends": ends, "change": change}
    try:
        faults: list[Fault] = []
        chosen, person, times = _common(role, staff_id, begins, ends, faults)
        on = None
        try:
            on = date.fromisoformat(day.strip())
        except ValueError:
            faults.append(Fault("day", f"{day!r} is not a date; write it as 2026-12-25."))
        if faults or on is None:
            raise InvalidInput(faults)
        _put(desk, [Shift(chosen, person, *times, day=on)], change)
    except InvalidInput as wrong:
        return _show(request, desk, refused=Refused.of("dated", _plain(wrong), typed), status=422)
    return RedirectResponse(f"/admin/rota?week={on.isoformat()}&said=saved", 303)


@router.post("/remove")
def remove(desk: Posting, shifts: Annotated[str, Form()] = "") -> Response:
    """Take hours off the rota: one shift, or the same hours of several days."""
    admin_only(desk)
    wanted = _ids(shifts)
    if not wanted:
        raise NotFound("There is no such shift here.")
    for shift_id in wanted:
        rota.remove_shift(desk.services, desk.clinic_id, shift_id, actor=desk.who.actor)
    return RedirectResponse("/admin/rota?said=saved", 303)


@router.post("/closed")
def closed(
    request: Request, desk: Posting, closed: Annotated[str, Form()] = "", given: Annotated[str, Form()] = "yes"
) -> Response:
    """Close the office on a date, or open it again."""
    admin_only(desk)
    try:
        rota_view.set_closed(desk.services, desk.clinic_id, closed, closed=given == "yes", actor=desk.who.actor)
    except InvalidInput as wrong:
        return _show(request, desk, refused=Refused.of("closed", wrong, {"closed": closed}), status=422)
    return RedirectResponse("/admin/rota?said=saved", 303)


def _common(
    role: str, staff_id: str, begins: str, ends: str, faults: list[Fault]
) -> tuple[RotaRole, UUID | None, tuple[time, time]]:
    if role not in set(RotaRole):
        faults.append(Fault("role", f"{role!r} is not on call, backup or manager."))
    person = None
    if staff_id != _NOBODY:
        try:
            person = UUID(staff_id)
        except ValueError:
            faults.append(Fault("staff_id", "Choose who is on duty."))
    times: list[time] = []
    for field, text in (("begins", begins), ("ends", ends)):
        try:
            # A day's end is written 24:00 by people.
            times.append(time.fromisoformat("00:00" if text.strip() == "24:00" else text.strip()))
        except ValueError:
            faults.append(Fault(field, f"{text!r} is not a time; write it as 17:00."))
            times.append(time(0))
    return RotaRole(role) if role in set(RotaRole) else RotaRole.ON_CALL, person, (times[0], times[1])


def _put(desk: Desk, shifts: Sequence[Shift], change: str) -> None:
    """The new hours first: until the old ones are gone, somebody too many is on duty and never nobody."""
    rota.add_shifts(desk.services, desk.clinic_id, shifts, actor=desk.who.actor)
    for old in _ids(change):
        with suppress(NotFound):  # somebody took them off meanwhile
            rota.remove_shift(desk.services, desk.clinic_id, old, actor=desk.who.actor)


def _ids(words: str) -> list[UUID]:
    """Ids between commas; what is none is left out."""
    found = []
    for word in words.split(","):
        with suppress(ValueError):
            found.append(UUID(word))
    return found


def _plain(wrong: InvalidInput) -> InvalidInput:
    """The service names the shift; the form has one field for them all."""
    return InvalidInput([Fault(fault.field.rsplit(".", 1)[-1], fault.message) for fault in wrong.faults])
