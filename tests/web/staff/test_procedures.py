"""Recording a procedure by hand and by file, and changing one."""

import re
from uuid import UUID

import pytest

from followup.services import imports
from followup.services.context import Services
from tests.web.staff.conftest import Browser

WHOLE = {
    "external_id": "form-1", "protocol": "trigger-point-injection", "date": "2026-03-03", "time": "09:00",
    "body_site": "", "office": "North", "mrn": "77001", "given_name": "Ines", "family_name": "Duarte",
    "birth_date": "1980-05-05", "phone": "(312) 555-0166", "email": "ines@example.com", "language": "es",
    "timezone": "", "consent_sms": "on", "privacy_warning": "on",
}  # fmt: skip


def test_a_procedure_is_recorded_once_with_its_plan_shown(nurse: Browser) -> None:
    assert 'value="2026-03-03"' in nurse.get("/procedures/new").text
    first = nurse.post("/procedures/new", WHOLE)
    assert first.status_code == 303, first.text
    assert nurse.post("/procedures/new", WHOLE).headers["location"] == first.headers["location"]
    page = nurse.get(first.headers["location"]).text
    for words in ("Ines Duarte", "77001", "3 Mar 2026, 09:00", "North", "Day two check", "day-ruler"):
        assert words in page, words


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(nurse: Browser) -> None:
    wrong = WHOLE | {"date": "2027-01-01", "phone": "12", "birth_date": "2090-01-01", "mrn": "", "timezone": "EST"}
    refused = nurse.post("/procedures/new", wrong)
    assert refused.status_code == 422
    for name in ("date", "phone", "birth_date", "mrn", "timezone"):
        assert f'id="{name}-why"' in refused.text, name
        assert re.search(rf'id="{name}"[^>]*aria-invalid="true"', refused.text), name
    for typed in ('value="Duarte"', 'value="2090-01-01"', 'value="12"', 'value="ines@example.com"', 'value="EST"'):
        assert typed in refused.text, typed
    assert re.search(r'id="consent_sms"[^>]* checked', refused.text)


def test_a_repeat_that_differs_names_what_differs(nurse: Browser) -> None:
    nurse.post("/procedures/new", WHOLE)
    refused = nurse.post("/procedures/new", WHOLE | {"office": "South"})
    assert refused.status_code == 409
    assert 'id="office-why"' in refused.text or "office" in refused.text


def test_a_new_time_is_planned_and_cancelling_stops_the_rest(nurse: Browser) -> None:
    path = nurse.post("/procedures/new", WHOLE).headers["location"]
    moved = nurse.post(f"{path}/change", {"date": "2026-03-03", "time": "08:00", "body_site": "", "office": "North"})
    assert moved.status_code == 303, moved.text
    assert "3 Mar 2026, 08:00" in nurse.get(path).text
    assert nurse.post(f"{path}/change", {"date": "", "time": "08:00"}).status_code == 422
    assert nurse.post(f"{path}/cancel", {"reason": ""}).status_code == 422
    assert nurse.post(f"{path}/cancel", {"reason": "Wrong person", "entered_in_error": "on"}).status_code == 303
    page = nurse.get(path).text
    assert "Entered in error" in page
    assert "Planned" not in page


def test_a_file_comes_in_with_progress_and_a_report_of_what_was_refused(
    nurse: Browser, sqlite_services: Services
) -> None:
    person = "patient.mrn,patient.given_name,patient.family_name,patient.birth_date"
    columns = f"source,external_id,protocol,performed_at,{person}"
    rows = [
        columns,
        "ehr,1,trigger-point-injection,2026-03-03T09:00:00-06:00,88001,Noor,Haddad,1970-01-01",
        "ehr,2,trigger-point-injection,yesterday,88002,Omar,Haddad,1970-01-01",
    ]
    made = nurse.post("/procedures/import", files={"file": ("day.csv", "\n".join(rows).encode(), "text/csv")})
    assert made.status_code == 303, made.text
    path = made.headers["location"]
    assert "0 of 2 rows" in nurse.get(path).text
    imports.run_import(sqlite_services, UUID(path.rsplit("/", 1)[1]))
    page = nurse.get(f"{path}/live").text
    assert "<b>1</b> recorded" in page
    assert "<b>1</b> refused" in page
    assert "performed_at" in page
    report = nurse.get(f"{path}/report.csv")
    assert "performed_at" in report.text
    assert "attachment" in report.headers["content-disposition"]


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00", b"just,one,line"])
def test_a_file_that_is_no_table_is_refused_in_words(nurse: Browser, content: bytes) -> None:
    refused = nurse.post("/procedures/import", files={"file": ("day.csv", content, "text/csv")})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_protocol_is_shown_as_a_phone_would_show_it(nurse: Browser) -> None:
    assert "Trigger point injection" in nurse.get("/protocols").text
    page = nurse.get("/protocols/trigger-point-injection?lang=es&date=2026-03-02&time=14:00").text
    assert "segment" in page
    assert "Responda" in page or "responda" in page
