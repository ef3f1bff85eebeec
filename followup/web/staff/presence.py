"""Who is looking at a case or typing on it: passed on to the clinic's open screens, and kept nowhere."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from followup.web.session import Posting

router = APIRouter()


class Doing(StrEnum):
    """What somebody does at a case."""

    LOOKING = "looking"
    TYPING = "typing"
    GONE = "gone"


@router.post("/presence")
def presence(
    desk: Posting, case: Annotated[UUID | None, Form()] = None, doing: Annotated[str, Form()] = ""
) -> Response:
    """Say what I do at a case, to every screen of the clinic, over the stream that says what changed.

    Told again every few seconds while it lasts, so screens forget by themselves whoever does not say so any more.
    Nothing is written down and nothing waits for the broker: where it is away, nobody hears it, and that is all.
    """
    if case is not None and doing in set(Doing):
        name = " ".join(desk.who.name.split())
        desk.services.queue.announce(desk.clinic_id, f"here:{case}:{desk.who.staff_id}:{doing}:{name}")
    return Response(status_code=204)
