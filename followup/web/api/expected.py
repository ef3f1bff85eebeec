"""What is expected of a case's patient for a while, over the API: the same rules as on the case's page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from followup.domain.expected import Topic
from followup.services.api_keys import Scope
from followup.services.cases.expect import end_expectation, expect, expected_of
from followup.web.api.answers import problems
from followup.web.api.body import Body, Words, documented
from followup.web.api.case_shapes import ExpectedOut, ExpectIn
from followup.web.api.keys import Caller, caller

router = APIRouter(prefix="/cases/{case_id}/expected", tags=["Cases"])
Reader = Annotated[Caller, Depends(caller(Scope.CASES_READ))]
Writer = Annotated[Caller, Depends(caller(Scope.CASES_WRITE))]
_FAILURES = problems(400, 404, 409, 413, 415, 422)
_TOPICS = ", ".join(f"`{each.value}`" for each in Topic)


@router.get("", responses=problems(404))
def look(by: Reader, case_id: UUID) -> list[ExpectedOut]:
    """What is expected of the case's patient now."""
    return _now(by, case_id)


@router.post(
    "",
    responses=_FAILURES,
    openapi_extra=documented(ExpectIn, {"topic": "bruising", "until": "2026-03-06", "note": "seen by Dr. Ames"}),
    description=f"Mark something as expected of the patient through a day. `topic`: {_TOPICS}. Routine replies about "
    "it alone stay out of the queue. At most seven days, not beyond the plan, and never for an emergency (409).",
)
def mark(by: Writer, case_id: UUID, body: Body) -> list[ExpectedOut]:
    """Mark something as expected; what is expected then."""
    words = Words(body, "topic", "until", "note")
    topic, until, note = words.text("topic", required=True), words.text("until", required=True), words.text("note")
    words.done()
    expect(by.services, by.clinic_id, case_id, by.actor, topic=topic, until=until, note=note)
    return _now(by, case_id)


@router.post("/{expectation_id}/end", responses=problems(404, 409))
def end(by: Writer, case_id: UUID, expectation_id: UUID) -> list[ExpectedOut]:
    """It is not expected any more; what still is."""
    end_expectation(by.services, by.clinic_id, case_id, by.actor, expectation_id=expectation_id)
    return _now(by, case_id)


def _now(by: Caller, case_id: UUID) -> list[ExpectedOut]:
    return [
        ExpectedOut(id=each.id, topic=each.topic, until=each.until, who=each.who, note=each.note)
        for each in expected_of(by.services, by.clinic_id, case_id)
    ]
