"""Replies reach the clinic over real webhooks and a real mailbox, and answers leave by the real clients."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest

from followup.domain.delivery import Kind
from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.services.replies.media import fetch_waiting
from followup.services.replies.receive_mail import poll_mailbox
from followup.simulator import FaultRule
from followup.simulator.faults import Misbehaviour
from followup.store.models import Attachment, Case, Communication, OptOut, Reply

from .wired import NUMBER, Wired, wired

PHONE, PERSON = "+13125550111", "ana@mail.example"


@pytest.fixture
def clinic(services: Services, clock: MovableClock) -> Iterator[Wired]:
    """A clinic wired to the simulated world."""
    with wired(services, clock) as house:
        yield house


def post(url: str, fields: dict[str, str], signature: str = "") -> int:
    """Post a form as somebody who claims to be the carrier; the status it is answered with."""
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_text_goes_out_is_delivered_answered_and_queued(clinic: Wired) -> None:
    clinic.record(phone=PHONE)
    clinic.send_due()
    sent = [row for row in clinic.all(Communication) if row.status == "delivered"]
    assert [row.step for row in sent] == ["rest-today"]
    assert sent[0].provider_id
    _, answered = clinic.world.text(PHONE, NUMBER, "it's worse than before — “much” worse 😟")
    assert answered is not None
    assert answered.status == 200
    assert clinic.all(Reply)[0].text == "it's worse than before — “much” worse 😟"
    assert clinic.all(Case)[0].acuity == "urgent"


def test_an_emergency_is_answered_on_the_phone_before_the_webhook_is_done(clinic: Wired) -> None:
    clinic.record(phone=PHONE)
    clinic.send_due()
    clinic.world.text(PHONE, NUMBER, "i cant breathe")
    clinic.world.settle()
    assert "911" in clinic.world.thread(PHONE)[-1].body
    assert [row.status for row in clinic.all(Communication) if row.kind == Kind.EMERGENCY] == ["delivered"]


def test_an_inbound_post_that_comes_twice_is_one_reply(clinic: Wired) -> None:
    clinic.world.misbehave(FaultRule(Misbehaviour.INBOUND_REPEATED, probability=1.0))
    clinic.record(phone=PHONE)
    clinic.send_due()
    clinic.world.text(PHONE, NUMBER, "worse")
    clinic.world.settle()
    assert len(clinic.all(Reply)) == 1
    assert len(clinic.all(Case)) == 1


def test_receipts_that_are_reordered_and_repeated_end_in_delivered(clinic: Wired) -> None:
    clinic.world.misbehave(
        FaultRule(Misbehaviour.CALLBACK_REORDERED, probability=1.0),
        FaultRule(Misbehaviour.CALLBACK_REPEATED, probability=1.0),
    )
    clinic.record(phone=PHONE)
    clinic.send_due()
    assert [row.status for row in clinic.all(Communication) if row.step == "rest-today" and row.channel == "sms"] == [
        "delivered"
    ]


def test_a_forged_post_is_refused_and_changes_nothing(clinic: Wired) -> None:
    fields = {"MessageSid": "SM" + "1" * 32, "From": PHONE, "To": NUMBER, "Body": "worse"}
    assert post(f"{clinic.address}/hooks/twilio/inbound", fields) == 403
    assert post(f"{clinic.address}/hooks/twilio/inbound", fields, "bm90IHNpZ25lZA==") == 403
    assert clinic.all(Reply) == []


def test_a_photo_is_fetched_kept_sealed_and_removed_at_the_carrier(clinic: Wired) -> None:
    clinic.record(phone=PHONE)
    clinic.send_due()
    picture = b"\x89PNG\r\n\x1a\n" + b"bruise" * 100
    clinic.world.text(PHONE, NUMBER, "does this look ok", media=[("image/png", picture)])
    assert fetch_waiting(clinic.services) == 1
    photo = clinic.all(Attachment)[0]
    assert (photo.status, photo.content_type) == ("stored", "image/png")
    with clinic.services.db.read() as tx:
        found = tx.get(Attachment, photo.id)
        assert found is not None
        assert found.content == picture
        raw = tx.connection().exec_driver_sql("SELECT content FROM attachments").scalar_one()
    assert b"bruise" not in bytes(raw)
    assert "photo" in clinic.all(Case)[0].beware


def test_a_stop_is_kept_by_both_sides_and_nothing_is_sent_after_it(clinic: Wired) -> None:
    clinic.record(phone=PHONE)
    clinic.send_due()
    clinic.world.text(PHONE, NUMBER, "STOP")
    clinic.clock.move(timedelta(hours=30))
    clinic.send_due()
    ours = [text for text in clinic.world.accepted if text.to == PHONE]
    assert len(ours) == 1, "only the first text of the plan ever went to the carrier"
    assert [stop.reason for stop in clinic.all(OptOut)] == ["stop"]
    assert clinic.all(Case)[0].kind == "call_instead"


def test_a_mail_is_answered_in_the_mailbox_and_its_writer_is_known_by_the_address(clinic: Wired) -> None:
    clinic.record(email=PERSON)
    clinic.send_due()
    received = clinic.world.mailbox(PERSON)[0].parsed
    assert received["List-Unsubscribe"].startswith(f"<{clinic.address}/u/")
    assert "+r-" in received["Reply-To"]
    clinic.world.reply_by_mail(PERSON, "The bruise is bigger than yesterday.")
    assert poll_mailbox(clinic.services) == 1
    assert poll_mailbox(clinic.services) == 0
    reply = clinic.all(Reply)[0]
    assert reply.text == "The bruise is bigger than yesterday."
    assert reply.patient_id is not None
    assert reply.acuity == "urgent"
    with clinic.services.db.read() as tx:
        found = tx.get(Reply, reply.id)
        assert found is not None
        assert found.whole is not None
        assert "rest" in found.whole.lower(), "the whole mail is kept, quote and all"


def test_a_mail_from_another_address_to_the_token_is_tied_by_the_token(clinic: Wired) -> None:
    clinic.record(email=PERSON)
    clinic.send_due()
    original = clinic.world.mailbox(PERSON)[0]
    clinic.world.reply_by_mail("ana.at.work@other.example", "worse today", to_mail=original)
    poll_mailbox(clinic.services)
    assert clinic.all(Reply)[0].patient_id == clinic.all(Communication)[0].patient_id


def test_one_click_unsubscribe_stops_mail_and_looking_at_the_link_does_not(clinic: Wired) -> None:
    clinic.record(email=PERSON)
    clinic.send_due()
    link = clinic.world.mailbox(PERSON)[0].parsed["List-Unsubscribe"].split("<")[1].split(">")[0]
    with urllib.request.urlopen(link, timeout=10) as page:
        assert b"Stop these emails" in page.read()
    assert clinic.all(OptOut) == []
    assert post(link, {"List-Unsubscribe": "One-Click"}) == 200
    assert [stop.channel for stop in clinic.all(OptOut)] == ["email"]
    before = len(clinic.world.mailbox(PERSON))
    clinic.clock.move(timedelta(hours=48))
    clinic.send_due()
    assert len(clinic.world.mailbox(PERSON)) == before
    assert "call_instead" in clinic.all(Case)[0].beware


def test_an_automatic_reply_is_recorded_and_never_answered(clinic: Wired) -> None:
    clinic.record(email=PERSON)
    clinic.send_due()
    original = clinic.world.mailbox(PERSON)[0]
    request = urllib.request.Request(
        f"{clinic.world.carrier_url}/simulator/mailboxes/{PERSON}/absence",
        json.dumps({"message_id": original.parsed["Message-ID"]}).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()
    sent = len(clinic.world.mailbox(PERSON))
    assert poll_mailbox(clinic.services) == 1
    clinic.send_due()
    assert clinic.all(Reply)[0].acuity == "none"
    assert clinic.all(Case) == []
    assert len(clinic.world.mailbox(PERSON)) == sent


def test_a_bounce_settles_the_mail_and_a_nurse_is_told_where_no_channel_is_left(clinic: Wired) -> None:
    clinic.world.misbehave(FaultRule(Misbehaviour.BOUNCE, number=PERSON, probability=1.0))
    clinic.record(email=PERSON)
    clinic.send_due()
    poll_mailbox(clinic.services)
    bounced = [row for row in clinic.all(Communication) if row.status == "undelivered"]
    assert len(bounced) == 1
    assert [case.kind for case in clinic.all(Case)] == ["unreachable"]


def test_a_patient_who_calls_the_number_hears_the_clinic_and_is_connected(clinic: Wired) -> None:
    from twilio.request_validator import RequestValidator

    from .wired import TOKEN

    url = f"{clinic.address}/hooks/twilio/voice"
    fields = {"CallSid": "CA" + "1" * 32, "From": PHONE, "To": NUMBER, "CallerCity": ""}
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    with urllib.request.urlopen(request, timeout=10) as answer:
        said = answer.read().decode()
    assert "Lake Clinic" in said
    assert "9 1 1" in said
    assert "<Dial>+13125550199</Dial>" in said
