"""What tells who somebody is goes out of the words; what tells how they are stays."""

import pytest

from followup.domain.redact import Known, redact

MARIA = Known(
    names=("María José", "González-Peña"), numbers=("A-10027", "+13125550111"), birth_dates=("1968-04-02",),
    mails=("maria@example.com",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("this is Maria, my arm is numb", "this is [name], my arm is numb"),
        ("MARIA JOSE GONZALEZ PEÑA here. fever", "[name] [name] [name] here. fever"),
        ("soy maría josé y me duele", "soy [name] y me duele"),
        ("call me at (312) 555-0111 or 312.555.0123", "call me at [phone] or [phone]"),
        ("my cell +1 312 555 0144 pls", "my cell [phone] pls"),
        ("5550123? i mean 555-0123", "[number]? i mean [phone]"),
        ("write to maria.g@mail.example.org", "write to [email]"),
        ("see https://photos.example/abc?d=1 and foo.com/x", "see [link] and [link]"),
        ("dob 04/02/1968, swelling is worse", "dob [date], swelling is worse"),
        ("born April 2, 1968 and it hurts", "born [date] and it hurts"),
        ("nací el 2 de abril de 1968", "nací el [date]"),
        ("since 3 de marzo", "since [date]"),
        ("mrn A-10027 chest hurts", "mrn [number] chest hurts"),
        ("patient id a-10027", "patient id [number]"),
        ("my ssn is 123-45-6789", "my ssn is [number]"),
        ("i live at 1234 N. Oak Hill Ave, apt 5, i fainted", "i live at [address], i fainted"),
        ("vivo en la calle Juárez 45, me desmayé", "vivo en la [address], me desmayé"),
        ("zip 60614-1234", "zip [number]"),
        ("This is Carol Ann, his wife. he has a fever", "This is [name], his wife. he has a fever"),
        ("my name is dolly and my leg is weak", "my name is [name] and my leg is weak"),
        ("me llamo Pedro y tengo fiebre", "me llamo [name] y tengo fiebre"),
    ],
)
def test_what_tells_who_it_is_goes_out(words: str, left: str) -> None:
    assert redact(words, MARIA) == left


@pytest.mark.parametrize(
    "words",
    [
        "pain went from 3 to 8/10",
        "temp 101.4, bp 120/80, sugar 380, o2 91%",
        "38.5 since 7:30, took 600 mg at 10:15",
        "it's 2-3 times bigger than 48 hours ago",
        "this is Not normal",
        "I'm Bleeding, it wont stop",
        "no puedo respirar y me duele el pecho desde ayer a las 5",
        "will it stop hurting? 1000 mg did nothing",
        "pain record: 8/10, 7/10",
        "12 hours on the way home i fainted",
    ],
)
def test_what_tells_how_they_are_stays(words: str) -> None:
    assert redact(words, MARIA) == words


def test_a_name_that_is_a_word_goes_out_only_where_it_is_written_as_a_name() -> None:
    will = Known(names=("Will", "Long"))
    assert redact("Will Long here: will it hurt for long?", will) == "[name] [name] here: will it hurt for long?"


def test_what_is_on_record_goes_out_of_other_forms_too() -> None:
    assert redact("my bday is 4/2 and im from 1968", MARIA) == "my bday is [date] and im from [date]"
    assert redact("from MARIA@example.com", MARIA) == "from [email]"


def test_a_score_out_of_ten_stays_whatever_the_birthday() -> None:
    assert redact("8/10 now", Known(birth_dates=("1968-08-10",))) == "8/10 now"


def test_names_inside_words_stay() -> None:
    assert redact("Anabel took ananas", Known(names=("Ana", "Bel"))) == "Anabel took ananas"


def test_without_anything_on_record_the_rest_still_goes_out() -> None:
    assert redact("Bob says call 312-555-0123", Known()) == "Bob says call [phone]"
