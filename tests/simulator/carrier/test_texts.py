"""The carrier's memory."""

from datetime import UTC, datetime
from itertools import count

from followup.simulator.carrier.texts import Direction, Media, Text, TextRecord
from tests.simulator.conftest import ADA, BEN, CLINIC

NOON = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
_number = count(1)


def text(phone: str = ADA, *, inbound: bool = False, media: tuple[Media, ...] = ()) -> Text:
    nth = next(_number)
    return Text(
        sid=f"SM{nth}",
        direction=Direction.INBOUND if inbound else Direction.API,
        from_=phone if inbound else CLINIC,
        to=CLINIC if inbound else phone,
        body=f"Text {nth}",
        status="received" if inbound else "queued",
        created=NOON,
        shown=NOON,
        segments=1,
        taken_at=float(nth),
        media=list(media),
    )


def test_a_bounded_record_forgets_the_oldest_everywhere() -> None:
    record = TextRecord(keep=3)
    picture = Media("ME1", "image/png", NOON, b"x")
    texts = [text(inbound=True, media=(picture,)), text(BEN), text(), text(BEN), text(inbound=True)]
    for each in texts:
        record.add(each)
    assert list(record) == texts[2:]
    assert record.get(texts[0].sid) is None
    assert record.media("ME1") is None
    assert record.thread(BEN) == [texts[3]]
    assert list(record.newest_first(to=CLINIC)) == [texts[4]]
    assert list(record.newest_first()) == texts[:1:-1]


def test_a_bounded_record_stays_right_when_texts_are_deleted_first() -> None:
    record = TextRecord(keep=2)
    texts = [text() for _ in range(4)]
    record.add(texts[0])
    record.remove(texts[0])
    for each in texts[1:]:
        record.add(each)
    assert list(record.newest_first(to=ADA)) == [texts[3], texts[2]]
    assert record.thread(ADA) == texts[2:]


def test_phones_come_with_the_newest_thread_first() -> None:
    record = TextRecord()
    for each in (text(), text(BEN), text(), text("+13125550103")):
        record.add(each)
    assert record.phones() == ["+13125550103", ADA, BEN]
