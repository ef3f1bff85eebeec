"""A clinic's own red flags, from the line in protocol.yaml to the case in the queue; they raise and never lower."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from followup.domain.acuity import Acuity
from followup.domain.protocol_files import MAIN
from followup.gateways.clock import MovableClock
from followup.gateways.protocols import FolderProtocols
from followup.paths import templates_dir
from followup.services.context import Services
from followup.services.protocol_check import check_data, check_protocol_folder, reading_of

from .conftest import House, make_house

SLUG = "trigger-point-injection"
FLAG = """red_flags:
  - {lang: en, acuity: urgent, words: ["my tooth implant", "the blue bandage"]}
  - {lang: es, acuity: emergency, words: ["mi implante"]}"""


def protocols(folder: Path, flags: str) -> Path:
    """The shipped protocols with other red flags."""
    shutil.copytree(templates_dir() / "protocols", folder / "protocols")
    main = folder / "protocols" / SLUG / MAIN
    text = main.read_text(encoding="utf-8")
    assert text.count("red_flags: []") == 1
    main.write_text(text.replace("red_flags: []", flags), encoding="utf-8")
    return folder / "protocols"


@pytest.fixture
def flagged(services: Services, clock: MovableClock, tmp_path: Path) -> House:
    """A clinic that has red flags of its own, with a patient who was texted."""
    source = FolderProtocols(protocols(tmp_path, FLAG))
    house = make_house(replace(services, protocols=source), clock)
    house.record()
    house.send_due()
    return house


def test_a_clinics_own_words_make_a_reply_urgent(flagged: House) -> None:
    flagged.text("i have a question about my tooth implant")
    assert [case.acuity for case in flagged.cases] == [Acuity.URGENT]
    evidence = (flagged.replies[0].assessment or {})["evidence"]
    (mark,) = [item for item in evidence if item["rule"].startswith("clinic-")]
    assert mark["text"] == "my tooth implant"


def test_its_words_are_found_in_any_spelling_and_language(flagged: House) -> None:
    flagged.text("MY TOOTH-IMPLANT!!")
    flagged.pass_time(1)
    flagged.text("se movió mi implante")
    acuities = [reply.acuity for reply in sorted(flagged.replies, key=lambda row: row.received_at)]
    assert acuities == [Acuity.URGENT, Acuity.EMERGENCY]


def test_a_flag_never_lowers_what_is_read_as_more_pressing(flagged: House) -> None:
    flagged.text("the blue bandage is soaked and i cant breathe")
    assert flagged.replies[0].acuity == Acuity.EMERGENCY


def test_without_the_flag_the_same_words_are_not_urgent(house: House) -> None:
    house.record()
    house.send_due()
    house.text("i have a question about my tooth implant")
    assert house.replies[0].acuity in (Acuity.NONE, Acuity.ROUTINE)


@pytest.mark.parametrize("words", ["chest pain", "i cant breathe", "throat is swelling", "i want to kill myself"])
def test_the_check_refuses_a_flag_that_would_lower_what_is_protected(
    sqlite_services: Services, tmp_path: Path, words: str
) -> None:
    flags = f'red_flags:\n  - {{lang: en, acuity: urgent, words: ["{words}"]}}'
    folder = protocols(tmp_path, flags) / SLUG
    data = check_data(templates_dir(), read=reading_of(sqlite_services.reader()))
    (fault,) = check_protocol_folder(folder, data)
    assert fault.field == f"{MAIN}.red_flags"
    assert "would lower it" in fault.message


@pytest.mark.parametrize("acuity", ["none", "opt_out", "ignore"])
def test_the_check_refuses_a_flag_that_dismisses(sqlite_services: Services, tmp_path: Path, acuity: str) -> None:
    folder = protocols(tmp_path, f'red_flags:\n  - {{lang: en, acuity: {acuity}, words: ["tooth"]}}') / SLUG
    data = check_data(templates_dir(), read=reading_of(sqlite_services.reader()))
    assert any("can only raise" in fault.message for fault in check_protocol_folder(folder, data))


def test_the_check_takes_a_flag_that_raises(sqlite_services: Services, tmp_path: Path) -> None:
    data = check_data(templates_dir(), read=reading_of(sqlite_services.reader()))
    assert check_protocol_folder(protocols(tmp_path, FLAG) / SLUG, data) == []
