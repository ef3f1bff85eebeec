"""What a page says: who waits in two letters, and where to look; by text, in a mail, and spoken."""

from dataclasses import dataclass
from uuid import UUID

from followup.domain import links
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel
from followup.gateways.render import Rendered
from followup.services.context import Services
from followup.store import patients
from followup.store.database import Tx
from followup.store.models import Case, Clinic, Page

TAKE_PURPOSE = "take-page"
_UNKNOWN = {"en": "A caller we cannot name", "es": "Alguien sin nombre"}
_DRILL = {"en": "Drill", "es": "Simulacro"}


@dataclass(frozen=True, slots=True)
class SpokenPage:
    """What is said on the telephone: the page itself, how to answer, and what follows each key; BCP 47 `language`."""

    language: str
    page: str
    taken: str
    passed: str
    nothing: str


def take_url(services: Services, page_id: UUID) -> str:
    """Where one page can be acknowledged by whoever it was sent to, without signing in."""
    return f"{services.public_url}/page/{links.sign(services.secret, TAKE_PURPOSE, page_id)}"


def case_url(services: Services, case_id: UUID) -> str:
    """Where the case is, for those who sign in."""
    return f"{services.public_url}/cases/{case_id}"


def initials_in(tx: Tx, case: Case | None, language: str) -> str:
    """Two letters for the patient of a case: all that a page says of them."""
    if case is None:
        return _DRILL[language]
    patient = patients.by_id(tx, case.clinic_id, case.patient_id) if case.patient_id else None
    if patient is None:
        return _UNKNOWN[language]
    return "".join(f"{name[0].upper()}." for name in (patient.given_name, patient.family_name) if name)


def written_in(
    tx: Tx, services: Services, *, clinic: Clinic, page: Page, case: Case | None, language: str, channel: Channel
) -> Rendered:
    """A page as a text or mail."""
    name = "page-drill" if case is None else "page" if case.acuity == Acuity.EMERGENCY else "page-urgent"
    return _said(tx, services, name, clinic, page, case, language, channel)


def answer_in(
    tx: Tx, services: Services, *, name: str, clinic: Clinic, page: Page, case: Case | None, language: str
) -> str:
    """The text that answers a text from staff: `page-taken` or `page-not-taken`."""
    return _said(tx, services, name, clinic, page, case, language, Channel.SMS).text


def _said(
    tx: Tx,
    services: Services,
    name: str,
    clinic: Clinic,
    page: Page,
    case: Case | None,
    language: str,
    channel: Channel,
) -> Rendered:
    link = take_url(services, page.id)
    words = {
        **services.texts.clinic_words(clinic, language),
        "initials": initials_in(tx, case, language),
        "url": case_url(services, case.id) if case is not None else link,
        "take_url": link,
    }
    return services.texts.message(name, language, channel, words)


def spoken_in(tx: Tx, *, clinic: Clinic, case: Case | None, language: str) -> SpokenPage:
    """A page as it is spoken. The letters are set apart, so that they are read one by one."""
    who = initials_in(tx, case, language).replace(".", " ").strip()
    name = clinic.sender_name
    if language == "es":
        return SpokenPage(
            "es-US",
            f"Habla {name}. "
            + ("Esto es un simulacro. " if case is None else f"{who} le necesita ahora. ")
            + "Marque 1 para tomarlo. Marque 2 para pasarlo.",
            "Gracias. Es suyo. Llame y anote el contacto.",
            "Gracias. Se avisa a otra persona.",
            "No hubo respuesta. Se avisa a otra persona.",
        )
    return SpokenPage(
        "en-US",
        f"This is {name}. "
        + ("This is a drill. " if case is None else f"{who} needs you now. ")
        + "Press 1 to take it. Press 2 to pass it on.",
        "Thank you. It is yours. Please call, and record the contact.",
        "Thank you. Somebody else is paged.",
        "There was no answer. Somebody else is paged.",
    )
