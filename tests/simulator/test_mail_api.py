"""People's mailboxes over HTTP, as the page uses them."""

import pytest
import requests

from followup.simulator import RunningSimulator
from tests.simulator.listener import Listener
from tests.simulator.mailbox.conftest import ADA, REPLIES, clinic_mail, inbox, send

SCRIPT = "<p>Rest <script>alert(1)</script></p>"


def box(sim: RunningSimulator, *parts: str) -> str:
    return "/".join([f"{sim.carrier_url}/simulator/mailboxes", ADA, *parts])


def test_a_mailbox_shows_what_came_and_what_was_answered(sim: RunningSimulator) -> None:
    send(sim)
    answer = requests.post(box(sim, "reply"), json={"message_id": "<m1@clinic.example>", "body": "Worse"}, timeout=10)
    assert answer.status_code == 201
    mails = requests.get(box(sim), timeout=10).json()["mails"]
    assert [(mail["subject"], mail["from_person"]) for mail in mails] == [
        ("Checking in", False),
        ("Re: Checking in", True),
    ]
    assert mails[0]["reply_to"] == REPLIES
    with inbox(sim) as opened:
        (received,) = opened.fetch(mark_seen=False)
        assert "> How are you?" in received.text
    listed = requests.get(f"{sim.carrier_url}/simulator/inbox", timeout=10).json()["mails"]
    assert [(mail["to"], mail["flags"]) for mail in listed] == [(REPLIES, [])]
    people = requests.get(f"{sim.carrier_url}/simulator/mailboxes", timeout=10).json()["mailboxes"]
    assert [person["address"] for person in people] == [ADA]


def test_a_person_can_write_first_be_away_and_have_mail_bounce(sim: RunningSimulator) -> None:
    send(sim)
    named = {"message_id": "<m1@clinic.example>"}
    new = {"to": "care@clinic.example", "subject": "Question", "body": "May I swim?"}
    assert requests.post(box(sim, "send"), json=new, timeout=10).status_code == 201
    assert requests.post(box(sim, "absence"), json=named, timeout=10).status_code == 201
    assert requests.post(box(sim, "bounce"), json=named, timeout=10).status_code == 201
    with inbox(sim) as opened:
        first, away, bounced = opened.fetch(mark_seen=False)
    assert (first.subject, first.text.strip()) == ("Question", "May I swim?")
    assert away.headers["auto-submitted"] == ("auto-replied",)
    assert bounced.obj.get_content_type() == "multipart/report"


def test_unsubscribing_is_one_post_to_the_clinic(sim: RunningSimulator, listener: Listener) -> None:
    mail = clinic_mail()
    mail["List-Unsubscribe"] = f"<{listener.url}/unsubscribe/abc>, <mailto:stop@clinic.example>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    send(sim, mail)
    named = {"message_id": "<m1@clinic.example>"}
    assert requests.get(box(sim), timeout=10).json()["mails"][0]["can_unsubscribe"] is True
    assert requests.post(box(sim, "unsubscribe"), json=named, timeout=10).json() == {"status": 200}
    assert listener.forms("/unsubscribe/abc") == [{"List-Unsubscribe": "One-Click"}]


def test_a_mails_page_cannot_run_anything(sim: RunningSimulator) -> None:
    mail = clinic_mail()
    mail.add_alternative(SCRIPT, subtype="html")
    send(sim, mail)
    page = requests.get(box(sim, "mails", "1", "html"), timeout=10)
    assert page.text.strip() == SCRIPT
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy.split("; ")
    assert requests.get(box(sim, "mails", "9", "html"), timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("reply", {"message_id": "<other@clinic.example>", "body": "x"}),
        ("reply", {"message_id": "<m1@clinic.example>", "body": " "}),
        ("unsubscribe", {"message_id": "<m1@clinic.example>"}),
        ("bounce", {"message_id": "nothing"}),
        ("send", {"to": "nobody", "body": "x"}),
        ("send", "x"),
    ],
)
def test_what_cannot_be_done_is_refused(sim: RunningSimulator, what: str, given: object) -> None:
    send(sim)
    assert requests.post(box(sim, what), json=given, timeout=10).status_code == 422
    with inbox(sim) as opened:
        assert opened.uids() == []
