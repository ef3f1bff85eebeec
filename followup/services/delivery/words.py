"""The words of a plan's step, made when it leaves: from the protocol version that the procedure began with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from followup.domain import texts
from followup.domain.checkin import by_text
from followup.domain.delivery import Channel
from followup.domain.protocol import Protocol
from followup.domain.protocol_files import ProtocolFiles
from followup.domain.segments import weigh
from followup.services.context import Services
from followup.services.delivery.outgoing import check_in_url, unsubscribe_url
from followup.store.models import Clinic, Communication, Patient, Procedure, ProtocolVersion


@dataclass(slots=True)
class Wording:
    """Makes words for one batch, and reads each protocol version and each clinic's words once for it."""

    services: Services
    _protocols: dict[UUID, tuple[ProtocolFiles, Protocol]] = field(default_factory=dict)
    _clinics: dict[tuple[UUID, str], Mapping[str, str]] = field(default_factory=dict)

    def put(
        self,
        row: Communication,
        *,
        clinic: Clinic,
        patient: Patient,
        procedure: Procedure,
        version: ProtocolVersion,
        first: bool,
        shared: bool,
    ) -> None:
        """Write the words of a step onto its row.

        `first`: nothing was texted to this patient at this number before, so the first-contact lines follow; `shared`:
        several patients have the number, so the text opens with the given name. Raises ConfigurationError when the
        stored version cannot be rendered.
        """
        files, protocol = self._protocol(version)
        language, channel = row.language, Channel(row.channel)
        words = texts.step_words(
            self._clinic(clinic, language),
            given_name=patient.given_name,
            performed_at=procedure.performed_at,
            zone=patient.timezone,
            language=language,
            activity_limit=protocol.activity_limit,
        )
        step = protocol.step(row.step or "")
        link = step is not None and bool(step.check_in) and (channel is Channel.EMAIL or by_text(clinic.settings))
        if link:
            words = {**words, texts.LINK_VARIABLE: check_in_url(self.services, row)}
        if channel is Channel.EMAIL:
            words = {**words, "unsubscribe_url": unsubscribe_url(self.services, row.id)}
        made = self.services.texts.step(
            files, row.step or "", language, channel, words, first=first, name_first=shared, link=link
        )
        row.body, row.subject, row.html = made.text, made.subject, made.html
        row.first_contact = first
        row.segments = weigh(made.text).segments if channel is Channel.SMS else None

    def _protocol(self, version: ProtocolVersion) -> tuple[ProtocolFiles, Protocol]:
        known = self._protocols.get(version.id)
        if known is None:
            files = ProtocolFiles(version.slug, version.files)
            known = self._protocols[version.id] = files, self.services.protocols.read(files)
        return known

    def _clinic(self, clinic: Clinic, language: str) -> Mapping[str, str]:
        known = self._clinics.get((clinic.id, language))
        if known is None:
            known = self._clinics[clinic.id, language] = self.services.texts.clinic_words(clinic, language)
        return known
