"""Patients who stay silent on a check reach the nurses' list: once, ordered by risk, and never twice over."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.domain.provider_outcomes import SendReason
from followup.domain.queue_order import Band
from followup.gateways.clock import MovableClock
from followup.gateways.protocols import FolderProtocols
from followup.paths import templates_dir
from followup.services.cases.contact import contact
from followup.services.cases.resolve import resolve
from followup.services.context import Services
from followup.services.fall_back import fall_back_in
from followup.services.patients import change_patient
from followup.services.procedures import cancel_procedure, record_procedure
from followup.services.queue_view import Tab, queue
from followup.services.silence import look_for_silence
from followup.store.models import CaseEvent, Check, Communication
from tests.services.people import make_clinic, request
from tests.services.replies.conftest import make_house


def test_no_answer_within_a_day_of_the_check_opens_one_case_of_its_own_kind(
    services: Services, clock: MovableClock
) -> None:
    house = make_house(services, clock)
    house.record()
    house.pass_time(70)
    assert look_for_silence(house.services) == 0
    house.pass_time(3)
    assert look_for_silence(house.services) == 1
    assert look_for_silence(house.services) == 0
    case = house.cases[0]
    assert (case.kind, case.acuity, case.status) == (CaseKind.SILENT, Acuity.ROUTINE, CaseStatus.OPEN)
    row = queue(house.services, house.clinic.id, tab=Tab.TODO, me=None).rows[0]
    assert row.band is Band.SILENT
    assert row.reason.startswith("No answer to the day two check for 25 hours")
    assert case.risk > 0


def test_two_processes_that_look_at_once_make_one_case(services: Services, clock: MovableClock) -> None:
    house = make_house(services, clock)
    house.record()
    house.pass_time(73)
    start, opened = threading.Barrier(4), []

    def look() -> None:
        start.wait()
        opened.append(look_for_silence(house.services))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(opened) == 1
    assert len(house.cases) == 1
    assert [event.kind for event in house.all(CaseEvent)] == ["opened"]


def test_any_words_of_the_patient_are_an_answer_and_a_machine_s_are_not(
    services: Services, clock: MovableClock
) -> None:
    house = make_house(services, clock)
    house.record("M1", "+13125550111")
    house.record("M2", "+13125550112")
    house.pass_time(50)
    house.text("better", "+13125550111")
    house.text("I'm driving right now and will reply later. Auto-reply", "+13125550112")
    house.pass_time(24)
    assert look_for_silence(house.services) == 1
    assert [check.status for check in house.all(Check)] == ["answered", "silent"]


def test_a_check_that_never_arrived_puts_the_patient_on_the_list_and_joins_the_case_that_says_so(
    services: Services, clock: MovableClock
) -> None:
    house = make_house(services, clock)
    house.record()
    house.pass_time(48)
    with house.services.db.write() as tx:
        row = tx.scalars(select(Communication).where(Communication.asks.is_not(None))).one()
        row.status, row.reason = "undelivered", SendReason.LANDLINE.value
        fall_back_in(tx, house.services, row, house.services.now())
    house.pass_time(25)
    assert look_for_silence(house.services) == 1
    assert [(case.kind, case.status) for case in house.cases] == [(CaseKind.UNREACHABLE, CaseStatus.OPEN)]
    assert {"silent", "undelivered", "call_instead"} <= set(house.cases[0].beware)


def test_who_said_stop_is_called_for_that_and_not_a_second_time(services: Services, clock: MovableClock) -> None:
    house = make_house(services, clock)
    house.record()
    house.pass_time(2)
    house.text("stop texting me please")
    assert [case.kind for case in house.cases] == [CaseKind.CALL_INSTEAD]
    resolve(house.services, house.clinic.id, house.cases[0].id, OPERATOR, disposition="no_concern", confirm=True)
    house.pass_time(75)
    assert look_for_silence(house.services) == 0
    assert [check.status for check in house.all(Check)] == ["needless"]


def test_the_dead_the_withdrawn_and_the_cancelled_are_not_called(services: Services, clock: MovableClock) -> None:
    house = make_house(services, clock)
    for number in (1, 2, 3):
        house.record(f"M{number}", f"+1312555011{number}")
    house.pass_time(50)
    with house.services.db.read() as tx:
        checks = list(tx.scalars(select(Check).order_by(Check.id)))
    change_patient(house.services, house.clinic.id, checks[0].patient_id, {"deceased": True}, OPERATOR)
    change_patient(house.services, house.clinic.id, checks[1].patient_id, {"withdrawn": True}, OPERATOR)
    cancel_procedure(house.services, house.clinic.id, checks[2].procedure_id, "did not happen", OPERATOR)
    house.pass_time(25)
    assert look_for_silence(house.services) == 0
    assert {check.status for check in house.all(Check)} == {"needless"}


def test_a_late_good_answer_joins_the_case_says_so_and_leaves_it_to_a_person(
    services: Services, clock: MovableClock
) -> None:
    house = make_house(services, clock)
    house.record()
    house.pass_time(73)
    look_for_silence(house.services)
    house.text("better, thanks")
    case = house.cases[0]
    assert house.replies[0].case_id == case.id
    assert (case.kind, case.status, case.acuity) == (CaseKind.SILENT, CaseStatus.OPEN, Acuity.ROUTINE)
    assert "answered_since" in case.beware
    assert case.risk == 0
    house.text("actually it is much worse and bigger now")
    assert (house.cases[0].acuity, house.cases[0].kind) == (Acuity.URGENT, CaseKind.REPLY)


def test_a_contact_since_the_question_is_as_good_as_an_answer(services: Services, clock: MovableClock) -> None:
    house = make_house(services, clock)
    house.record()
    house.pass_time(47)
    house.text("can i take a bath?")
    house.pass_time(3)
    contact(house.services, house.clinic.id, house.cases[0].id, OPERATOR, how="call", outcome="reached")
    house.pass_time(24)
    assert look_for_silence(house.services) == 0


def test_the_question_is_repeated_once_where_the_protocol_says_so_and_the_caps_have_room(
    services: Services, clock: MovableClock, tmp_path: Path
) -> None:
    folder = tmp_path / "protocols"
    copytree(templates_dir() / "protocols", folder)
    plan = folder / "trigger-point-injection" / "protocol.yaml"
    plan.write_text(plan.read_text().replace("silent_after: 24h", "silent_after: 30h\n    ask_again: 20h"))
    house = make_house(replace(services, protocols=FolderProtocols(folder)), clock)
    house.record("M1", "+13125550111")  # three texts in seven days: no room
    house.record("M2", None, email="ana@mail.example")
    house.pass_time(69)
    with house.services.db.write() as tx:
        for mail in tx.scalars(select(Communication).where(Communication.channel == "email")):
            mail.status, mail.sent_at = "sent", mail.due_at  # no mail server here: as if one had taken them
    look_for_silence(house.services)
    look_for_silence(house.services)
    again = [row for row in house.communications if row.extra == "again"]
    assert [(row.channel, row.asks) for row in again] == [("email", "day-two-check")]
    assert house.cases == []
    house.pass_time(13)
    assert look_for_silence(house.services) == 2


def test_cases_of_the_silent_are_ordered_by_risk(services: Services, clock: MovableClock) -> None:
    house = make_house(services, clock)
    house.record("M1", "+13125550111")
    house.record("M2", "+13125550112")
    house.pass_time(20)
    house.text("it hurts much more than before the shots", "+13125550112")
    resolve(house.services, house.clinic.id, house.cases[0].id, OPERATOR, disposition="self_care", confirm=True)
    house.pass_time(53)
    assert look_for_silence(house.services) == 2
    rows = queue(house.services, house.clinic.id, tab=Tab.TODO, me=None).rows
    assert [row.person.mrn for row in rows] == ["M2", "M1"]
    assert "reported something urgent before" in rows[0].reason


def test_a_procedure_entered_long_after_asks_nothing_and_misses_nothing(services: Services) -> None:
    clinic = make_clinic(services)
    old = request(services, performed_at=(services.now() - timedelta(days=20)).isoformat())
    record_procedure(services, clinic.id, old, OPERATOR)
    with services.db.read() as tx:
        assert tx.scalars(select(Check)).all() == []
