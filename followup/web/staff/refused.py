"""A form that was refused: which one, why, and what had been typed, so that nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from followup.domain.errors import FollowupError, InvalidInput


@dataclass(frozen=True, slots=True)
class Refused:
    """What a page shows at a form; `fields` are the reasons by field, `message` is all of it in a sentence."""

    form: str
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: str, error: FollowupError, typed: Mapping[str, str]) -> "Refused":
        """From what a service raised."""
        if isinstance(error, InvalidInput):
            fields: dict[str, str] = {}
            for fault in error.faults:
                fields.setdefault(fault.field, fault.message)
            return cls(form, " ".join(_sentence(fault.message) for fault in error.faults), fields, typed)
        return cls(form, error.message, {}, typed)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
