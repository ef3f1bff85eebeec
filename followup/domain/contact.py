"""How staff tried to reach a patient, and what came of it."""

from enum import StrEnum


class ContactHow(StrEnum):
    """The way it was tried."""

    CALL = "call"
    IN_PERSON = "in_person"
    VIDEO = "video"
    PORTAL = "portal"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words staff see."""
        return _HOW[self]


class ContactOutcome(StrEnum):
    """What came of it. Only `reached` and `reached_other` are contact: they stop the clock."""

    REACHED = "reached"
    REACHED_OTHER = "reached_other"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_NUMBER = "wrong_number"

    @property
    def reached(self) -> bool:
        """True when somebody who can speak for the patient was spoken to."""
        return self in (ContactOutcome.REACHED, ContactOutcome.REACHED_OTHER)

    @property
    def label(self) -> str:
        """The words staff see."""
        return _OUTCOME[self]


_HOW = {
    ContactHow.CALL: "Phone call",
    ContactHow.IN_PERSON: "In person",
    ContactHow.VIDEO: "Video call",
    ContactHow.PORTAL: "Patient portal",
    ContactHow.OTHER: "Other",
}
_OUTCOME = {
    ContactOutcome.REACHED: "Spoke with the patient",
    ContactOutcome.REACHED_OTHER: "Spoke with family or a carer",
    ContactOutcome.NO_ANSWER: "Tried, no answer",
    ContactOutcome.VOICEMAIL: "Left a voicemail",
    ContactOutcome.WRONG_NUMBER: "Wrong number",
}
