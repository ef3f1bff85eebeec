"""What a finished text is refused for."""

from followup.domain.texts_check import (
    grade_faults,
    line_of,
    link_faults,
    printed_answer_faults,
    private_word_faults,
    room_faults,
    twin_faults,
)

WORDS = {"procedure": ("injection", "inyección"), "body site": ("your back", "neck"), "drug": ("steroid",)}


def test_a_text_over_its_room_is_refused_with_its_count() -> None:
    (fault,) = room_faults("a.en.sms.txt", "a" * 161, 1, "as a later text")
    assert fault.field == "a.en.sms.txt"
    assert "2 segments as a later text, with 161 units" in fault.message
    assert room_faults("a.en.sms.txt", "a" * 160, 1, "as a later text") == []


def test_a_curly_quote_that_costs_the_room_is_named() -> None:
    (fault,) = room_faults("a.en.sms.txt", "It’s " + "a" * 100, 1, "as a later text")
    assert "because of '’' in UCS-2" in fault.message


def test_a_text_beyond_grade_six_is_refused_with_its_scale() -> None:
    (fault,) = grade_faults("a", "Postprocedural edematous manifestations customarily resolve spontaneously.", "en")
    assert "Flesch-Kincaid" in fault.message
    (fault,) = grade_faults("a", "Manifestaciones inflamatorias habitualmente desaparecen espontáneamente.", "es")
    assert "Fernández-Huerta" in fault.message
    assert grade_faults("a", "Please rest today.", "en") == []


def test_a_private_word_is_refused_in_any_case_and_with_or_without_accents() -> None:
    for text in ("After your INJECTION, rest.", "Después de su inyeccion, descanse."):
        (fault,) = private_word_faults("a", "a text message", text, WORDS)
        assert "names a procedure" in fault.message


def test_only_whole_words_are_private() -> None:
    assert private_word_faults("a", "a text message", "A bottleneck. Write back. Call back.", WORDS) == []
    (fault,) = private_word_faults("a", "an email subject", "How is your back?", WORDS)
    assert "body site" in fault.message
    assert "an email subject" in fault.message


def test_a_private_word_is_found_on_its_line() -> None:
    (fault,) = private_word_faults("a.txt", "a text message", "Rest. Your neck", WORDS, "Rest.\nYour neck")
    assert fault.field == "a.txt line 2"
    assert line_of("nothing", "neck") == ""


def test_every_shortener_is_refused_and_a_full_address_is_not() -> None:
    for text in ("See bit.ly/x1", "https://www.tinyurl.com/abc now", "Go to T.CO/1."):
        assert len(link_faults("a", text)) == 1, text
    assert link_faults("a", "See https://clinic.example/care. Not a bit.lyric or orbit.ly.example") == []


def test_a_question_prints_each_answer_in_order() -> None:
    assert printed_answer_faults("a", "Better, same or worse?", ("better", "same", "worse")) == []
    (fault,) = printed_answer_faults("a", "Better or worse?", ("better", "same", "worse"))
    assert "does not offer the answer 'same'" in fault.message
    (fault,) = printed_answer_faults("a", "Worse, same or better?", ("same", "better", "worse"))
    assert "out of the order" in fault.message


def test_a_mail_says_the_same_in_plain_words_and_on_the_screen() -> None:
    assert twin_faults("a.txt", "a.html", "- Rest.\n- Call us!", "Rest Call us") == []
    (fault,) = twin_faults("a.txt", "a.html", "Rest for two days", "Rest for three days")
    assert (fault.field, "'three days' where a.txt says 'two days'" in fault.message) == ("a.html", True)
    (fault,) = twin_faults("a.txt", "a.html", "Rest. Call us", "Rest.")
    assert "says 'nothing' where a.txt says 'call us'" in fault.message
