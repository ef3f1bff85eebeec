"""Plans are changed, things are marked as expected and screens hear who looks: over the forms that staff use."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from followup.services.context import Services
from followup.store.models import Case, Clinic, Expectation, PlanChange
from tests.web.staff.conftest import Browser


@pytest.fixture
def case(sqlite_services: Services, clinic: Clinic) -> Case:
    """A case of a patient whose plan runs, not an emergency."""
    with sqlite_services.db.read() as tx:
        found = tx.scalars(
            select(Case).where(
                Case.clinic_id == clinic.id, Case.procedure_id.is_not(None), Case.acuity != "emergency"
            )
        ).first()  # fmt: skip
        assert found is not None
        return found


def test_a_refused_change_of_the_plan_says_why_at_its_field_and_keeps_the_words(nurse: Browser, case: Case) -> None:
    words = {"procedure": str(case.procedure_id), "move": "pause", "until": "2099-01-01", "reason": "in hospital"}
    answer = nurse.post(f"/cases/{case.id}/plan", words)
    assert answer.status_code in (409, 422)
    assert "in hospital</textarea>" in answer.text


def test_a_stop_is_shown_with_who_and_why_on_case_procedure_and_patient(
    nurse: Browser, case: Case, sqlite_services: Services
) -> None:
    words = {"procedure": str(case.procedure_id), "move": "stop", "reason": "moved to another clinic"}
    assert nurse.post(f"/cases/{case.id}/plan", words).status_code == 303
    for path in (f"/cases/{case.id}", f"/procedures/{case.procedure_id}", f"/patients/{case.patient_id}"):
        shown = nurse.get(path).text
        assert "Plan stopped" in shown, path
        assert "moved to another clinic" in shown, path
    back = {"move": "resume", "back": f"/patients/{case.patient_id}"}
    answer = nurse.post(f"/procedures/{case.procedure_id}/plan", back)
    assert answer.headers["location"].startswith(f"/patients/{case.patient_id}")
    with sqlite_services.db.read() as tx:
        assert [row.kind for row in tx.scalars(select(PlanChange).order_by(PlanChange.at, PlanChange.id))] == [
            "stopped", "resumed",
        ]  # fmt: skip


def test_a_mark_is_set_shown_and_ended(nurse: Browser, case: Case, sqlite_services: Services) -> None:
    today = sqlite_services.now().date().isoformat()
    wrong = nurse.post(f"/cases/{case.id}/expect", {"topic": "fever", "until": today})
    assert wrong.status_code == 422
    answer = nurse.post(f"/cases/{case.id}/expect", {"topic": "swelling", "until": today, "note": "seen at the desk"})
    assert answer.status_code == 303, answer.text
    assert "Swelling expected until today" in nurse.get(f"/cases/{case.id}").text
    with sqlite_services.db.read() as tx:
        mark = tx.scalars(select(Expectation)).one()
    assert nurse.post(f"/cases/{case.id}/expect/end", {"expectation": str(uuid4())}).status_code == 404
    assert nurse.post(f"/cases/{case.id}/expect/end", {"expectation": str(mark.id)}).status_code == 303
    assert "Swelling expected until" not in nurse.get(f"/cases/{case.id}").text


def test_who_looks_is_announced_by_id_and_name_and_nothing_else(
    nurse: Browser, case: Case, sqlite_services: Services
) -> None:
    assert nurse.post("/presence", {"case": str(case.id), "doing": "typing"}).status_code == 204
    assert nurse.post("/presence", {"case": str(case.id), "doing": "dancing"}).status_code == 204
    heard = [word for _, word in sqlite_services.queue.announced if word.startswith("here:")]  # type: ignore[attr-defined]
    assert len(heard) == 1
    _, about, _, doing, name = heard[0].split(":")
    assert (about, doing) == (str(case.id), "typing")
    assert name


def test_without_script_a_row_says_who_opened_the_case_a_moment_ago(nurse: Browser, admin: Browser, case: Case) -> None:
    admin.get(f"/cases/{case.id}")
    assert "opened just now by" in nurse.get("/queue?tab=open").text
    assert "opened just now by" in nurse.get(f"/cases/{case.id}").text
