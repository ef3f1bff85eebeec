"""Of the replies that nobody was asked to read a few are looked at, and what comes of it is kept."""

import pytest

from followup.domain.actor import OPERATOR, Actor, ActorKind
from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.domain.steering import chosen
from followup.services import reviews, staff
from followup.services.cases.correct import correct
from followup.services.clinics import change_clinic
from followup.store.ids import new_id
from followup.store.models import AuditEntry, Review
from tests.services.cases.making import make_clinic

from .conftest import House


@pytest.fixture
def nurse(house: House) -> Actor:
    person = staff.add(house.services, house.clinic.id, "nora@lake.example", "Nora", "nurse").person
    return Actor(ActorKind.STAFF, person.id)


def sampled(house: House, percent: float) -> None:
    change_clinic(house.services, house.clinic.id, {"settings": {"triage_sample_percent": percent}}, OPERATOR)


def write(house: House, *texts: str) -> None:
    house.record()
    house.send_due()
    for text in texts:
        house.text(text)


def test_the_replies_whose_id_the_share_takes_are_on_the_list_and_no_others(house: House) -> None:
    sampled(house, 50)
    write(house, *(f"thanks{'!' * number}" for number in range(24)))
    wanted = {reply.id for reply in house.replies if chosen(reply.id, 50)}
    assert {row.reply_id for row in house.all(Review)} == wanted
    assert 0 < len(wanted) < 24


def test_a_reply_that_opened_a_case_and_a_bare_keyword_are_not_sampled(house: House) -> None:
    sampled(house, 100)
    write(house, "thanks!", "how long should i rest?", "STOP")
    assert [row.reply_id for row in house.all(Review)] == [house.replies[0].id]


def test_nothing_is_sampled_where_the_clinic_says_so(house: House) -> None:
    sampled(house, 0)
    write(house, "thanks!", "feeling great")
    assert house.all(Review) == []


def test_a_share_that_is_none_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="triage_sample_percent"):
        sampled(house, 250)


def test_the_list_shows_the_words_and_is_a_look(house: House, nurse: Actor) -> None:
    sampled(house, 100)
    write(house, "thanks!")
    found = reviews.review_list(house.services, house.clinic.id, nurse)
    assert (found.waiting, found.percent) == (1, 100.0)
    (item,) = found.items
    assert item.person.name == "Ana Ruiz"
    assert "".join(piece.text for piece in item.said.pieces) == "thanks!"
    looks = [row.object_id for row in house.all(AuditEntry) if (row.action, row.object_kind) == ("view", "reply")]
    assert looks == [item.said.id]


def test_right_takes_it_off_the_list_once(house: House, nurse: Actor) -> None:
    sampled(house, 100)
    write(house, "thanks!")
    reply = house.replies[0]
    reviews.confirm(house.services, house.clinic.id, reply.id, nurse)
    (row,) = house.all(Review)
    assert (row.verdict, row.actor) == ("right", str(nurse))
    assert reviews.review_list(house.services, house.clinic.id, nurse).waiting == 0
    with pytest.raises(Conflict, match="Nora was first"):
        reviews.confirm(house.services, house.clinic.id, reply.id, nurse)
    assert house.cases == []


def test_a_correction_settles_it_and_opens_a_case_upward(house: House, nurse: Actor) -> None:
    sampled(house, 100)
    write(house, "thanks!")
    correct(house.services, house.clinic.id, house.replies[0].id, nurse, acuity="urgent", reason="She is being ironic.")
    assert [row.verdict for row in house.all(Review)] == ["corrected"]
    assert [case.acuity for case in house.cases] == ["urgent"]


def test_another_clinic_has_no_part_in_it(house: House, nurse: Actor) -> None:
    sampled(house, 100)
    write(house, "thanks!")
    other = make_clinic(house.services, "riverside")
    assert reviews.review_list(house.services, other.id, nurse).items == ()
    for clinic_id, reply_id in ((other.id, house.replies[0].id), (house.clinic.id, new_id())):
        with pytest.raises(NotFound):
            reviews.confirm(house.services, clinic_id, reply_id, nurse)
    with pytest.raises(NotFound):
        reviews.reply_page(house.services, other.id, house.replies[0].id, nurse)


def test_a_replys_page_tells_how_it_was_read_and_corrected(house: House, nurse: Actor) -> None:
    write(house, "thanks!")
    reply = house.replies[0]
    correct(house.services, house.clinic.id, reply.id, nurse, acuity="routine", reason="She asked for a call.")
    page = reviews.reply_page(house.services, house.clinic.id, reply.id, nurse)
    assert (page.item.said.acuity, page.stands, page.version) == ("none", "routine", reply.assessment_version)
    assert [(row.who, row.stood, row.to, row.reason) for row in page.corrections] == [
        ("Nora", "none", "routine", "She asked for a call.")
    ]
    assert page.case_id == house.cases[0].id
