"""Coming in, the lock, and what every answer tells the browser."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from followup.services import staff
from followup.services.context import Services
from followup.store.models import Clinic
from followup.web.app import create_app
from tests.web.server import running
from tests.web.staff.conftest import Browser, case_of, sign_in
from tests.web.staffed import ADMIN, NURSE, PASSWORD


def later(services: Services, minutes: float) -> FastAPI:
    """The same application some real time later."""
    return create_app(replace(services, real_now=lambda: services.real_now() + timedelta(minutes=minutes)))


def test_the_cookie_is_new_each_time_and_out_of_reach_of_scripts_and_other_sites(site: str, clinic: Clinic) -> None:
    seen = set()
    for _ in range(2):
        answer = httpx.post(f"{site}/sign-in", data={"email": NURSE, "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
        seen.add(cookie.split(";")[0])
    assert len(seen) == 2


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(sqlite_services: Services, clinic: Clinic) -> None:
    with running(create_app(replace(sqlite_services, public_url="https://care.example"))) as site:
        answer = httpx.post(f"{site}/sign-in", data={"email": NURSE, "password": PASSWORD})
        assert answer.headers["set-cookie"].startswith("__Host-followup=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]


def test_a_wrong_password_keeps_the_address_and_says_so_at_once(site: str, clinic: Clinic) -> None:
    answer = httpx.post(f"{site}/sign-in", data={"email": NURSE, "password": "wrong"})
    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert f'value="{NURSE}"' in answer.text
    assert "<title>Error:" in answer.text
    assert "set-cookie" not in answer.headers


def test_signing_in_leads_back_to_the_page_that_was_asked_for_but_to_no_other_site(site: str, clinic: Clinic) -> None:
    words = {"email": NURSE, "password": PASSWORD}
    for asked, led in (("/patients", "/patients"), ("https://evil.example", "/queue"), ("//evil.example", "/queue"),
                       ("/\\evil.example", "/queue"), ("", "/queue")):  # fmt: skip
        assert httpx.post(f"{site}/sign-in", data=words | {"next": asked}).headers["location"] == led


def test_a_made_up_password_has_to_be_changed_first(site: str, sqlite_services: Services, clinic: Clinic) -> None:
    made = staff.add(sqlite_services, clinic.id, "new@lakeside.example", "New Person", "nurse")
    answer = httpx.post(f"{site}/sign-in", data={"email": "new@lakeside.example", "password": made.password or ""})
    assert answer.headers["location"] == "/account"


def test_a_link_sets_the_first_password_and_signs_in(site: str, sqlite_services: Services, clinic: Clinic) -> None:
    made = staff.add(sqlite_services, clinic.id, "new@lakeside.example", "New Person", "nurse")
    path = "/set-password/" + made.link.rsplit("/", 1)[1]
    with httpx.Client(base_url=site) as client:
        assert "New Person" in client.get(path).text
        refused = client.post(path, data={"password": "quiet blue harbor", "again": "quiet blue harbour"})
        assert "not the same" in refused.text
        done = client.post(path, data={"password": "quiet blue harbor", "again": "quiet blue harbor"})
        assert done.headers["location"] == "/queue"
        assert client.get("/queue").status_code == 200
        assert client.get(path).status_code == 404


def test_signing_out_ends_the_session_on_the_server(nurse: Browser, site: str) -> None:
    cookies = dict(nurse.client.cookies)
    assert nurse.post("/sign-out").headers["location"] == "/?said=signed_out"
    assert httpx.get(f"{site}/queue", cookies=cookies).status_code == 303


def test_a_screen_left_alone_shows_no_patient_anywhere_but_counts_go_on(
    nurse: Browser, sqlite_services: Services
) -> None:
    case = case_of(nurse, "Okonkwo")
    with running(later(sqlite_services, 16)) as site:
        nurse.client.base_url = httpx.URL(site)
        for path in ("/queue", f"/cases/{case}", "/patients", "/queue/rows"):
            answer = nurse.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/locked?next=")
        locked = nurse.get("/locked?next=/queue")
        assert locked.status_code == 200
        assert "Okonkwo" not in locked.text
        assert nurse.get("/live/counts").json()["open"] > 0
        assert nurse.get("/queue/rows", headers={"X-Live": "1"}).status_code == 423
        before = dict(nurse.client.cookies)
        assert nurse.client.post("/unlock", data={"password": "wrong"}).status_code == 403
        opened = nurse.client.post("/unlock", data={"password": PASSWORD, "next": f"/cases/{case}"})
        assert opened.headers["location"] == f"/cases/{case}"
        assert dict(nurse.client.cookies) != before
        assert nurse.get(f"/cases/{case}").status_code == 200


def test_words_sent_from_a_screen_that_has_locked_meanwhile_are_kept(nurse: Browser, sqlite_services: Services) -> None:
    case = case_of(nurse, "Okonkwo")
    words = {"text": "Called the daughter", "draft": f"case:{case}:note", "back": f"/cases/{case}"}
    words["csrf"] = nurse.csrf()
    with running(later(sqlite_services, 16)) as site:
        nurse.client.base_url = httpx.URL(site)
        answer = nurse.client.post(f"/cases/{case}/note", data=words)
        assert answer.headers["location"] == f"/locked?next=/cases/{case}"
        nurse.client.post("/unlock", data={"password": PASSWORD})
        assert "Called the daughter</textarea>" in nurse.get(f"/cases/{case}").text


def test_every_answer_tells_the_browser_to_run_and_keep_nothing_that_is_not_ours(nurse: Browser, site: str) -> None:
    for path in ("/", "/queue", "/nowhere", "/healthz", f"/cases/{case_of(nurse, 'Okonkwo')}"):
        headers = nurse.get(path).headers
        policy = headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
                     "form-action 'self'", "base-uri 'none'"):  # fmt: skip
            assert part in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "public" in nurse.get("/static/followup.css").headers["cache-control"]


def test_the_demo_may_frame_the_queue_on_its_own_origin_only(sqlite_services: Services, clinic: Clinic) -> None:
    with running(create_app(sqlite_services, demo="http://127.0.0.1:9")) as site:
        browser = sign_in(site, ADMIN)
        assert "frame-ancestors 'self'" in browser.get("/queue").headers["content-security-policy"]
        browser.client.close()


def test_no_page_holds_a_script_or_a_style_of_its_own(admin: Browser) -> None:
    case = case_of(admin, "Okonkwo")
    for path in ("/queue", f"/cases/{case}", "/patients", "/procedures/new", "/protocols", "/admin", "/account"):
        page = admin.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<script") == 1
        assert " onclick" not in page


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/cases/not-an-id", 404), ("/protocols/none", 404)])
def test_a_page_that_is_not_there_says_so_in_plain_words(nurse: Browser, path: str, status: int) -> None:
    answer = nurse.get(path)
    assert answer.status_code == status
    assert "text/html" in answer.headers["content-type"]
    assert "There is no such" in answer.text


def test_a_database_that_is_away_is_said_in_plain_words(nurse: Browser, sqlite_services: Services) -> None:
    with sqlite_services.db.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE sign_in_attempts")
        connection.exec_driver_sql("ALTER TABLE cases RENAME TO gone")
        connection.commit()
    answer = nurse.get("/queue")
    assert answer.status_code == 503
    assert "Not available just now" in answer.text
    assert "cases" not in answer.text.lower().replace("/cases", "")
