"""Saved phrases: a few answers that fit most cases, in the patient's language, with their fields filled."""

from followup.services.case_view import CasePage
from followup.services.sessions import SignedIn
from followup.web.presenters import phone

_PHRASES = {
    "en": (
        ("Calling you", "Hi {name}, this is {nurse}, your nurse. I am going to call you in a few minutes."),
        ("Please call us", "Hi {name}, this is {nurse}, your nurse. Please call us{at} when you can."),
        ("Tell me more", "Hi {name}, this is {nurse}, your nurse. Can you tell me what has changed since yesterday?"),
        ("Send a photo", "Hi {name}, this is {nurse}, your nurse. Can you send us a photo of it?"),
    ),
    "es": (
        ("Le voy a llamar", "Hola {name}, soy {nurse}, de enfermería. Le voy a llamar en unos minutos."),
        ("Llámenos", "Hola {name}, soy {nurse}, de enfermería. Por favor llámenos{at} cuando pueda."),
        ("Cuénteme más", "Hola {name}, soy {nurse}, de enfermería. ¿Qué ha cambiado desde ayer?"),
        ("Mande una foto", "Hola {name}, soy {nurse}, de enfermería. ¿Puede mandarnos una foto?"),
    ),
}
_AT = {"en": " at {phone}", "es": " al {phone}"}


def phrases(case: CasePage, who: SignedIn) -> list[tuple[str, str]]:
    """(label, text) of each phrase for this case; nothing in them names a procedure or a body site."""
    language = case.person.language if case.person.language in _PHRASES else "en"
    name = case.person.name.split()[0] if case.person.id else ""
    at = _AT[language].format(phone=phone(case.clinic_phone)) if case.clinic_phone else ""
    made = []
    for label, text in _PHRASES[language]:
        words = text.format(name=name, nurse=who.name.split()[0], at=at)
        made.append((label, words.replace(" ,", ",")))
    return made
