"""Nobody sees another clinic's patients, and nobody who is not signed in sees anything: on every route there is."""

import re
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from followup.services.context import Services
from followup.store import ladders
from followup.store.models import Attachment, Case, Clinic, ImportJob, Patient, Procedure, Reply, Staff
from tests.web.staff.conftest import Browser
from tests.web.staffed import PASSWORD

# Pages that belong to nobody in particular.
_PUBLIC = ("/", "/sign-in", "/healthz", "/readyz", "/metrics", "/set-password/{token}")
_OTHERS = ("/api/", "/hooks/", "/u/", "/c/", "/page/", "/static", "/demo")

# Enough to be a complete form for any of them.
_WORDS = {
    "text": "x", "how": "call", "outcome": "reached", "reason": "x", "disposition": "self_care", "note": "x",
    "date": "2026-03-02", "time": "10:00", "phone": "312-555-0160", "channel": "sms", "given": "no", "what": "deceased",
}  # fmt: skip


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """(method, path) of every staff route."""
    found: list[tuple[str, str]] = []
    for each in iter_route_contexts(app.routes):
        path = each.path or ""
        if not each.methods or path in _PUBLIC or path.startswith(_OTHERS):
            continue
        found += [(method, path) for method in sorted(each.methods)]
    return sorted(found)


def ids(services: Services, clinic: Clinic) -> dict[str, str]:
    """An identifier of the clinic for each name that stands in a path."""
    with services.db.write() as tx:
        job = ImportJob(
            clinic_id=clinic.id, created_by="operator", file_name="a.csv", status="done",
            created_at=services.now(), updated_at=services.now(),
        )  # fmt: skip
        tx.add(job)
        tx.flush()
        hook = ladders.add_webhook(tx, clinic.id, name="Pager", url="https://a.example", secret="s", now=services.now())
        return {
            "case_id": str(tx.query(Case).filter(Case.clinic_id == clinic.id).first().id),  # type: ignore[union-attr]
            "patient_id": str(tx.query(Patient).first().id),  # type: ignore[union-attr]
            "procedure_id": str(tx.query(Procedure).first().id),  # type: ignore[union-attr]
            "attachment_id": str(tx.query(Attachment).first().id),  # type: ignore[union-attr]
            "staff_id": str(tx.query(Staff).filter(Staff.clinic_id == clinic.id).first().id),  # type: ignore[union-attr]
            "job_id": str(job.id),
            "reply_id": str(tx.query(Reply).first().id),  # type: ignore[union-attr]
            "webhook_id": str(hook.id),
        }


def test_an_outsider_gets_nothing_on_any_route(
    app: FastAPI, clinic: Clinic, outsider: Browser, sqlite_services: Services
) -> None:
    known = ids(sqlite_services, clinic)
    token = outsider.csrf()
    with_ids = [(method, path) for method, path in routes(app) if re.search(r"{(\w+)}", path) and "{slug}" not in path]
    assert len(with_ids) > 20
    for method, path in with_ids:
        real = re.sub(r"{(\w+)}", lambda found: known[found.group(1)], path)
        words = _WORDS | {"csrf": token, "to": known["staff_id"]}
        answer = outsider.client.request(method, real, data=words if method == "POST" else None)
        assert answer.status_code == 404, (method, path, answer.status_code)
        for secret in ("Okonkwo", "Whitfield", "4801137", "a.csv", "Rosa"):
            assert secret not in answer.text, (method, path)


def test_an_outsider_finds_no_patient_and_sees_no_case(outsider: Browser, clinic: Clinic) -> None:
    for tab in ("todo", "mine", "open", "resolved"):
        assert "Okonkwo" not in outsider.get(f"/queue?tab={tab}").text
    for words in ("Okonkwo", "4801127", "(312) 555-0112", "1951-11-19", "walter@example.com"):
        found = outsider.post("/patients", {"q": words})
        assert found.status_code == 200
        assert "Nobody was found" in found.text
    assert outsider.get("/live/counts").json()["open"] == 0
    assert "Rosa" not in outsider.get("/admin").text
    assert "lakeside" not in outsider.get("/admin/audit").text


def test_a_stranger_is_sent_to_the_sign_in_from_every_route(
    app: FastAPI, site: str, clinic: Clinic, sqlite_services: Services
) -> None:
    known = ids(sqlite_services, clinic) | {"slug": "trigger-point-injection"}
    with httpx.Client(base_url=site, timeout=30) as stranger:
        for method, path in routes(app):
            real = re.sub(r"{(\w+)}", lambda found: known[found.group(1)], path)
            answer = stranger.request(method, real)
            assert (answer.status_code, answer.headers.get("location", "")[:1]) == (303, "/"), (method, path)


def test_every_form_needs_the_token_of_its_session(
    app: FastAPI, nurse: Browser, sqlite_services: Services, clinic: Clinic
) -> None:
    known = ids(sqlite_services, clinic)
    for method, path in routes(app):
        if method != "POST" or path in ("/sign-out", "/unlock"):
            continue
        real = re.sub(r"{(\w+)}", lambda found: known[found.group(1)], path)
        for given in ({}, {"csrf": "forged"}, {"csrf": ""}):
            assert nurse.client.post(real, data=given).status_code == 403, path


@pytest.mark.parametrize("path", ["/sign-in", "/unlock", "/sign-out"])
def test_forms_without_a_session_token_are_taken_from_our_own_pages_only(nurse: Browser, path: str) -> None:
    words = {"email": "rosa@lakeside.example", "password": PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert nurse.client.post(path, data=words, headers=headers).status_code == 403


def test_a_nurse_does_not_get_into_administration(nurse: Browser) -> None:
    for path in ("/admin", "/admin/audit"):
        assert nurse.get(path).status_code == 403
    assert nurse.post("/admin/staff", {"email": "x@y.example", "name": "X", "role": "admin"}).status_code == 403
    assert nurse.post(f"/admin/staff/{uuid4()}/active", {"active": "yes"}).status_code == 403
