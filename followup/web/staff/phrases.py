"""Saved phrases: a few answers that fit most cases, in the patient's language; who writes stands before them."""

from followup.services.case_view import CasePage
from followup.web.presenters import phone

_PHRASES = {
    "en": (
        ("Calling you", "Hi {name}. I am going to call you in a few minutes."),
        ("Please call us", "Hi {name}. Please call us{at} when you can."),
        ("Tell me more", "Hi {name}. Can you tell me what has changed since yesterday?"),
        ("Send a photo", "Hi {name}. Can you send us a photo of it?"),
    ),
    "es": (
        ("Le voy a llamar", "Hola, {name}. Le voy a llamar en unos minutos."),
        ("Llámenos", "Hola, {name}. Por favor llámenos{at} cuando pueda."),
        ("Cuénteme más", "Hola, {name}. ¿Qué ha cambiado desde ayer?"),
        ("Mande una foto", "Hola, {name}. ¿Puede mandarnos una foto?"),
    ),
}
_AT = {"en": " at {phone}", "es": " al {phone}"}


def phrases(case: CasePage) -> list[tuple[str, str]]:
    """(label, text) of each phrase for this case; nothing in them names a procedure or a body site."""
    language = case.person.language if case.person.language in _PHRASES else "en"
    name = case.person.name.split()[0] if case.person.id else ""
    at = _AT[language].format(phone=phone(case.clinic_phone)) if case.clinic_phone else ""
    made = []
    for label, text in _PHRASES[language]:
        words = text.format(name=name, at=at)
        made.append((label, words.replace(", .", ".").replace(" .", ".")))
    return made
