"""Finding what is sealed: one written form for each kind of look-up."""

import pytest

from followup.domain.delivery import Channel
from followup.store.database import Database
from followup.store.lookup import address_index, birth_date_index, folded_name, mrn_index, name_index


def test_the_same_thing_written_otherwise_has_the_same_fingerprint(sqlite_database: Database) -> None:
    with sqlite_database.read() as tx:
        assert address_index(tx, Channel.EMAIL, " Rosa@Example.com") == address_index(tx, "email", "rosa@example.com")
        assert mrn_index(tx, "ab  12 ") == mrn_index(tx, "AB 12")
        assert name_index(tx, "Núñez-Ortiz") == name_index(tx, "nunez ortiz")
        assert birth_date_index(tx, "1961-05-17") != birth_date_index(tx, "1961-05-18")


def test_leading_zeros_of_a_record_number_matter(sqlite_database: Database) -> None:
    with sqlite_database.read() as tx:
        assert mrn_index(tx, "0012") != mrn_index(tx, "12")


def test_the_same_words_in_two_kinds_do_not_meet(sqlite_database: Database) -> None:
    with sqlite_database.read() as tx:
        found = {
            address_index(tx, Channel.SMS, "x"),
            address_index(tx, Channel.EMAIL, "x"),
            mrn_index(tx, "x"),
            name_index(tx, "x"),
            birth_date_index(tx, "x"),
        }
    assert len(found) == 5


@pytest.mark.parametrize(
    ("name", "folded"),
    [("O’Neill", "oneill"), ("O'Neill", "oneill"), ("de la  Cruz", "de la cruz"), ("García‑López", "garcia lopez"),
     ("Nguyễn", "nguyen"), ("St. John", "st john"), ("Straße", "strasse")],
)  # fmt: skip
def test_names_fold_as_people_type_them(name: str, folded: str) -> None:
    assert folded_name(name) == folded
