"""What a patient would get from a protocol, and when: every message in its words, before anyone is enrolled."""

from dataclasses import dataclass
from datetime import datetime

from followup.domain import texts
from followup.domain.checkin import by_text
from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.hours import local
from followup.domain.patient import PatientFacts
from followup.domain.protocol import Protocol
from followup.domain.protocol_files import ProtocolFiles
from followup.domain.schedule import ClinicRules, PlannedCommunication, PlanStatus, plan
from followup.domain.segments import Weight, weigh
from followup.gateways.render import ClinicFacts, Texts

# Where the link of a previewed message leads: nowhere, but it is as long as a real one.
SAMPLE_LINK = f"https://clinic.example/c/{'x' * 19}"


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """One planned or skipped message in its words; `weight` is None for a mail, `local_due` is the patient's time."""

    row: PlannedCommunication
    local_due: datetime
    first: bool
    text: str
    subject: str | None = None
    html: str | None = None
    weight: Weight | None = None


def preview(
    protocol: Protocol,
    files: ProtocolFiles,
    made_by: Texts,
    clinic: ClinicFacts,
    rules: ClinicRules,
    *,
    performed_at: datetime,
    zone: str,
    language: str,
    now: datetime | None = None,
    given_name: str = "Ana",
    channels: frozenset[Channel] = frozenset({Channel.SMS, Channel.EMAIL}),
) -> tuple[PreviewedMessage, ...]:
    """Every message of `protocol` for a patient in `zone` who is reached over `channels`, in the plan's order.

    `now` is when the procedure is entered, at once by default. Nothing is stored or sent. Raises ConfigurationError
    for a text that cannot be made.
    """
    given = now or performed_at
    consents = {channel: Consent(channel, True, given, "preview", "preview") for channel in channels}
    patient = PatientFacts(zone, language, phone="+13125550100", email="ana@example.com", consents=consents)
    words = texts.step_words(
        made_by.clinic_words(clinic, language),
        given_name=given_name,
        performed_at=performed_at,
        zone=zone,
        language=language,
        activity_limit=protocol.activity_limit,
    ) | {texts.LINK_VARIABLE: SAMPLE_LINK}
    linked = {step.slug for step in protocol.steps if step.check_in and by_text(clinic.settings)}
    shown: list[PreviewedMessage] = []
    texted = False
    for row in plan(protocol, performed_at, patient, rules, now=given):
        leaves = row.status is PlanStatus.PLANNED and row.channel is Channel.SMS
        first = leaves and not texted
        texted = texted or leaves
        said = made_by.step(files, row.step, language, row.channel, words, first=first, link=row.step in linked)
        weight = weigh(said.text) if row.channel is Channel.SMS else None
        shown.append(
            PreviewedMessage(row, local(row.due_at, zone), first, said.text, said.subject, said.html, weight)
        )  # fmt: skip
    return tuple(shown)
