"""What a password must be: long and not guessable from the account, with no rules about signs (NIST SP 800-63B)."""

from followup.domain.errors import Fault, InvalidInput

SHORTEST = 12
LONGEST = 256
_KNOWN = ("password", "123456789", "qwertyuiop", "letmein", "followup", "abcdefghij", "iloveyou", "welcome")


def check_password(password: str, *, email: str, name: str) -> None:
    """Raise InvalidInput that says what to change."""
    lower = password.casefold()
    own = [part for part in (email.split("@")[0], *name.split()) if len(part) > 3]
    why = ""
    if len(password) < SHORTEST:
        why = f"Use at least {SHORTEST} characters; a few words in a row are good."
    elif len(password) > LONGEST:
        why = f"Use at most {LONGEST} characters."
    elif len(set(lower)) < 5:
        why = "Use more than a few different characters."
    elif any(part.casefold() in lower for part in own):
        why = "Leave your own name and address out of it."
    elif any(word in lower for word in _KNOWN):
        why = "That contains one of the first words that a guesser tries."
    if why:
        raise InvalidInput(Fault("password", why))
