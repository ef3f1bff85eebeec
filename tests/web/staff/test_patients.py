"""Finding a patient, changing what is known, and what they say by phone."""

import re
from uuid import UUID

from sqlalchemy import select

from followup.services.context import Services
from followup.store.models import AuditEntry, Patient, Reply
from tests.web.staff.conftest import Browser


def patient(browser: Browser, words: str) -> str:
    """The address of the one patient that these words find."""
    found = browser.post("/patients", {"q": words})
    assert found.status_code == 303, found.text
    return found.headers["location"]


def test_a_patient_is_found_by_each_of_five_ways_and_no_words_stand_in_an_address(nurse: Browser) -> None:
    paths = {
        patient(nurse, words)
        for words in ("4801137", "(312) 555-0113", "denise@example.com", "1979-07-30", "7/30/1979", "whitfield")
    }
    assert len(paths) == 1
    assert re.fullmatch(r"/patients/[0-9a-f-]{36}", paths.pop())


def test_a_search_is_audited_without_its_words(nurse: Browser, sqlite_services: Services) -> None:
    nurse.post("/patients", {"q": "Whitfield"})
    with sqlite_services.db.read() as tx:
        entry = tx.scalars(select(AuditEntry).where(AuditEntry.action == "search")).one()
    assert entry.fields == ["found:1"]


def test_the_page_shows_consent_procedures_messages_and_words(nurse: Browser) -> None:
    page = nurse.get(patient(nurse, "whitfield")).text
    for words in ("was told that it is not private", "Day two check", "Rest today", "They never asked us to stop",
                  "Ada Lindqvist", "Urgent"):  # fmt: skip
        assert words in page, words
    assert "Stopped" in nurse.get(patient(nurse, "raman")).text


def test_what_a_patient_says_by_phone_is_a_reply_like_any_other(nurse: Browser, sqlite_services: Services) -> None:
    path = patient(nurse, "abara")
    assert nurse.post(f"{path}/spoken", {"text": "  "}).status_code == 422
    assert nurse.post(f"{path}/spoken", {"text": "The arm is swelling more and more"}).status_code == 303
    with sqlite_services.db.read() as tx:
        reply = tx.scalars(select(Reply).where(Reply.channel == "phone")).one()
    assert reply.text == "The arm is swelling more and more"
    assert reply.case_id is not None
    assert "written down by Rosa Patel" in nurse.get(f"/cases/{reply.case_id}").text


def test_a_wrong_number_is_refused_at_its_field_and_nothing_typed_is_lost(nurse: Browser) -> None:
    path = patient(nurse, "abara")
    refused = nurse.post(f"{path}/contact", {"phone": "12", "email": "sam@new.example", "timezone": "America/Chicago"})
    assert refused.status_code == 422
    assert 'value="12"' in refused.text
    assert 'value="sam@new.example"' in refused.text
    assert 'class="why"' in refused.text


def test_contact_and_consent_are_changed_and_written_down(nurse: Browser, sqlite_services: Services) -> None:
    path = patient(nurse, "abara")
    changed = nurse.post(
        f"{path}/contact",
        {"phone": "(312) 555-0177", "email": "sam@new.example", "language": "es", "timezone": "America/Denver"},
    )
    assert changed.status_code == 303, changed.text
    with sqlite_services.db.read() as tx:
        found = tx.get(Patient, UUID(path.rsplit("/", 1)[1]))
        assert found is not None
        assert (found.phone, found.language, found.timezone) == ("+13125550177", "es", "America/Denver")
    said = {"channel": "sms", "given": "no", "how": "phone"}
    assert nurse.post(f"{path}/consent", said).status_code == 303
    assert "recorded by Rosa Patel" in nurse.get(path).text


def test_only_new_consent_with_the_box_ticked_takes_a_stop_back(nurse: Browser) -> None:
    path = patient(nurse, "raman")
    assert 'name="lift_opt_out"' in nurse.get(path).text
    nurse.post(f"{path}/consent", {"channel": "sms", "given": "yes", "how": "phone", "lift_opt_out": "on"})
    page = nurse.get(path).text
    assert "Lifted" in page
    assert "by Rosa Patel" in page


def test_a_death_stops_every_message(nurse: Browser) -> None:
    path = patient(nurse, "abara")
    assert nurse.post(f"{path}/standing", {"what": "deceased"}).status_code == 303
    page = nurse.get(path).text
    assert "Died, recorded" in page
    assert "Planned" not in page
    assert nurse.post(f"{path}/standing", {"what": "nonsense"}).status_code == 422
