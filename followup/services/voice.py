"""What a patient hears who calls the number that texted."""

from dataclasses import dataclass

from followup.domain.errors import NotFound
from followup.services.context import Services
from followup.store import clinics


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One sentence and the language it is spoken in (BCP 47)."""

    language: str
    words: str


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What is said, in order, and the number (E.164) to connect to; empty where the clinic has none."""

    lines: tuple[SpokenLine, ...]
    connect_to: str


def answer_call(services: Services, number_called: str) -> CallAnswer:
    """The clinic's name, "911 in an emergency", and the clinic's own number. Raises NotFound for an unknown number."""
    with services.db.read() as tx:
        sender = clinics.sender_for(tx, "sms", number_called)
        clinic = clinics.by_id(tx, sender.clinic_id) if sender else None
        if clinic is None:
            raise NotFound("No clinic owns the number that was called")
        closing = (
            "Please hold. We are connecting you."
            if clinic.phone
            else "Please call the clinic at the number on your papers."
        )
        return CallAnswer(
            lines=(
                SpokenLine("en-US", f"This is {clinic.sender_name}. In an emergency, hang up and call 9 1 1."),
                SpokenLine("es-US", f"Habla {clinic.sender_name}. En una emergencia, cuelgue y llame al 9 1 1."),
                SpokenLine("en-US", closing),
            ),
            connect_to=clinic.phone,
        )
