"""Administration: accounts, delivery health, the audit trail."""

import re

import httpx

from followup.services.alarms import GAP_FOUND, look_for_alarms
from followup.services.context import Services
from followup.store import signs
from tests.web.staff.conftest import Browser, sign_in
from tests.web.staffed import NURSE


def test_a_new_person_gets_a_link_that_is_shown_once(admin: Browser, site: str) -> None:
    words = {"email": "new@lakeside.example", "name": "New Person", "role": "nurse"}
    page = admin.post("/admin/staff", words).text
    link = re.search(r"/set-password/[\w-]+", page)
    assert link
    assert "New Person" in httpx.get(site + link.group()).text
    assert "set-password" not in admin.get("/admin").text
    assert admin.post("/admin/staff", words).status_code == 422
    assert 'value="bad"' in admin.post("/admin/staff", {"email": "bad", "name": "", "role": "nurse"}).text


def test_a_closed_account_is_out_at_once(admin: Browser, nurse: Browser) -> None:
    page = admin.get("/admin").text
    row = next(part for part in page.split("<tr>") if NURSE in part)
    action = re.search(r'action="(/admin/staff/[0-9a-f-]+/active)"', row)
    assert action
    assert admin.post(action.group(1), {"active": "no"}).status_code == 303
    assert nurse.get("/queue").headers["location"] == "/"


def test_delivery_is_shown_with_reasons_in_words(admin: Browser) -> None:
    page = admin.get("/admin").text
    for words in ("Late to leave", "In doubt", "mailbox is full", "(312) 555-0100", "No worker has been seen"):
        assert words in page, words


def test_the_audit_trail_says_who_did_what_and_is_itself_written_down(
    admin: Browser, nurse: Browser, sqlite_services: Services
) -> None:
    nurse.post("/patients", {"q": "Whitfield"})
    page = admin.get("/admin/audit?action=search").text
    assert "Rosa Patel" in page
    assert "Whitfield" not in page
    assert "Nothing matches" in admin.get("/admin/audit?action=nothing").text
    assert "Audit" not in admin.get("/admin/audit?object=not-an-id").text.split("<tbody>")[1]
    assert ">audit" in admin.get("/admin/audit").text


def test_preferences_are_kept_and_other_browsers_are_signed_out_by_a_new_password(site: str, nurse: Browser) -> None:
    other = sign_in(site, NURSE)
    nurse.post("/account/preferences", {"sound": "on", "theme": "dark"})
    page = nurse.get("/account").text
    assert 'data-theme="dark"' in page
    assert 'data-shortcuts="off"' in page
    assert 'data-sound="on"' in page
    words = {"old": "seven green herons", "new": "quiet blue harbor", "again": "quiet blue harbour"}
    assert nurse.post("/account/password", words).status_code == 422
    assert nurse.post("/account/password", words | {"again": "quiet blue harbor", "old": "no"}).status_code == 422
    assert nurse.post("/account/password", words | {"again": "quiet blue harbor"}).status_code == 303
    assert nurse.get("/queue").status_code == 200
    assert other.get("/queue").status_code == 303
    other.client.close()


def test_alarms_are_shown_to_administrators_with_what_to_do(
    admin: Browser, nurse: Browser, sqlite_services: Services
) -> None:
    assert "Nothing. Messages leave" in admin.get("/admin/alarms").text
    with sqlite_services.db.write() as tx:
        signs.write(tx, GAP_FOUND, sqlite_services.real_now(), {"found": 1})
    look_for_alarms(sqlite_services)
    page = admin.get("/admin/alarms").text
    assert "replies that had not reached us" in page
    assert "webhook at the carrier" in page
    assert "/admin/alarms" in admin.get("/queue").text
    assert "/admin/alarms" not in nurse.get("/queue").text
    assert nurse.get("/admin/alarms").status_code == 403
