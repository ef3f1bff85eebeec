"""How many years of school a text asks for."""

import pytest

from followup.domain.reading_grade import english_syllables, readability, spanish_syllables

ENGLISH = {
    "call": 1, "rest": 1, "work": 1, "worse": 1, "same": 1, "nurse": 1, "lasts": 1, "called": 1, "moved": 1, "sites": 1,
    "better": 2, "swelling": 2, "little": 2, "table": 2, "gentle": 2, "settled": 2, "wanted": 2, "needed": 2,
    "places": 2, "nurses": 2, "replies": 2, "office": 2, "message": 2, "private": 2, "question": 2, "patient": 2,
    "people": 2, "today": 2, "quiet": 2, "agreed": 2, "staying": 2, "breathing": 2, "saturday": 3, "strenuous": 3,
    "messages": 3, "area": 3, "radio": 3, "idea": 3, "exercise": 3, "unsubscribe": 3, "activity": 4, "emergency": 4,
}  # fmt: skip
SPANISH = {
    "y": 1, "rey": 1, "hoy": 1, "día": 2, "mejor": 2, "igual": 2, "peor": 2, "llame": 2, "agua": 2,
    "leer": 2, "país": 2, "jueves": 2, "quiere": 2, "guía": 2, "miércoles": 3, "responda": 3, "hinchazón": 3,
    "cuidado": 3, "pingüino": 3, "ahora": 3, "siguiente": 3, "continúa": 4, "moretones": 4, "emergencia": 4,
    "enfermera": 4, "actividad": 4,
}  # fmt: skip


@pytest.mark.parametrize(("word", "syllables"), ENGLISH.items())
def test_english_syllables_are_counted_as_they_are_said(word: str, syllables: int) -> None:
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(("word", "syllables"), SPANISH.items())
def test_spanish_syllables_are_counted_as_they_are_said(word: str, syllables: int) -> None:
    assert spanish_syllables(word) == syllables


def test_the_english_grade_is_flesch_kincaids() -> None:
    reading = readability("Please rest today. Take the rest of the day off work.", "en")
    assert (reading.words, reading.sentences, reading.syllables) == (11, 2, 12)
    assert reading.grade == round(max(0.0, 0.39 * 11 / 2 + 11.8 * 12 / 11 - 15.59), 1)


@pytest.mark.parametrize(
    ("text", "words", "syllables", "grade"),
    [
        # Ease 206.84 - 60 syllables/word - 1.02 words/sentence, then the table, read between its rows.
        ("Descanse hoy en su casa por favor.", 7, 11, 3.0),
        ("Responda enseguida nuestra pregunta.", 4, 12, 14.5),
        ("No haga esfuerzos.", 3, 6, 4.6),
    ],
)
def test_the_spanish_grade_follows_fernandez_huertas_table(text: str, words: int, syllables: int, grade: float) -> None:
    reading = readability(text, "es")
    assert (reading.words, reading.sentences, reading.syllables) == (words, 1, syllables)
    assert reading.grade == grade


def test_long_words_and_long_sentences_are_beyond_grade_six_in_both_languages() -> None:
    english = "Postprocedural ecchymosis and edematous manifestations customarily resolve spontaneously within days."
    spanish = "Las manifestaciones inflamatorias posteriores habitualmente desaparecen espontáneamente progresivamente."
    assert readability(english, "en").grade > 6
    assert readability(spanish, "es").grade > 6


def test_numbers_and_addresses_are_not_words() -> None:
    with_them = readability("Call 312-555-0100 now. See https://clinic.example/long/address please.", "en")
    assert with_them.words == 4


def test_an_abbreviated_hour_does_not_end_a_sentence() -> None:
    assert readability("Venga a las 3 p. m. con su hijo.", "es").sentences == 1


def test_a_text_without_words_has_no_grade() -> None:
    assert readability("911", "en").grade == 0.0
