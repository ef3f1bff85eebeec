"""Reading the clinic's inbox with imap-tools, as the service does, and with Python's own client."""

import imaplib

import pytest
from imap_tools import AND, MailMessageFlags
from imap_tools.errors import MailboxLoginError

from followup.simulator import RunningSimulator
from tests.simulator.mailbox.conftest import ADA, BEN, REPLIES, clinic_mail, inbox, send


def write_back(sim: RunningSimulator, *bodies: str, person: str = ADA) -> None:
    send(sim, clinic_mail(person))
    for body in bodies:
        sim.reply_by_mail(person, body)


def test_a_reply_is_unseen_until_it_is_marked(sim: RunningSimulator) -> None:
    write_back(sim, "Much worse ¡ay! 😀")
    with inbox(sim) as box:
        (mail,) = box.fetch(AND(seen=False), mark_seen=False)
        assert (mail.from_, mail.to, mail.subject) == (ADA, (REPLIES,), "Re: Checking in")
        assert mail.text.startswith("Much worse ¡ay! 😀\r\n")
        assert mail.headers["in-reply-to"] == ("<m1@clinic.example>",)
        assert mail.headers["references"] == ("<m1@clinic.example>",)
        assert len(list(box.fetch(AND(seen=False), mark_seen=False))) == 1
        box.flag(mail.uid or "", [MailMessageFlags.SEEN], True)
        assert list(box.fetch(AND(seen=False))) == []
        assert [found.uid for found in box.fetch(AND(seen=True))] == [mail.uid]


def test_fetching_marks_seen_where_asked_to(sim: RunningSimulator) -> None:
    write_back(sim, "One", "Two")
    with inbox(sim) as box:
        assert len(list(box.fetch(AND(seen=False), mark_seen=True))) == 2
        assert box.uids(AND(seen=False)) == []


def test_new_mail_shows_in_the_same_conversation(sim: RunningSimulator) -> None:
    with inbox(sim) as box:
        assert box.uids() == []
        write_back(sim, "Hello")
        assert box.uids() == ["1"]


def test_mails_are_found_by_uid_sender_header_and_date(sim: RunningSimulator) -> None:
    write_back(sim, "One", "Two")
    write_back(sim, "Three", person=BEN)
    with inbox(sim) as box:
        assert box.uids("UID 2:*") == ["2", "3"]
        assert box.uids("UID 9:*") == ["3"]  # the star is the newest, also when the other end is larger
        assert box.uids(AND(from_=BEN)) == ["3"]
        assert box.uids('HEADER In-Reply-To "m1@clinic"') == ["1", "2", "3"]
        assert box.uids("NOT FROM ben OR SUBJECT nothing UID 2") == ["2"]
        assert box.uids("BODY three") == ["3"]
        assert box.uids("SINCE 1-Jan-2020 BEFORE 1-Jan-2021") == []
        assert box.uids("(UNSEEN) (SINCE 1-Jan-2020)") == ["1", "2", "3"]
        assert box.numbers("2:3") == ["2", "3"]


def test_many_mails_come_in_one_answer(sim: RunningSimulator) -> None:
    write_back(sim, *(f"Reply {n}" for n in range(30)))
    with inbox(sim) as box:
        assert len(list(box.fetch(bulk=True, mark_seen=False))) == 30
        assert len(list(box.fetch(bulk=7, mark_seen=False, headers_only=True))) == 30


def test_uids_stay_when_mails_are_removed(sim: RunningSimulator) -> None:
    write_back(sim, "One", "Two", "Three")
    with inbox(sim) as box:
        box.delete(["2"])
        assert box.uids() == ["1", "3"]
        sim.reply_by_mail(ADA, "Four")
        assert box.uids() == ["1", "3", "4"]


def test_flags_of_ones_own_are_kept(sim: RunningSimulator) -> None:
    write_back(sim, "One")
    with inbox(sim) as box:
        box.flag(["1"], ["Taken"], True)
        assert box.uids("KEYWORD Taken") == ["1"]
        box.flag(["1"], ["Taken"], False)
        assert box.uids("KEYWORD Taken") == []


def test_a_wrong_password_is_refused(sim: RunningSimulator) -> None:
    with pytest.raises(MailboxLoginError), inbox(sim, password="wrong"):
        pass


def test_part_of_a_mail_can_be_asked_for(sim: RunningSimulator) -> None:
    write_back(sim, "One")
    settings = sim.simulator.settings
    with imaplib.IMAP4("127.0.0.1", sim.simulator.imap_port, timeout=20) as line:
        line.login(settings.imap_login, settings.imap_password)
        assert line.select("INBOX", readonly=True)[1] == [b"1"]
        start = line.fetch("1", "(BODY.PEEK[]<0.10> RFC822.SIZE)")[1][0]
        assert isinstance(start, tuple)
        assert len(start[1]) == 10
        assert b"RFC822.SIZE" in start[0] or b"RFC822.SIZE" in line.fetch("1", "(RFC822.SIZE)")[1][0]
        assert line.fetch("1", "(BODY[TEXT])")[0] == "OK"
        assert b"\\Seen" not in line.fetch("1", "(FLAGS)")[1][0]  # looking only
        assert line.store("1", "+FLAGS", "\\Seen")[0] == "NO"
        assert line.status("INBOX", "(MESSAGES UNSEEN UIDNEXT)")[1] == [b"INBOX (MESSAGES 1 UNSEEN 1 UIDNEXT 2)"]


def test_a_command_that_is_none_is_refused_and_the_line_stays_open(sim: RunningSimulator) -> None:
    settings = sim.simulator.settings
    with imaplib.IMAP4("127.0.0.1", sim.simulator.imap_port, timeout=20) as line:
        line.login(settings.imap_login, settings.imap_password)
        with pytest.raises(imaplib.IMAP4.error):
            line.uid("SEARCH", "ALL")
        assert line.select("Drafts")[0] == "NO"
        line.select("INBOX")
        with pytest.raises(imaplib.IMAP4.error):
            line.uid("SEARCH", "COLOUR", "red")
        with pytest.raises(imaplib.IMAP4.error):
            line.uid("SEARCH", "(ALL")
        assert line.noop()[0] == "OK"
