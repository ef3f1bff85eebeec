"""The case page: its whole story, its forms, and what happens to words when a form is refused."""

import re

import pytest
from sqlalchemy import select

from followup.services.context import Services
from followup.store.models import Attachment, AuditEntry, Case, Communication
from tests.web.staff.conftest import Browser, case_of


def version_of(browser: Browser, path: str) -> str:
    """The version that the page's forms carry."""
    found = re.search(r'name="version" value="(\d+)"', browser.get(path).text)
    assert found
    return found.group(1)


def case(services: Services, case_id: object) -> Case:
    """The case as it is stored."""
    with services.db.read() as tx:
        found = tx.get(Case, case_id)
        assert found is not None
        return found


def test_a_case_shows_the_exact_words_with_the_evidence_marked_and_the_whole_story(nurse: Browser) -> None:
    page = nurse.get(f"/cases/{case_of(nurse, 'Whitfield')}").text
    for words in ("Denise Whitfield", "30 Jul 1979", "4801137", "(312) 555-0113", "Day two check", "Rosa Patel",
                  "Tried, no answer".lower(), "Husband says she is at work until 10", "Photo 1"):  # fmt: skip
        assert words in page, words
    assert "<mark" in page
    quoted = re.sub(r"<[^>]+>", "", page)
    assert "now the swelling is bigger than yesterday and it is warm and red" in quoted


def test_opening_a_case_is_audited_and_a_live_refresh_is_not(nurse: Browser, sqlite_services: Services) -> None:
    path = f"/cases/{case_of(nurse, 'Okonkwo')}"

    def looks() -> int:
        with sqlite_services.db.read() as tx:
            return len(list(tx.scalars(select(AuditEntry).where(AuditEntry.action == "view"))))

    before = looks()
    nurse.get(path)
    assert looks() == before + 1
    nurse.get(f"{path}/live")
    nurse.get("/queue/rows")
    assert looks() == before + 1


def test_acknowledging_from_the_queue_opens_the_case_and_the_second_learns_who_was_first(
    nurse: Browser, admin: Browser, sqlite_services: Services
) -> None:
    case_id = case_of(nurse, "Okonkwo")
    done = nurse.post(f"/cases/{case_id}/acknowledge", {"back": f"/cases/{case_id}?said=acknowledged"})
    assert done.headers["location"] == f"/cases/{case_id}?said=acknowledged"
    assert "This case is yours." in nurse.get(done.headers["location"]).text
    late = admin.post(f"/cases/{case_id}/acknowledge")
    assert late.status_code == 409
    assert "Rosa Patel was first" in late.text
    assert case(sqlite_services, case_id).status == "acknowledged"


def test_an_answer_is_sent_once_however_often_the_button_is_pressed(nurse: Browser, sqlite_services: Services) -> None:
    case_id = case_of(nurse, "Holloway")
    page = nurse.get(f"/cases/{case_id}").text
    token = re.search(r'name="form_token" value="(\w+)"', page)
    assert token
    words = {"text": "Please call us.", "form_token": token.group(1), "channel": "sms"}
    for _ in range(2):
        assert nurse.post(f"/cases/{case_id}/answer", words).status_code == 303
    with sqlite_services.db.read() as tx:
        wanted = select(Communication).where(Communication.case_id == case_id, Communication.kind == "answer")
        assert [row.body for row in tx.scalars(wanted)] == ["Rosa at Lakeside Clinic: Please call us."]
    assert "Please call us." in nurse.get(f"/cases/{case_id}").text


def test_what_was_typed_survives_a_refusal(nurse: Browser, sqlite_services: Services) -> None:
    case_id = case_of(nurse, "Holloway")
    old = str(int(version_of(nurse, f"/cases/{case_id}")) - 1)
    refused = nurse.post(f"/cases/{case_id}/answer", {"text": "Half a thought", "version": old, "channel": "sms"})
    assert refused.status_code == 409
    assert "Half a thought</textarea>" in refused.text
    assert "Something came in" in refused.text
    assert "<title>Error:" in refused.text
    present = version_of(nurse, f"/cases/{case_id}")
    resolved = nurse.post(f"/cases/{case_id}/resolve", {"note": "My note", "version": present})
    assert resolved.status_code == 422
    assert "Choose what was advised" in resolved.text
    assert "My note</textarea>" in resolved.text


def test_a_draft_is_kept_on_the_server_until_it_is_sent(nurse: Browser) -> None:
    case_id = case_of(nurse, "Okonkwo")
    place = f"case:{case_id}:note"
    assert nurse.post("/drafts", {"place": place, "text": "Not done yet"}).status_code == 204
    assert "Not done yet</textarea>" in nurse.get(f"/cases/{case_id}").text
    nurse.post(f"/cases/{case_id}/note", {"text": "Done now", "draft": place})
    assert "Not done yet" not in nurse.get(f"/cases/{case_id}").text
    assert "Done now" in nurse.get(f"/cases/{case_id}").text


def test_a_case_is_worked_from_acknowledge_to_reopen_without_script(
    nurse: Browser, admin: Browser, sqlite_services: Services
) -> None:
    case_id = case_of(nurse, "Gonzalez")
    path = f"/cases/{case_id}"
    steps = (
        ("acknowledge", {}),
        ("contact", {"how": "call", "outcome": "voicemail", "words": ""}),
        ("note", {"text": "Speaks Spanish"}),
        ("escalate", {"acuity": "emergency", "reason": "Fever 39"}),
        ("contact", {"how": "call", "outcome": "reached", "words": "Sent to the emergency department"}),
        ("resolve", {"disposition": "emergency_care", "note": ""}),
        ("reopen", {"reason": "Did not go"}),
    )
    for verb, words in steps:
        version = re.search(r'name="version" value="(\d+)"', nurse.get(path).text)
        given = words | ({"version": version.group(1)} if version else {})
        answer = nurse.post(f"{path}/{verb}", given)
        assert answer.status_code == 303, (verb, answer.text)
    page = nurse.get(path).text
    for words in ("left a voicemail", "Fever 39", "spoke with the patient", "Sent to emergency care", "Did not go"):
        assert words in page, words
    assert case(sqlite_services, case_id).status == "open"


def test_resolve_and_next_leads_to_the_next_case(nurse: Browser) -> None:
    case_id = case_of(nurse, "Gonzalez")
    version = version_of(nurse, f"/cases/{case_id}")
    done = nurse.post(f"/cases/{case_id}/resolve", {"disposition": "self_care", "version": version, "then": "next"})
    assert done.status_code == 303
    assert re.fullmatch(r"/cases/[0-9a-f-]{36}\?said=acknowledged", done.headers["location"])
    assert str(case_id) not in done.headers["location"]


def test_next_takes_the_top_case_and_says_when_there_is_none(nurse: Browser) -> None:
    first = nurse.post("/queue/next").headers["location"]
    assert "Okonkwo" in nurse.get(first).text
    for _ in range(20):
        where = nurse.post("/queue/next").headers["location"]
        if where == "/queue?said=none":
            break
    assert "nothing left to take" in nurse.get("/queue?said=none").text


def test_handing_over_needs_somebody_of_the_clinic_and_a_note(nurse: Browser, admin: Browser) -> None:
    case_id = case_of(nurse, "Gonzalez")
    path = f"/cases/{case_id}/hand-over"
    assert nurse.post(path, {"to": "nobody", "note": "x"}).status_code == 422
    options = re.findall(r'<option value="([0-9a-f-]{36})">([^<]+)</option>', nurse.get(f"/cases/{case_id}").text)
    ada = next(value for value, name in options if name == "Ada Lindqvist")
    assert nurse.post(path, {"to": ada, "note": ""}).status_code == 422
    assert nurse.post(path, {"to": ada, "note": "Spanish, please"}).status_code == 303
    assert "Handed to you" in admin.get("/queue?tab=mine").text
    assert "Spanish, please" in admin.get(f"/cases/{case_id}").text


def test_a_patient_who_said_stop_cannot_be_written_to_and_the_page_says_to_call(nurse: Browser) -> None:
    case_id = case_of(nurse, "Raman")
    page = nurse.get(f"/cases/{case_id}").text
    assert "Texts stopped: call" in page
    refused = nurse.post(f"/cases/{case_id}/answer", {"text": "Hello", "channel": "sms"})
    assert refused.status_code == 403
    assert "Call instead" in refused.text
    assert "Hello</textarea>" in refused.text or "Hello" not in page


def test_a_photo_is_shown_to_staff_only_as_a_picture_and_the_look_is_audited(
    nurse: Browser, sqlite_services: Services
) -> None:
    with sqlite_services.db.read() as tx:
        photo = tx.scalars(select(Attachment)).one()
    answer = nurse.get(f"/attachments/{photo.id}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    with sqlite_services.db.read() as tx:
        assert tx.scalars(select(AuditEntry).where(AuditEntry.object_kind == "attachment")).one().object_id == photo.id


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf"])
def test_a_file_that_could_run_something_is_only_ever_downloaded(
    nurse: Browser, sqlite_services: Services, kind: str
) -> None:
    with sqlite_services.db.write() as tx:
        photo = tx.scalars(select(Attachment)).one()
        photo.content_type, photo.content = kind, b"<script>alert(1)</script>"
    answer = nurse.get(f"/attachments/{photo.id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_what_a_patient_wrote_is_never_taken_for_markup(nurse: Browser, sqlite_services: Services) -> None:
    from followup.services.replies.receive import InboundText, receive_text
    from tests.web.staffed import NUMBER

    words = '<img src=x onerror=alert(1)> worse & worse "quoted"'
    for sid, sender in (("SMx", "+13125550118"), ("SMy", "+13125550177")):  # a patient, and a row of its own
        receive_text(sqlite_services, InboundText(sid, sender, NUMBER, words))
    for path in ("/queue?tab=open", f"/cases/{case_of(nurse, 'Holloway')}"):
        page = nurse.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in re.sub(r"</?mark[^>]*>", "", page)
