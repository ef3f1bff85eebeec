"""Photos on the check-in page: by content, few, bare, sealed, and with the reply once it is sent."""

import pytest
from sqlalchemy import text

from followup.domain.errors import InvalidInput, NotFound
from followup.domain.photos import LARGEST, MOST
from followup.services.attachments import open_attachment
from followup.services.checkin.photos import add_photo, open_photo, remove_photo
from followup.store.ids import new_id
from followup.store.models import Attachment, CheckInPhoto
from tests.domain.test_photos import exif, jpeg, png, segment
from tests.services.checkin.knocking import Asked
from tests.services.people import NURSE


def test_a_photo_comes_with_the_reply_and_makes_it_worth_a_look(ana: Asked) -> None:
    ana.open()
    add_photo(ana.services, ana.token, jpeg(segment(0xE1, exif(1))))
    ana.answer(swelling="better", pain="0")
    ana.send()
    (reply,) = ana.house.replies
    assert reply.acuity == "routine"
    assert "photo" in ana.house.cases[0].beware
    (file,) = ana.house.all(Attachment)
    assert (file.reply_id, file.status, file.content_type) == (reply.id, "stored", "image/jpeg")
    opened = open_attachment(ana.services, ana.house.clinic.id, file.id, actor=NURSE)
    assert opened.content == jpeg()
    assert ana.house.all(CheckInPhoto) == []


def test_a_photo_lies_sealed(ana: Asked) -> None:
    ana.open()
    add_photo(ana.services, ana.token, png())
    with ana.services.db.read() as tx:
        raw = bytes(tx.execute(text("SELECT content FROM check_in_photos")).scalar_one())
    assert b"IHDR" not in raw
    (photo,) = ana.look().photos
    assert open_photo(ana.services, ana.token, photo).content == png()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"), (b"hello", "no_photo"), (b"<html>", "no_photo"), (jpeg()[:-2], "no_photo"),
        (png() + b"\0" * LARGEST, "too_large"),
    ],
    ids=["empty", "text", "html", "torn", "large"],
)  # fmt: skip
def test_what_is_no_photo_or_too_much_is_refused(ana: Asked, content: bytes, why: str) -> None:
    ana.open()
    with pytest.raises(InvalidInput) as refused:
        add_photo(ana.services, ana.token, content)
    assert refused.value.faults[0].message == why


def test_photos_are_few_and_can_be_taken_away(ana: Asked) -> None:
    ana.open()
    for _ in range(MOST):
        add_photo(ana.services, ana.token, png())
    with pytest.raises(InvalidInput) as refused:
        add_photo(ana.services, ana.token, png())
    assert refused.value.faults[0].message == "too_many"
    remove_photo(ana.services, ana.token, ana.look().photos[0])
    add_photo(ana.services, ana.token, png())
    assert len(ana.look().photos) == MOST
    with pytest.raises(NotFound):
        open_photo(ana.services, ana.token, new_id())
