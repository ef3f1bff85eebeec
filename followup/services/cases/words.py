"""What staff write on a case: not empty where it matters, and no longer than anyone reads."""

from followup.domain.errors import Fault, InvalidInput

LONGEST = 5000


def checked(words: str, field: str, *, required: bool, longest: int = LONGEST) -> str:
    """The words with outer blanks taken off. Raises InvalidInput when they are missing or too long."""
    words = words.replace("\r\n", "\n").replace("\x00", "").strip()
    if required and not words:
        raise InvalidInput(Fault(field, "Write something first."))
    if len(words) > longest:
        raise InvalidInput(Fault(field, f"That is {len(words)} characters; keep it under {longest}."))
    return words
