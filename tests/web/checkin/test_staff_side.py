"""What staff see of a check-in: each question with its answer, on the case, in the queue, and over the API."""

import httpx

from followup.domain.actor import OPERATOR
from followup.services import api_keys, staff
from followup.services.api_keys import Scope
from followup.services.checkin.photos import add_photo
from tests.domain.test_photos import png
from tests.services.cases.making import make_clinic
from tests.web.checkin.conftest import Patient
from tests.web.staff.conftest import sign_in
from tests.web.staffed import PASSWORD


def sent(ana: Patient) -> None:
    """Ana has sent her answers and a photo."""
    ana.asked.open()
    add_photo(ana.asked.services, ana.asked.token, png())
    ana.asked.answer(swelling="better", pain="2", more="I have a fever of 101")
    ana.asked.send()


def test_queue_case_and_record_show_each_question_with_its_answer(ana: Patient) -> None:
    sent(ana)
    staff.add(ana.asked.services, ana.asked.house.clinic.id, "rosa@lake.example", "Rosa Patel", "nurse", PASSWORD)
    rosa = sign_in(ana.site, "rosa@lake.example")
    queue = rosa.get("/queue").text
    assert "on the check-in page" in queue
    assert "Is there anything else you want the nurse to know?" in queue, "the question that the worst answer answers"
    (case,) = ana.asked.house.cases
    (reply,) = ana.asked.house.replies
    for page in (f"/cases/{case.id}", f"/replies/{reply.id}", f"/patients/{reply.patient_id}"):
        shown = rosa.get(page).text
        for words in ("How are the swelling and bruising now?", "How strong is your pain now, from 0 to 10?"):
            assert f"<dt>{words}</dt>" in shown, page
        assert "pain 2/10" in shown
    rosa.client.close()


def test_another_clinic_sees_neither_the_answers_nor_the_photo(ana: Patient) -> None:
    sent(ana)
    other = make_clinic(ana.asked.services, "riverside")
    staff.add(ana.asked.services, other.id, "eve@riverside.example", "Eve Stone", "admin", PASSWORD)
    eve = sign_in(ana.site, "eve@riverside.example")
    (case,) = ana.asked.house.cases
    (reply,) = ana.asked.house.replies
    for page in (f"/cases/{case.id}", f"/replies/{reply.id}", f"/patients/{reply.patient_id}"):
        assert eve.get(page).status_code == 404
    assert "fever" not in eve.get("/queue").text
    eve.client.close()


def test_the_api_lists_it_with_its_channel_and_its_answers(ana: Patient) -> None:
    sent(ana)
    made = api_keys.create(
        ana.asked.services, ana.asked.house.clinic.id, "EHR", [scope.value for scope in Scope], OPERATOR
    )
    with httpx.Client(base_url=ana.site, headers={"Authorization": f"Bearer {made.secret}"}) as client:
        (listed,) = client.get("/api/v1/communications", params={"direction": "inbound"}).json()["items"]
        assert (listed["channel"], listed["text"]) == ("checkin", "better\npain 2/10\nI have a fever of 101")
        (case,) = client.get("/api/v1/cases").json()
        assert [each["answer"] for each in case["replies"][0]["answers"]] == [
            "better", "pain 2/10", "I have a fever of 101",
        ]  # fmt: skip


def test_only_an_administrator_puts_the_link_into_texts(ana: Patient) -> None:
    clinic = ana.asked.house.clinic
    for email, role, status in (("n@lake.example", "nurse", 403), ("a@lake.example", "admin", 303)):
        staff.add(ana.asked.services, clinic.id, email, "Some Body", role, PASSWORD)
        browser = sign_in(ana.site, email)
        assert browser.post("/admin/check-in", {"by_text": "on"}).status_code == status
        browser.client.close()
    admin = sign_in(ana.site, "a@lake.example")
    assert "checked" in admin.get("/admin").text.partition('id="by-text"')[2][:60]
    preview = admin.get("/protocols/trigger-point-injection").text
    assert "Or answer here: https://clinic.example/c/" in preview
    admin.post("/admin/check-in", {})
    assert "Or answer here:" not in admin.get("/protocols/trigger-point-injection").text
    admin.client.close()
