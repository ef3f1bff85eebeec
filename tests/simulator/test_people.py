"""Who the page shows."""

from dataclasses import replace

import pytest
import requests

from followup.simulator import Person, RunningSimulator, SimulatorSettings
from tests.simulator.conftest import ADA, BEN, CLINIC
from tests.simulator.mailbox.conftest import send


@pytest.fixture
def settings(settings: SimulatorSettings) -> SimulatorSettings:
    return replace(settings, people=(Person("Ada Brennan", ADA, "ada@patients.example", "es"),), clinic_name="Lakeside")


def everybody(sim: RunningSimulator) -> list[dict[str, object]]:
    people: list[dict[str, object]] = requests.get(f"{sim.carrier_url}/simulator/people", timeout=10).json()["people"]
    return people


def test_known_people_come_first_with_their_newest_text_and_mail(sim: RunningSimulator) -> None:
    send(sim)
    sim.text(ADA, CLINIC, "Hola")
    sim.text(BEN, CLINIC, "Who am I?")
    ada, ben = everybody(sim)
    assert (ada["name"], ada["language"]) == ("Ada Brennan", "es")
    assert ada["last_text"]["body"] == "Hola"  # type: ignore[index]
    assert ada["last_mail"]["subject"] == "Checking in"  # type: ignore[index]
    assert (ben["name"], ben["key"], ben["last_mail"]) == (BEN, BEN, None)


def test_somebody_can_be_introduced_later_and_is_not_doubled(sim: RunningSimulator) -> None:
    url = f"{sim.carrier_url}/simulator/people"
    assert requests.post(url, json={"name": "Ben Ortiz", "phone": "(312) 555-0102"}, timeout=10).status_code == 200
    assert requests.post(url, json={"name": "Ada B. Brennan", "phone": ADA}, timeout=10).status_code == 200
    assert [(person["name"], person["phone"]) for person in everybody(sim)] == [
        ("Ada B. Brennan", ADA),
        ("Ben Ortiz", BEN),
    ]


@pytest.mark.parametrize(
    "given", [{}, {"name": "Nobody"}, {"name": "Wrong", "phone": "12"}, {"name": "X", "email": "x"}]
)
def test_a_person_needs_a_name_and_a_phone_or_an_address(sim: RunningSimulator, given: dict[str, str]) -> None:
    assert requests.post(f"{sim.carrier_url}/simulator/people", json=given, timeout=10).status_code == 422
