"""The check-in page in every state, over real HTTP and without script."""

import re

import httpx
import pytest

from followup.domain.photos import LARGEST
from followup.domain.reading_grade import readability
from followup.gateways.clock import MovableClock
from followup.services.checkin.door import LINK_TRIES
from followup.store.models import CheckInTry
from followup.web.checkin.words import WORDS
from tests.domain.test_photos import png
from tests.web.checkin.conftest import BORN, Patient


def where(answer: httpx.Response) -> str:
    """The page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].removeprefix("/c/")


def test_the_door_shows_nothing_of_the_patient_and_tells_browsers_to_keep_nothing(ana: Patient) -> None:
    page = ana.get()
    assert page.status_code == 200
    assert "Lake Clinic" in page.text
    for secret in ("Ana", "Ruiz", "1970", "ana@example.com", "shoulder", "swelling"):
        assert secret not in page.text
    policy = page.headers["content-security-policy"]
    assert "script" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


def test_a_made_up_link_looks_and_answers_like_a_real_one(ana: Patient) -> None:
    start = ana.asked.token[:3]
    for forged in (start + "a" * 16, start.upper() + "2" * 16, start + "short"):
        for each in ("get", "post"):
            ours = ana.client.request(each, ana.root, data={**BORN, "day": "9"} if each == "post" else None)
            theirs = ana.client.request(each, f"/c/{forged}", data=BORN if each == "post" else None)
            assert theirs.status_code == ours.status_code
            assert theirs.text.replace(forged, "") == ours.text.replace(ana.asked.token, "")
            assert set(theirs.headers) == set(ours.headers)


def test_a_wrong_date_says_so_and_many_lock_the_page_with_a_number_to_call(ana: Patient) -> None:
    for number in range(LINK_TRIES):
        page = ana.post("", {**BORN, "day": str(number + 4)})
        assert page.status_code == 403
        assert "does not go with this link" in page.text
        assert "<title>Error: " in page.text
    for _ in range(2):
        page = ana.post("", BORN)
        assert page.status_code == 403
        assert "This page is locked" in page.text
        assert 'href="tel:312-555-0199"' in page.text


@pytest.mark.parametrize(
    "date", [{}, {**BORN, "year": "70"}, {**BORN, "day": "31"}, {**BORN, "month": "x"}, {**BORN, "day": "²"}]
)
def test_what_is_no_date_is_no_try(ana: Patient, date: dict[str, str]) -> None:
    page = ana.post("", date)
    assert page.status_code == 422
    assert "all four digits" in page.text
    with ana.asked.services.db.read() as tx:
        assert tx.query(CheckInTry).count() == 0


def test_no_page_but_the_door_opens_without_the_birth_date(ana: Patient) -> None:
    for page in ("1", "3", "photos", "send", "done"):
        assert where(ana.get(page)) == ana.asked.token
    assert ana.get("photos/0190a64b-0000-7000-8000-000000000000").status_code == 404
    for page in ("send", "photos", "photos/0190a64b-0000-7000-8000-000000000000/remove"):
        assert where(ana.post(page)) == ana.asked.token
    assert ana.asked.house.replies == []


def test_the_whole_way_in_english(ana: Patient) -> None:
    answer = ana.come_in()
    assert where(answer) == f"{ana.asked.token}/1"
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", f"Path={ana.root}"):
        assert part in cookie
    assert "How are the swelling and bruising now?" in ana.get("1").text
    assert ana.post("1").status_code == 422
    assert where(ana.post("1", {"answer": "worse"})).endswith("/2")
    assert where(ana.post("2", {"answer": "4"})).endswith("/3")
    assert where(ana.post("3", {"answer": "<b>hot</b> & red"})).endswith("/photos")
    assert where(ana.post("photos", files={"photo": ("x.exe", png(), "text/html")})).endswith("/photos")
    picture = re.search(r'src="([^"]+/photos/[^"]+)"', ana.get("photos").text)
    assert picture
    shown = ana.client.get(picture[1])
    assert (shown.content, shown.headers["content-type"], shown.headers["cache-control"]) == (
        png(), "image/png", "no-store",
    )  # fmt: skip
    review = ana.get("send").text
    assert "&lt;b&gt;hot&lt;/b&gt; &amp; red" in review
    assert "Stop sending me emails" in review
    assert where(ana.post("send")).endswith("/done")
    assert where(ana.post("send")).endswith("/done")
    done = ana.get("done").text
    assert "We plan to call you Thursday at 11 am at the latest." in done
    assert [reply.text for reply in ana.asked.house.replies] == ["worse\npain 4/10\n<b>hot</b> & red"]
    for page in ("", "1", "2", "photos", "send"):
        assert where(ana.get(page)).endswith("/done"), "going back shows no form that is over"


def test_the_language_can_be_switched_on_every_page(ana: Patient) -> None:
    assert 'lang="es"' in ana.client.get(ana.root, headers={"Accept-Language": "es-MX,es;q=0.9"}).text
    assert '<html lang="en">' in ana.get(lang="en").text
    assert "Su fecha de nacimiento" in ana.get(lang="es").text
    ana.come_in()
    page = ana.get("1", lang="es").text
    assert "¿Cómo están la hinchazón y los moretones ahora?" in page
    assert f'action="{ana.root}/1?lang=es"' in page
    assert f'href="{ana.root}/1?lang=en"' in page
    answer = ana.client.post(f"{ana.root}/1?lang=es", data={"answer": "better"})
    assert answer.headers["location"] == f"{ana.root}/2?lang=es"
    assert ana.asked.look().language == "es"


def test_an_emergency_is_said_at_once_and_the_text_leaves_after_the_page(ana: Patient) -> None:
    ana.come_in()
    answer = ana.post("3", {"answer": "I can't breathe"})
    assert where(answer).endswith("/done")
    page = ana.get("done").text
    assert "This may be an emergency. Call 911 now." in page
    assert 'href="tel:911"' in page
    assert "Go on with the questions" in page
    assert ana.asked.house.cases[0].acuity == "emergency"
    for _ in range(100):
        if "Call 911 now" in ana.asked.mail.sent[-1].text:
            break
        ana.get("done")
    assert "Call 911 now" in ana.asked.mail.sent[-1].text
    assert where(ana.post("1", {"answer": "same"})).endswith("/2")


def test_a_page_whose_time_is_over_says_what_to_do_instead_only_to_the_patient(
    ana: Patient, clock: MovableClock
) -> None:
    ana.come_in()
    clock.put(clock.now().replace(day=9))
    assert where(ana.get("1")).endswith("/done")
    assert where(ana.post("1", {"answer": "worse"})).endswith("/done")
    page = ana.get("done").text
    assert "The time to answer here is over" in page
    assert "Call us at" in page
    assert "Ana" not in page
    with httpx.Client(base_url=ana.site) as stranger:
        assert "is over" not in stranger.get(ana.root).text
        assert "does not go with this link" in stranger.post(ana.root, data={**BORN, "day": "9"}).text


def test_an_answer_given_after_the_pass_ran_out_is_carried_through_the_door(ana: Patient) -> None:
    page = ana.post("3", {"answer": 'my "arm"\nis numb'})
    assert page.status_code == 200
    assert 'name="number" value="3"' in page.text
    assert "my &#34;arm&#34;\nis numb" in page.text
    wrong = ana.post("", {**BORN, "day": "9", "number": "3", "answer": "my arm\nis numb"})
    assert "my arm\nis numb" in wrong.text
    assert where(ana.post("", {**BORN, "number": "3", "answer": "my arm\nis numb"})).endswith("/photos")
    assert ana.asked.look().answers == {"more": "my arm\nis numb"}


def test_a_photo_that_is_too_large_or_none_is_refused_in_plain_words(ana: Patient) -> None:
    ana.come_in()
    for content, status, words in (
        (b"", 422, "choose a photo first"),
        (b"hello", 422, "JPEG or PNG"),
        (b"\0" * (LARGEST + 100_000), 413, "too big"),
    ):
        page = ana.post("photos", files={"photo": ("x.jpg", content, "image/jpeg")})
        assert (page.status_code, words in page.text) == (status, True), words

    def endless() -> object:
        yield b"x" * 10

    refused = ana.client.post(f"{ana.root}/photos", content=endless())  # type: ignore[arg-type]
    assert refused.status_code == 411


def test_another_site_can_send_nothing_in_the_patients_name(ana: Patient) -> None:
    ana.come_in()
    for page in ("", "1", "send", "photos"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = ana.post(page, {"answer": "worse"}, headers=headers)
            assert answer.status_code == 403
            assert "911" in answer.text
    assert ana.asked.look().answers == {}


def test_what_goes_wrong_is_said_in_both_languages_with_911_in_sight(ana: Patient) -> None:
    ana.come_in()
    for page in ("17", "0", "nonsense"):
        answer = ana.get(page)
        assert answer.status_code == 404
        for words in ("911", "Something went wrong", "Algo salió mal"):
            assert words in answer.text


def test_911_stands_on_every_page(ana: Patient) -> None:
    pages = [ana.get().text, ana.post("", {}).text]
    ana.come_in()
    pages += [ana.get(page).text for page in ("1", "2", "3", "photos")]
    ana.post("1", {"answer": "better"})
    ana.post("2", {"answer": "0"})
    pages.append(ana.get("send").text)
    ana.post("send")
    pages.append(ana.get("done").text)
    for page in pages:
        assert '<a href="tel:911">Call 911</a>' in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_sentence_is_of_six_years_of_school(language: str) -> None:
    values = {"n": "1", "of": "5", "by": "", "phone": "", "hours": "", "low": "", "high": ""}
    for name, words in WORDS[language].items():
        if len(words.split()) > 5:
            assert readability(words.format(**values), language).grade <= 6, (name, words)
    assert WORDS["en"].keys() == WORDS["es"].keys()
