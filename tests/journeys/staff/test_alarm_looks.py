"""Alarms as an administrator sees them: on the queue and on their own page, wide and narrow."""

import pytest

from followup.services.alarms import GAP_FOUND, look_for_alarms
from followup.services.context import Services
from followup.store import signs
from tests.journeys.staff.conftest import Open
from tests.journeys.staff.test_looks import check
from tests.web.staffed import ADMIN

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [375, 1280])
def test_alarms_can_be_read_by_everyone(open_as: Open, sqlite_services: Services, width: int) -> None:
    with sqlite_services.db.write() as tx:
        signs.write(tx, GAP_FOUND, sqlite_services.real_now(), {"found": 1})
    look_for_alarms(sqlite_services)
    page = open_as(ADMIN, width)
    check(page, width)
    page.click("text=What to do")
    page.wait_for_url("**/admin/alarms")
    check(page, width)
