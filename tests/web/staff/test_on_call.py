"""Rota, ladder, coverage, drill and one's own number: as forms of an administrator, and of nobody else."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.ladder import DEFAULT_LADDER, Ladder, Rung, Who
from followup.domain.paging import ContactKind
from followup.gateways.memory_calls import MemoryCalls
from followup.gateways.memory_email import MemoryEmail
from followup.gateways.memory_sms import MemorySms
from followup.services import staff
from followup.services.context import Services
from followup.services.escalation import contact_points, ladder, rota
from followup.store.models import AuditEntry, Clinic, Staff
from tests.web.staff.conftest import Browser

ALL_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@pytest.fixture
def sqlite_services(sqlite_services: Services) -> Services:
    """The house with every door out."""
    return replace(sqlite_services, sms=MemorySms(), email=MemoryEmail(), calls=MemoryCalls())


@pytest.fixture
def people(sqlite_services: Services, clinic: Clinic) -> dict[str, Staff]:
    """Who works here, by first name, all of them with a number; on the ladder of the house."""
    found = {one.name.split()[0]: one for one in staff.everyone(sqlite_services, clinic.id)}
    for number, one in enumerate(found.values()):
        contact_points.set_contact_point(
            sqlite_services, clinic.id, one.id, ContactKind.MOBILE, f"312-555-013{number}", actor=OPERATOR
        )
    ladder.set_ladder(sqlite_services, clinic.id, DEFAULT_LADDER.rungs, actor=OPERATOR)
    return found


def weekly(person: Staff, **words: object) -> dict[str, object]:
    """A form for hours of each week."""
    form = {"role": "on_call", "staff_id": str(person.id), "begins": "00:00", "ends": "24:00", "weekday": ALL_WEEK}
    return form | words


def test_hours_are_added_shown_changed_and_removed(admin: Browser, people: dict[str, Staff]) -> None:
    kept = admin.post("/admin/rota/weekly", weekly(people["Rosa"], begins="08:00", ends="17:00"))  # type: ignore[arg-type]
    assert kept.status_code == 303
    page = admin.get("/admin/rota").text
    assert page.count("08:00–17:00") >= 7
    assert "Mon-Sun" in page
    change = re.search(r'href="(/admin/rota\?change=[0-9a-f-]+)#weekly"', page)
    assert change
    form = admin.get(change.group(1)).text
    ids = re.search(r'name="change" value="([0-9a-f,-]{36,})"', form)
    assert ids
    later = weekly(people["Ben"], begins="09:00", ends="17:00", weekday=["mon"], change=ids.group(1))
    assert admin.post("/admin/rota/weekly", later).status_code == 303  # type: ignore[arg-type]
    page = admin.get("/admin/rota").text
    assert "08:00–17:00" not in page
    left = re.search(r'name="shifts" value="([0-9a-f-]{36})"', page)
    assert left
    assert admin.post("/admin/rota/remove", {"shifts": left.group(1)}).status_code == 303
    assert "09:00–17:00" not in admin.get("/admin/rota").text
    assert admin.post("/admin/rota/remove", {"shifts": left.group(1)}).status_code == 404
    assert admin.post("/admin/rota/remove", {"shifts": "x"}).status_code == 404


def test_a_date_counts_instead_of_the_week_and_holidays_close_the_office(
    admin: Browser, people: dict[str, Staff]
) -> None:
    admin.post("/admin/rota/weekly", weekly(people["Rosa"]))  # type: ignore[arg-type]
    dated = {"role": "on_call", "staff_id": "nobody", "day": "2026-03-05", "begins": "10:00", "ends": "12:00"}
    assert admin.post("/admin/rota/dated", dated).status_code == 303
    page = admin.get("/admin/rota").text
    assert "this date only" in page
    assert "Thu 5 Mar 10:00 to Thu 5 Mar 12:00: nobody can be paged" in page
    assert admin.post("/admin/rota/closed", {"closed": "2026-03-06"}).status_code == 303
    assert "Closed</span>" in admin.get("/admin/rota").text
    assert admin.post("/admin/rota/closed", {"closed": "2026-03-06", "given": "no"}).status_code == 303
    assert "Closed</span>" not in admin.get("/admin/rota").text


@pytest.mark.parametrize(
    ("path", "words", "said"),
    [
        ("weekly", {"begins": "25:00"}, "25:00"),
        ("weekly", {"weekday": []}, "Choose at least one day"),
        ("weekly", {"staff_id": ""}, "Choose who is on duty"),
        ("weekly", {"role": "boss"}, "boss"),
        ("weekly", {"staff_id": "01a20a77-b399-7531-b1a6-190e5025f91c"}, "somebody who works here"),
        ("dated", {"day": "soon"}, "soon"),
        ("closed", {"closed": "2020-01-01"}, "lies behind"),
        ("closed", {"closed": "x"}, "write it as"),
    ],
)
def test_a_refused_form_names_field_value_and_why_and_keeps_what_was_typed(
    admin: Browser, people: dict[str, Staff], path: str, words: dict[str, object], said: str
) -> None:
    answer = admin.post(f"/admin/rota/{path}", weekly(people["Rosa"], begins="07:15") | words)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'role="alert"' in answer.text
    assert path == "closed" or "07:15" in answer.text or "25:00" in answer.text


def test_the_ladder_is_read_out_changed_moved_and_shortened(admin: Browser, people: dict[str, Staff]) -> None:
    page = admin.get("/admin/ladder").text
    assert "An emergency pages whoever is on call by text at once, day and night." in page
    assert "After 15 minutes, the manager on duty by text, by phone call and by email." in page

    def seen() -> str:
        found = re.search(r'name="seen" value="([0-9a-f]+)"', admin.get("/admin/ladder").text)
        assert found
        return found.group(1)

    first = seen()
    ben = f"staff:{people['Ben'].id}"
    added = {"seen": first, "after": "20", "whom": ben, "channel": ["call", "email"]}
    assert admin.post("/admin/ladder/rungs", added).status_code == 303  # type: ignore[arg-type]
    assert "After 20 minutes, Ben Okafor by phone call and by email." in admin.get("/admin/ladder").text
    stale = admin.post("/admin/ladder/rungs", added)  # type: ignore[arg-type]
    assert stale.status_code == 409
    assert "meanwhile" in stale.text
    assert admin.post("/admin/ladder/rungs/move", {"seen": seen(), "number": "4", "way": "up"}).status_code == 303
    assert "After 15 minutes, Ben Okafor by phone call" in admin.get("/admin/ladder").text
    assert admin.post("/admin/ladder/rungs/move", {"seen": seen(), "number": "0", "way": "remove"}).status_code == 303
    assert "An emergency pages whoever is on call by phone call at once" in admin.get("/admin/ladder").text
    changed = {"seen": seen(), "number": "1", "after": "7", "whom": "role:backup", "channel": ["sms"]}
    assert admin.post("/admin/ladder/rungs/change", changed).status_code == 303  # type: ignore[arg-type]
    assert "If nobody answers within 7 minutes, the backup by text." in admin.get("/admin/ladder").text
    for words, said in (
        ({"after": "soon"}, "soon"),
        ({"channel": []}, "at least one way"),
        ({"whom": "x"}, "who is paged"),
    ):
        refused = admin.post("/admin/ladder/rungs", added | {"seen": seen()} | words)  # type: ignore[arg-type]
        assert refused.status_code == 422
        assert said in refused.text
    same = admin.post("/admin/ladder/rungs", added | {"seen": seen(), "after": "7"})  # type: ignore[arg-type]
    assert "at least a minute after" in same.text


def test_a_webhook_shows_its_secret_once(admin: Browser, people: dict[str, Staff]) -> None:
    page = admin.post("/admin/ladder/webhooks", {"name": "Pager", "url": "https://pager.example/x"}).text
    secret = re.search(r"whsec_[\w-]+", page)
    assert secret
    again = admin.get("/admin/ladder").text
    assert secret.group() not in again
    assert "pager.example" in again
    assert admin.post("/admin/ladder/webhooks", {"name": "", "url": "ftp://x"}).status_code == 422
    found = re.search(r"/admin/ladder/webhooks/([0-9a-f-]+)/remove", again)
    assert found
    assert admin.post(f"/admin/ladder/webhooks/{found.group(1)}/remove").status_code == 303
    assert "pager.example" not in admin.get("/admin/ladder").text


def test_everybody_sees_who_is_on_call_and_only_administrators_the_gaps(
    admin: Browser, nurse: Browser, people: dict[str, Staff]
) -> None:
    assert "Nobody is on call now" in nurse.get("/queue").text
    assert "Begin the rota" in admin.get("/queue").text
    hours = weekly(people["Rosa"], begins="08:00", ends="17:00", weekday=ALL_WEEK[:5])
    admin.post("/admin/rota/weekly", hours)  # type: ignore[arg-type]
    for browser in (admin, nurse):
        assert "On call: Rosa Patel" in browser.get("/queue").text
    assert "Nobody to page" in admin.get("/queue/rows").text
    assert "Nobody to page" not in nurse.get("/queue").text


def test_going_live_is_refused_with_the_uncovered_hours_until_there_are_none(
    admin: Browser, people: dict[str, Staff], clinic: Clinic, sqlite_services: Services
) -> None:
    with sqlite_services.db.write() as tx:
        tx.get_one(Clinic, clinic.id).held_since = sqlite_services.now()
    admin.post("/admin/rota/weekly", weekly(people["Rosa"], weekday=ALL_WEEK[:6]))  # type: ignore[arg-type]
    refused = admin.post("/admin/coverage/live")
    assert refused.status_code == 422
    assert "Sun 8 Mar 00:00 to Mon 9 Mar 00:00: nobody can be paged" in refused.text
    assert "Not live" in admin.get("/queue").text
    admin.post("/admin/rota/weekly", weekly(people["Ben"], weekday=["sun"]))  # type: ignore[arg-type]
    assert admin.post("/admin/coverage/live").status_code == 303
    assert "The clinic is live" in admin.get("/admin/coverage").text
    assert admin.post("/admin/coverage/live").status_code == 409
    with sqlite_services.db.read() as tx:
        assert tx.query(AuditEntry).filter(AuditEntry.action == "go_live").count() == 1


def test_a_drill_shows_each_rung_and_whom_it_reached(
    admin: Browser, people: dict[str, Staff], clinic: Clinic, sqlite_services: Services
) -> None:
    assert "There was none yet" in admin.get("/admin/drill").text
    assert "Drill due" in admin.get("/admin/drill").text
    admin.post("/admin/rota/weekly", weekly(people["Rosa"]))  # type: ignore[arg-type]
    rosa = (Rung(timedelta(0), Who.STAFF, DEFAULT_LADDER.rungs[0].channels, staff_id=people["Rosa"].id),)
    ladder.set_ladder(sqlite_services, clinic.id, Ladder(rosa).rungs, actor=OPERATOR)
    assert admin.post("/admin/drill").status_code == 303
    assert admin.post("/admin/drill").status_code == 409
    page = admin.get("/admin/drill/live").text
    assert "A drill is running" in page
    assert "Rosa Patel, text" in page
    assert "Drill due" not in page


def test_one_sets_ones_own_number_and_pages_oneself(
    nurse: Browser, clinic: Clinic, sqlite_services: Services, people: dict[str, Staff]
) -> None:
    wrong = nurse.post("/account/pages", {"kind": "mobile", "address": "12", "agree": "on"})
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.text
    assert nurse.post("/account/pages", {"kind": "fax", "address": "12"}).status_code == 404
    words = {"kind": "mobile", "address": "312-555-0144"}
    assert nurse.post("/account/pages", words).status_code == 303
    assert "You have not agreed yet" in nurse.get("/account").text
    assert nurse.post("/account/pages/test").status_code == 422
    assert nurse.post("/account/pages", words | {"agree": "on"}).status_code == 303
    assert "Not confirmed" in nurse.get("/account").text
    assert nurse.post("/account/pages/test").status_code == 303
    assert "just gone out" in nurse.post("/account/pages/test").text
    assert nurse.post("/account/pages/remove", {"kind": "mobile"}).status_code == 303
    assert nurse.post("/account/pages/remove", {"kind": "mobile"}).status_code == 404


def test_a_nurse_does_not_get_into_the_on_call_pages(nurse: Browser) -> None:
    for path in ("rota", "ladder", "coverage", "drill", "drill/live"):
        assert nurse.get(f"/admin/{path}").status_code == 403
    for path in (
        "rota/weekly", "rota/dated", "rota/closed", "rota/remove", "ladder/rungs", "ladder/rungs/change",
        "ladder/rungs/move", "ladder/webhooks", "coverage/live", "drill",
    ):  # fmt: skip
        assert nurse.post(f"/admin/{path}").status_code == 403, path


def test_an_outsider_sees_and_changes_nothing_of_another_clinics_rota(
    outsider: Browser, admin: Browser, people: dict[str, Staff], sqlite_services: Services, clinic: Clinic
) -> None:
    admin.post("/admin/rota/weekly", weekly(people["Rosa"]))  # type: ignore[arg-type]
    shifts = rota.list_shifts(sqlite_services, clinic.id)
    for path in ("rota", "ladder", "coverage", "drill"):
        page = outsider.get(f"/admin/{path}")
        assert page.status_code == 200
        assert "Rosa" not in page.text
        assert "Ben" not in page.text
    assert outsider.post("/admin/rota/remove", {"shifts": str(shifts[0].id)}).status_code == 404
    stolen = weekly(people["Rosa"], begins="01:00", ends="02:00")
    assert outsider.post("/admin/rota/weekly", stolen).status_code == 422  # type: ignore[arg-type]
    assert len(rota.list_shifts(sqlite_services, clinic.id)) == len(shifts)
