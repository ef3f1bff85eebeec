"""Only the patient's birth date opens a link, and nothing tells a link of ours from one made up."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from followup.domain import links
from followup.domain.actor import OPERATOR
from followup.services.checkin import door
from followup.services.checkin.door import LINK_TRIES, PLACE_TRIES, TooManyTries, WrongBirthDate
from followup.services.clinics import add_clinic
from followup.store.models import AuditEntry, CheckInTry, Clinic, Communication
from tests.services.checkin.knocking import BORN, Asked

NOW = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)


def made_up(ana: Asked) -> str:
    """A link that begins like the clinic's own and is none."""
    return links.clinic_part(ana.services.secret, ana.house.clinic.id) + "a" * 16


def refusal(ana: Asked, token: str, born: str = "1971-01-01", place: str = "here") -> str:
    with pytest.raises((WrongBirthDate, TooManyTries)) as refused:
        door.knock(ana.services, token, born, place)
    return refused.value.code


def test_the_birth_date_opens_the_link_and_the_look_is_written_down(ana: Asked) -> None:
    passed = door.knock(ana.services, ana.token, BORN, "here")
    assert door.may_enter(ana.services, ana.token, passed)
    entries = [each for each in ana.house.all(AuditEntry) if each.action == "check_in.open"]
    assert len(entries) == 1
    assert entries[0].actor.startswith("patient:")


def test_a_link_works_in_capitals_too(ana: Asked) -> None:
    assert door.knock(ana.services, ana.token.upper(), BORN, "here")


def test_the_link_holds_nothing_of_the_patient_and_is_not_kept(ana: Asked) -> None:
    row = next(each for each in ana.house.all(Communication) if each.check_in_fingerprint)
    assert row.check_in_fingerprint == links.fingerprint(ana.token)
    assert ana.token not in (row.check_in_fingerprint, str(row.dedupe_key))
    assert len(ana.token) == 19


def test_a_made_up_link_is_refused_in_the_same_words_and_locks_after_as_many_tries(ana: Asked) -> None:
    forged = made_up(ana)
    assert door.front(ana.services, forged) == door.front(ana.services, ana.token)
    ours = [refusal(ana, ana.token, place=f"a{number}") for number in range(LINK_TRIES + 2)]
    theirs = [refusal(ana, forged, place=f"b{number}") for number in range(LINK_TRIES + 2)]
    assert ours == theirs == ["wrong_birth_date"] * LINK_TRIES + ["too_many_tries"] * 2


def test_a_locked_link_stays_locked_even_for_the_right_date_and_the_next_day(ana: Asked) -> None:
    for number in range(LINK_TRIES):
        refusal(ana, ana.token, place=f"p{number}")
    assert refusal(ana, ana.token, BORN) == "too_many_tries"
    later = replace(ana.services, real_now=lambda: datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(TooManyTries):
        door.knock(later, ana.token, BORN, "elsewhere")


def test_the_right_date_forgets_the_wrong_ones(ana: Asked) -> None:
    for _ in range(3):
        for number in range(LINK_TRIES - 1):
            refusal(ana, ana.token, place=f"p{number}")
        door.knock(ana.services, ana.token, BORN, "here")


def test_one_place_cannot_try_many_links_and_may_try_again_later(ana: Asked) -> None:
    start = links.clinic_part(ana.services.secret, ana.house.clinic.id)
    codes = [refusal(ana, f"{start}{number:a>16}", place="cafe") for number in range(PLACE_TRIES)]
    assert set(codes) == {"wrong_birth_date"}
    assert refusal(ana, ana.token, BORN, "cafe") == "too_many_tries"
    with ana.services.db.read() as tx:
        kept = tx.query(CheckInTry).count()
    assert kept == PLACE_TRIES + 1, "a place that is shut out fills no table"
    later = replace(ana.services, real_now=lambda: datetime.now(UTC) + timedelta(minutes=16))
    assert door.knock(later, ana.token, BORN, "cafe")


def test_a_pass_is_for_one_link_and_one_hour_and_cannot_be_made_up(ana: Asked) -> None:
    at = replace(ana.services, real_now=lambda: NOW)
    passed = door.knock(at, ana.token, BORN, "here")
    assert door.may_enter(replace(at, real_now=lambda: NOW + timedelta(minutes=59)), ana.token, passed)
    assert not door.may_enter(replace(at, real_now=lambda: NOW + timedelta(minutes=61)), ana.token, passed)
    assert not door.may_enter(at, made_up(ana), passed)
    issued, _, mac = passed.partition(".")
    for forged in ("", ".", "1.2", f"{int(issued) + 60}.{mac}", f"{issued}.{'0' * 64}", "²." + mac, f"-{issued}.{mac}"):
        assert not door.may_enter(at, ana.token, forged)


def test_a_link_opens_only_at_the_clinic_it_is_of(ana: Asked) -> None:
    other: Clinic = add_clinic(ana.services, slug="river", name="River", zone="America/Chicago", actor=OPERATOR)
    theirs = links.clinic_part(ana.services.secret, other.id)
    assert door.front(ana.services, ana.token).clinic_name == "Lake Clinic"
    assert refusal(ana, theirs + ana.token[3:], BORN) == "wrong_birth_date"
    assert door.front(ana.services, theirs + ana.token[3:]).clinic_name == "River"
    assert door.front(ana.services, "???").clinic_name == "", "with two clinics nothing says whose it is"


def test_tries_at_the_same_moment_are_counted_one_by_one(ana: Asked) -> None:
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(refusal, ana, ana.token, place=f"p{number}") for number in range(20)]
        codes = [each.result() for each in tries]
    assert codes.count("wrong_birth_date") == LINK_TRIES
    assert refusal(ana, ana.token, BORN) == "too_many_tries"
