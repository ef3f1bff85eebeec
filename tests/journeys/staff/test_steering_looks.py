"""The review list, a reply's reading and the report: nothing for axe to find, wide and narrow, light and dark."""

from typing import Literal
from uuid import UUID

import pytest

from followup.domain.actor import OPERATOR
from followup.gateways.clock import MovableClock
from followup.services.clinics import change_clinic
from followup.services.context import Services
from followup.services.replies.receive import InboundText, receive_text
from followup.store.models import Clinic
from tests.journeys.staff.conftest import Open
from tests.journeys.staff.test_looks import check
from tests.web.staffed import ADMIN, NUMBER, NURSE

pytestmark = pytest.mark.browser
_SAID = (
    ("+13125550119", "thanks!"), ("+13125550119", "thanks"), ("+13125550112", "thanks so much"),
    ("+13125550111", "gracias"), ("+13125550114", "feeling great"),
)  # fmt: skip


@pytest.fixture
def said(sqlite_services: Services, clinic: Clinic, clock: MovableClock) -> list[UUID]:
    """Replies that opened no case, all of them on the review list."""
    change_clinic(sqlite_services, clinic.id, {"settings": {"triage_sample_percent": 100}}, OPERATOR)
    return [
        receive_text(
            sqlite_services, InboundText(provider_id=f"SMlook{number}", sender=phone, to=NUMBER, body=text)
        ).reply_id
        for number, (phone, text) in enumerate(_SAID)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_steering_can_be_done_by_everyone(
    open_as: Open, said: list[UUID], width: int, scheme: Literal["light", "dark"]
) -> None:
    page = open_as(NURSE, width, color_scheme=scheme)
    page.click("#tab-review")
    page.wait_for_url("**/review")
    check(page, width)
    waiting = page.locator("ol.review > li").count()
    assert waiting > 1
    first = page.locator("ol.review > li").first
    first.locator("summary").click()
    check(page, width)
    first.locator("select").select_option("urgent")
    first.locator("textarea").fill("It was meant the other way round.")
    first.get_by_role("button", name="Keep the correction").click()
    page.wait_for_url("**/review?said=corrected")
    check(page, width)
    page.locator("ol.review button.main").first.click()
    page.wait_for_url("**/review?said=right")
    assert page.locator("ol.review > li").count() == waiting - 2
    page.goto("/dashboard")
    check(page, width)
    page.locator("summary", has_text="The same as a table").click()
    check(page, width)
    page.goto(f"/replies/{said[0]}")
    check(page, width)
    page.goto("/triage-report")
    check(page, width)
    page.goto("/triage-report?first=2026-03-09&last=2026-03-01")
    assert page.title().startswith("Error:")
    check(page, width)
    page = open_as(ADMIN, width, color_scheme=scheme)
    page.goto("/triage-report")
    page.fill("#percent", "a few")
    page.click("form.settings button")
    assert page.title().startswith("Error:")
    check(page, width)


def test_a_nurse_without_script_corrects_a_reading_on_its_case(open_as: Open, said: list[UUID]) -> None:
    page = open_as(NURSE, java_script_enabled=False)
    page.goto("/queue?tab=open")
    page.click("li.row:has-text('Tom Nguyen') a.open")
    page.click("#act-correct summary")
    page.select_option("#correct-acuity", "urgent")
    page.fill("#correct-reason", "He told me more on the phone.")
    page.click("#act-correct button")
    page.wait_for_url("**said=corrected")
    assert "He told me more on the phone." in page.content()
