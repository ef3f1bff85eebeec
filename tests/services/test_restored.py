"""After a restore nothing goes out twice and no reply is missing."""

from datetime import timedelta
from pathlib import Path

import pytest

from followup.domain.actor import OPERATOR
from followup.domain.delivery import Kind, Status
from followup.domain.errors import TransientGatewayError
from followup.services import holding, maintenance
from tests.services.replies.conftest import House, house  # noqa: F401


def test_what_went_out_and_came_in_since_the_backup_is_taken_over_before_sending_resumes(
    house: House,  # noqa: F811
    tmp_path: Path,
) -> None:
    house.record()
    maintenance.back_up(house.services.db, tmp_path / "copy")
    house.send_due()
    assert len(house.said()) == 1
    house.sms.receive("+13125550111", "+13125550100", "worse than before")
    maintenance.restore(house.services.db, tmp_path / "copy")
    house.send_due()
    assert len(house.said()) == 1, "sending is held"
    report = holding.resume(house.services, OPERATOR)
    assert report[0].startswith("1 replies")
    assert report[1].startswith("1 texts")
    house.send_due()
    assert len(house.said()) == 1, "the first step is not sent again"
    assert [row.status for row in house.communications if row.step == "rest-today" and row.channel == "sms"] == ["sent"]
    assert [reply.text for reply in house.replies] == ["worse than before"]
    assert house.cases
    house.pass_time(30)
    assert len(house.said()) == 2, "what is due later goes on"


def test_while_the_provider_cannot_be_asked_sending_stays_held(house: House, tmp_path: Path) -> None:  # noqa: F811
    house.record()
    maintenance.back_up(house.services.db, tmp_path / "copy")
    maintenance.restore(house.services.db, tmp_path / "copy")
    house.sms.list_error = TransientGatewayError("away")
    with pytest.raises(TransientGatewayError):
        holding.resume(house.services, OPERATOR)
    assert holding.held(house.services) is not None
    house.send_due()
    assert house.said() == []


def test_an_emergency_is_answered_while_sending_is_held(house: House) -> None:  # noqa: F811
    house.record()
    holding.hold(house.services, "looking at something", OPERATOR)
    house.clock.move(timedelta(minutes=1))
    house.text("i cant breathe")
    assert [row.status for row in house.communications if row.kind == Kind.EMERGENCY] == [Status.SENT]
