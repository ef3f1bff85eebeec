"""The ladder's page: its rungs in order, what they come to in plain words, and the webhooks that they may name."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, Fault, InvalidInput
from followup.domain.ladder import Ladder, PageChannel, Rung, Who
from followup.domain.rota import RotaRole
from followup.services import staff
from followup.services.escalation import ladder as ladders
from followup.services.escalation.coverage import coverage
from followup.web.ladder_words import Names, sentences
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, admin_only
from followup.web.staff.refused import Refused

router = APIRouter(prefix="/admin/ladder")


def _show(
    request: Request, desk: Desk, refused: Refused | None = None, secret: str = "", status: int = 200
) -> Response:
    ladder = ladders.read_ladder(desk.services, desk.clinic_id)
    hooks = ladders.list_webhooks(desk.services, desk.clinic_id)
    people = {one.id: one.name for one in staff.everyone(desk.services, desk.clinic_id) if one.active}
    names = Names(people, {one.id: one.name for one in hooks})
    return page(
        request, "ladder.html", who=desk.who, status=status, refused=refused, secret=secret, tab="ladder",
        coverage=coverage(desk.services, desk.clinic_id),
        ladder=ladder, rungs=[_row(rung, names) for rung in ladder.rungs], seen=_digest(ladder), webhooks=hooks,
        sentences=sentences(ladder, names), choices=_choices(people, hooks),
        channels=[one for one in PageChannel if one is not PageChannel.WEBHOOK],
    )  # fmt: skip


@router.get("")
def ladder_page(request: Request, desk: Looking) -> Response:
    """Who is paged after whom."""
    return _show(request, admin_only(desk))


@router.post("/rungs")
def add(
    request: Request,
    desk: Posting,
    seen: Annotated[str, Form()] = "",
    after: Annotated[str, Form()] = "",
    whom: Annotated[str, Form()] = "",
    channel: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """One more rung, at the place that its minutes give it."""
    admin_only(desk)

    def change(rungs: list[Rung]) -> list[Rung]:
        made = _rung(after, whom, channel)
        place = next((number for number, rung in enumerate(rungs) if rung.after > made.after), len(rungs))
        return [*rungs[:place], made, *rungs[place:]]

    return _change(request, desk, seen, change, "add", after, whom, channel)


@router.post("/rungs/change")
def keep(
    request: Request,
    desk: Posting,
    number: Annotated[int, Form()] = 0,
    seen: Annotated[str, Form()] = "",
    after: Annotated[str, Form()] = "",
    whom: Annotated[str, Form()] = "",
    channel: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Change a rung where it stands."""
    admin_only(desk)

    def change(rungs: list[Rung]) -> list[Rung]:
        rungs[number] = _rung(after, whom, channel)
        return rungs

    return _change(request, desk, seen, change, f"rung-{number}", after, whom, channel, number)


@router.post("/rungs/move")
def move(
    request: Request,
    desk: Posting,
    number: Annotated[int, Form()] = 0,
    way: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Move a rung up or down, or take it away; the minutes stay where they are."""
    admin_only(desk)

    def change(rungs: list[Rung]) -> list[Rung]:
        times = [rung.after for rung in rungs]
        rung = rungs.pop(number)
        if way == "remove":
            times = times[:number] + times[number + 1 :]
        else:
            rungs.insert(max(number - 1, 0) if way == "up" else number + 1, rung)
        if times:
            times[0] = timedelta(0)
        return [_at(rung, after) for rung, after in zip(rungs, times, strict=True)]

    return _change(request, desk, seen, change, f"rung-{number}", "", "", (), number)


@router.post("/webhooks")
def add_webhook(
    request: Request, desk: Posting, name: Annotated[str, Form()] = "", url: Annotated[str, Form()] = ""
) -> Response:
    """Let another system be told of pages; its secret is shown once."""
    admin_only(desk)
    try:
        made = ladders.add_webhook(desk.services, desk.clinic_id, name, url, actor=desk.who.actor)
    except InvalidInput as wrong:
        return _show(request, desk, Refused.of("webhook", wrong, {"name": name, "url": url}), status=422)
    return _show(request, desk, secret=made.secret)


@router.post("/webhooks/{webhook_id}/remove")
def remove_webhook(request: Request, desk: Posting, webhook_id: UUID) -> Response:
    """Tell it nothing any more."""
    admin_only(desk)
    try:
        ladders.remove_webhook(desk.services, desk.clinic_id, webhook_id, actor=desk.who.actor)
    except Conflict as wrong:
        return _show(request, desk, Refused.of("webhook", wrong, {}), status=409)
    return RedirectResponse("/admin/ladder?said=saved", 303)


def _change(
    request: Request,
    desk: Desk,
    seen: str,
    change: Callable[[list[Rung]], list[Rung]],
    form: str,
    after: str,
    whom: str,
    channel: Sequence[str],
    number: int = 0,
) -> Response:
    typed = {"after": after, "whom": whom, "channels": ",".join(channel)}
    ladder = ladders.read_ladder(desk.services, desk.clinic_id)
    if seen != _digest(ladder) or not 0 <= number < max(len(ladder.rungs), 1):
        wrong = Conflict("Somebody changed the ladder meanwhile. Look at it again.")
        return _show(request, desk, Refused.of(form, wrong, typed), status=409)
    try:
        wanted = change(list(ladder.rungs))
        ladders.set_ladder(desk.services, desk.clinic_id, wanted, actor=desk.who.actor)
    except InvalidInput as wrong_:
        plain = InvalidInput([Fault(_field(fault.field), _said(fault)) for fault in wrong_.faults])
        return _show(request, desk, Refused.of(form, plain, typed), status=422)
    return RedirectResponse("/admin/ladder?said=saved", 303)


def _field(field: str) -> str:
    """`rungs.2.staff_id` as the field of the form."""
    name = field.rsplit(".", 1)[-1]
    return {"channels": "channel", "role": "whom", "staff_id": "whom", "webhook_id": "whom"}.get(name, name)


def _said(fault: Fault) -> str:
    """A fault with the rung that it is about, as people count."""
    parts = fault.field.split(".")
    if len(parts) < 3:
        return fault.message
    return f"Rung {int(parts[1]) + 1}, {_field(fault.field)}: {fault.message}"


def _rung(after: str, whom: str, channels: Sequence[str]) -> Rung:
    """What a form says. `whom` is "role:on_call", "owner", "staff:<id>" or "webhook:<id>"."""
    faults: list[Fault] = []
    minutes = int(after) if after.strip().isdecimal() and len(after.strip()) < 5 else -1
    if minutes < 0:
        faults.append(Fault("after", f"{after!r} is not a number of minutes; write 0, 5 or 10."))
    kind, _, value = whom.partition(":")
    role, person = None, None
    try:
        who = Who(kind)
        role = RotaRole(value) if who is Who.ROLE else None
        person = UUID(value) if who in (Who.STAFF, Who.WEBHOOK) else None
    except ValueError:
        who = Who.OWNER
        faults.append(Fault("whom", "Choose who is paged."))
    known = tuple(PageChannel(one) for one in dict.fromkeys(channels) if one in set(PageChannel))
    if who is Who.WEBHOOK:
        known = (PageChannel.WEBHOOK,)
    if not known:
        faults.append(Fault("channel", "Choose at least one way to page them."))
    if faults:
        raise InvalidInput(faults)
    hook = person if who is Who.WEBHOOK else None
    return Rung(timedelta(minutes=minutes), who, known, role, None if hook else person, hook)


def _at(rung: Rung, after: timedelta) -> Rung:
    return Rung(after, rung.who, rung.channels, rung.role, rung.staff_id, rung.webhook_id)


def _row(rung: Rung, names: Names) -> dict[str, object]:
    value = rung.role or rung.staff_id or rung.webhook_id
    return {
        "after": int(rung.after.total_seconds() // 60),
        "whom": f"{rung.who}:{value}" if value else rung.who.value,
        "name": names.of(rung),
        "channels": [one.value for one in rung.channels],
        "labels": ", ".join(one.label.lower() for one in rung.channels),
    }


def _choices(people: Mapping[UUID, str], hooks: Sequence[ladders.KeptWebhook]) -> list[tuple[str, str]]:
    return [
        *((f"role:{role.value}", f"Whoever is on the rota: {role.label.lower()}") for role in RotaRole),
        ("owner", "Whoever has the case"),
        *((f"staff:{one}", name) for one, name in people.items()),
        *((f"webhook:{one.id}", f"Webhook {one.name}") for one in hooks),
    ]


def _digest(ladder: Ladder) -> str:
    """What a page has seen, so that two who change it at once do not undo each other."""
    return hashlib.sha256(repr(ladder).encode()).hexdigest()[:16]
