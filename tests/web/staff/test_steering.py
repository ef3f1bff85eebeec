"""Nurses steer the reading from the pages: corrections of replies, the review list, the report and its file."""

import re
from uuid import UUID

import pytest

from followup.domain.actor import OPERATOR
from followup.gateways.clock import MovableClock
from followup.services.clinics import change_clinic
from followup.services.context import Services
from followup.services.replies.receive import InboundText, receive_text
from followup.store.models import Case, Clinic, Correction, Reply
from tests.web.staff.conftest import Browser, case_of
from tests.web.staffed import NUMBER


def write(services: Services, text: str, phone: str = "+13125550119") -> UUID:
    post = InboundText(provider_id=f"SMsteer{abs(hash(text))}", sender=phone, to=NUMBER, body=text)
    return receive_text(services, post).reply_id


@pytest.fixture
def thanked(sqlite_services: Services, clinic: Clinic, clock: MovableClock) -> UUID:
    """A reply of Sam's that opened no case and is on the review list."""
    change_clinic(sqlite_services, clinic.id, {"settings": {"triage_sample_percent": 100}}, OPERATOR)
    return write(sqlite_services, "thanks!")


def reply_of(services: Services, case_id: UUID) -> Reply:
    with services.db.read() as tx:
        found = tx.query(Reply).filter(Reply.case_id == case_id).order_by(Reply.received_at.desc()).first()
        assert found is not None
        return found


def case_row(services: Services, case_id: UUID) -> Case:
    with services.db.read() as tx:
        return tx.get_one(Case, case_id)


def test_a_correction_from_a_case_raises_it_and_stands_in_its_story(nurse: Browser, sqlite_services: Services) -> None:
    case_id = case_of(nurse, "Tom Nguyen")
    reply = reply_of(sqlite_services, case_id)
    answer = nurse.post(
        f"/cases/{case_id}/correct", {"reply": str(reply.id), "acuity": "urgent", "reason": "He lifts with a drain in."}
    )
    assert answer.headers["location"] == f"/cases/{case_id}?said=corrected"
    page = nurse.get(f"/cases/{case_id}").text
    assert "corrected the reading of a reply from routine to urgent, and the case from routine to urgent" in page
    assert "He lifts with a drain in." in page
    assert "corrected to" in page
    assert case_row(sqlite_services, case_id).acuity == "urgent"


def test_lowering_a_case_takes_the_box_and_the_version(nurse: Browser, sqlite_services: Services) -> None:
    case_id = case_of(nurse, "Grace Holloway")
    reply, case = reply_of(sqlite_services, case_id), case_row(sqlite_services, case_id)
    words = {"reply": str(reply.id), "acuity": "routine", "reason": "An old number.", "lower_case": "on"}
    stale = nurse.post(f"/cases/{case_id}/correct", {**words, "version": str(case.version - 1)})
    assert stale.status_code == 409
    assert "An old number." in stale.text
    assert nurse.post(f"/cases/{case_id}/correct", {**words, "version": str(case.version)}).status_code == 303
    assert case_row(sqlite_services, case_id).acuity == "routine"


def test_a_correction_without_reply_level_or_reason_keeps_what_was_typed(nurse: Browser) -> None:
    case_id = case_of(nurse, "Tom Nguyen")
    for words in ({"reason": "Because of X."}, {"reply": "not-an-id", "acuity": "urgent", "reason": "Because of X."}):
        answer = nurse.post(f"/cases/{case_id}/correct", words)
        assert answer.status_code == 422
        assert "Choose the reply" in answer.text
        assert "Because of X." in answer.text


def test_a_reply_without_a_case_is_corrected_from_its_own_page(
    nurse: Browser, sqlite_services: Services, thanked: UUID
) -> None:
    page = nurse.get(f"/replies/{thanked}").text
    assert "thanks" in page
    refused = nurse.post(f"/replies/{thanked}/correct", {"acuity": "none", "reason": "Hm."})
    assert refused.status_code == 422
    assert "stands as none already" in refused.text
    done = nurse.post(f"/replies/{thanked}/correct", {"acuity": "urgent", "reason": "Sarcasm, see the photo."})
    assert done.headers["location"] == f"/replies/{thanked}?said=corrected"
    assert "Sarcasm, see the photo." in nurse.get(f"/replies/{thanked}").text
    assert "Sam Abara" in nurse.get("/queue?tab=open").text


def test_the_patients_page_leads_to_each_reading(nurse: Browser, sqlite_services: Services, thanked: UUID) -> None:
    with sqlite_services.db.read() as tx:
        patient_id = tx.get_one(Reply, thanked).patient_id
    assert f'href="/replies/{thanked}"' in nurse.get(f"/patients/{patient_id}").text


def test_the_review_list_is_a_tab_of_the_queue_with_its_count(nurse: Browser, thanked: UUID) -> None:
    queue = nurse.get("/queue").text
    assert re.search(r'href="/review">Review <span class="count">1<', queue)
    page = nurse.get("/review").text
    assert "Sam Abara" in page
    assert "thanks" in page


def test_right_takes_a_reply_off_the_list_and_the_second_to_say_so_hears_who_was_first(
    nurse: Browser, admin: Browser, thanked: UUID
) -> None:
    assert nurse.post(f"/review/{thanked}/right").headers["location"] == "/review?said=right"
    assert "Nothing is left to review." in nurse.get("/review").text
    assert admin.post(f"/review/{thanked}/right").status_code == 409


def test_what_should_have_been_read_opens_a_case_from_the_list(nurse: Browser, thanked: UUID) -> None:
    refused = nurse.post(f"/review/{thanked}/correct", {"acuity": "urgent", "reason": " "})
    assert refused.status_code == 422
    done = nurse.post(f"/review/{thanked}/correct", {"acuity": "urgent", "reason": "Not thanks at all."})
    assert done.headers["location"] == "/review?said=corrected"
    assert "Sam Abara" in nurse.get("/queue?tab=open").text


def test_the_report_tells_nurses_and_administrators_what_was_found(
    nurse: Browser, admin: Browser, thanked: UUID, sqlite_services: Services
) -> None:
    nurse.post(f"/review/{thanked}/correct", {"acuity": "urgent", "reason": "Not thanks at all."})
    for browser in (nurse, admin):
        page = browser.get("/triage-report")
        assert page.status_code == 200
        assert "1 of 1" in page.text
        assert "(2.5 to 100.0)" in page.text
    assert nurse.get("/triage-report?first=2026-03-09&last=2026-03-01").status_code == 422
    with sqlite_services.db.read() as tx:
        assert tx.query(Correction).count() == 1


def test_only_an_administrator_sets_the_share_and_agrees_to_an_outside_reader(
    nurse: Browser, admin: Browser, sqlite_services: Services, clinic: Clinic
) -> None:
    words = {"percent": "12,5 %", "outside_reader": "on"}
    assert nurse.post("/triage-report/settings", words).status_code == 403
    assert 'id="percent"' not in nurse.get("/triage-report").text
    assert admin.post("/triage-report/settings", words).headers["location"] == "/triage-report?said=saved"
    with sqlite_services.db.read() as tx:
        settings = tx.get_one(Clinic, clinic.id).settings
    assert (settings["triage_sample_percent"], settings["outside_reader"]) == (12.5, True)
    for wrong in ("a few", "101", "nan"):
        answer = admin.post("/triage-report/settings", {"percent": wrong})
        assert answer.status_code == 422
        assert "is not a number from 0 to 100" in answer.text


def test_the_file_is_csv_that_a_spreadsheet_opens(nurse: Browser, thanked: UUID) -> None:
    answer = nurse.get("/triage-report.csv?first=2026-03-01&last=2026-03-03")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="triage-report-2026-03-01-2026-03-03.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbffirst day,")
