"""Quoted mail, signatures and reactions are not the patient's words."""

import pytest

from followup.domain.triage.quoting import own_words, patient_words


def kept(text: str) -> str:
    return patient_words(text, own_words(text)).strip()


def test_a_quoted_mail_below_is_left_out() -> None:
    text = "Doing great.\n\nOn Wed, Mar 12, 2025 at 9:04 AM Clinic <care@x.example> wrote:\n> Call 911 for chest pain."
    assert kept(text) == "Doing great."
    assert own_words(text).quoted


def test_words_between_quotes_are_kept() -> None:
    text = "On Mon, 3 Mar 2025 at 10:00, Clinic wrote:\n> Any fever?\nyes, 102 since noon\n> Any numbness?\nno"
    assert "102 since noon" in kept(text)
    assert "Any fever" not in kept(text)


def test_a_header_block_of_another_program_is_left_out() -> None:
    assert (
        kept("Elbow now.\n\nFrom: recovery@clinic.example\nSubject: How is your bruise?\nReply better.") == "Elbow now."
    )


@pytest.mark.parametrize(
    "signature",
    [
        "--\nMarcus Bell, RN\nStroke, Seizure & Chest Pain Unit",
        "Best regards,\nAnn Poe\nCardiac Arrest Committee",
        "Sent from my iPhone",
        "________________________________\nCONFIDENTIALITY NOTICE: stop reading and delete it.",
        "Jo Kettering\nSuicide Prevention Lead\nCall 988",
        "R. Mbeki | Bleeding Disorders | 3rd Floor",
    ],
)
def test_a_signature_is_left_out(signature: str) -> None:
    assert kept(f"Feeling normal again.\n\n{signature}").startswith("Feeling normal again.")
    for word in ("Seizure", "Cardiac", "iPhone", "delete", "Suicide", "Bleeding"):
        assert word not in kept(f"Feeling normal again.\n\n{signature}")


def test_what_follows_a_closing_and_a_name_is_still_read() -> None:
    assert "numb" in kept("All well.\n\nThanks,\nAnn\n\nPS my left hand has been numb since the morning, is that ok?")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('Liked "Any trouble breathing?"', "like"),
        ("Loved “Rest today”", "like"),
        ('Disliked "Rest today"', "dislike"),
        ("Reacted 👍 to “Rest today”", "👍"),
        ('Le gustó "Descanse hoy"', "like"),
        ("Loved an image", "like"),
    ],
)
def test_a_reaction_is_known(text: str, kind: str) -> None:
    own = own_words(text)
    assert own.reaction == kind
    assert own.spans == ()


def test_a_sentence_that_begins_like_a_reaction_is_none() -> None:
    assert own_words("Liked the nurse but my arm is numb").reaction is None


def test_nothing_but_quotes_is_read_whole() -> None:
    assert patient_words("> quoted", own_words("> quoted")) == "> quoted"
