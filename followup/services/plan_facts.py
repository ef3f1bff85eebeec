"""What planning and the last look before sending need to know of patients, gathered from the store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from followup.domain.caps import WEEK
from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.patient import PatientFacts
from followup.domain.provider_outcomes import SendReason
from followup.store import consents, opt_outs, plan_rows
from followup.store.database import Tx
from followup.store.models import Patient

# Texts this far back can share a week with one that is planned now.
_LOOK_BACK = WEEK + timedelta(days=1)
# An address whose last message failed for one of these is not written to again until it changes.
_DEAD = frozenset(
    reason.value
    for reason in (SendReason.BAD_ADDRESS, SendReason.LANDLINE, SendReason.BLOCKED, SendReason.PHONE_UNKNOWN)
)


def facts_in(
    tx: Tx,
    clinic_id: UUID,
    patients: Collection[Patient],
    said: Mapping[UUID, Mapping[Channel, Consent]] | None = None,
) -> dict[UUID, PatientFacts]:
    """What is known now of each of these patients of a clinic, in a few statements however many they are.

    `said` are their consents, where the caller has them at hand.
    """
    if said is None:
        said = consents.current_of(tx, clinic_id, [patient.id for patient in patients])
    pairs = {pair for patient in patients for pair in addresses_of(patient)}
    stopped = opt_outs.standing_among(tx, clinic_id, pairs)
    dead = plan_rows.dead_addresses(tx, clinic_id, pairs, _DEAD)
    return {
        patient.id: PatientFacts(
            zone=patient.timezone,
            language=patient.language,
            phone=patient.phone,
            email=patient.email,
            consents=said.get(patient.id, {}),
            opted_out=frozenset(channel for channel, index in addresses_of(patient) if (channel, index) in stopped),
            undeliverable=frozenset(channel for channel, index in addresses_of(patient) if (channel, index) in dead),
            deceased=patient.deceased_at is not None,
            withdrawn=patient.withdrawn_at is not None,
        )
        for patient in patients
    }


def addresses_of(patient: Patient) -> list[tuple[Channel, str]]:
    """The fingerprints of the number and address that a patient has."""
    pairs = ((Channel.SMS, patient.phone_index), (Channel.EMAIL, patient.email_index))
    return [(channel, index) for channel, index in pairs if index is not None]


class Texts:
    """The unasked texts of patients, sent and planned, as the caps count them; kept up as new ones are planned."""

    def __init__(self, found: Iterable[tuple[UUID, UUID | None, bool, datetime]]) -> None:
        self._by_patient: dict[UUID, list[tuple[UUID | None, bool, datetime]]] = {}
        for patient_id, procedure_id, left, at in found:
            self._by_patient.setdefault(patient_id, []).append((procedure_id, left, at))

    def beside(self, patient_id: UUID, procedure_id: UUID) -> list[datetime]:
        """When texts went or will go, without those that this procedure has still planned."""
        return [at for procedure, left, at in self._by_patient.get(patient_id, ()) if left or procedure != procedure_id]

    def all(self, patient_id: UUID) -> list[datetime]:
        """When texts went or will go, of every plan."""
        return [at for _, _, at in self._by_patient.get(patient_id, ())]

    def planned(self, patient_id: UUID, procedure_id: UUID, at: datetime) -> None:
        """Note a text that is planned from now on."""
        self._by_patient.setdefault(patient_id, []).append((procedure_id, False, at))


def texts_in(tx: Tx, clinic_id: UUID, patient_ids: Sequence[UUID], *, earliest: datetime) -> Texts:
    """The unasked texts of these patients that can matter to plans from `earliest` on."""
    return Texts(plan_rows.unasked_texts(tx, clinic_id, patient_ids, since=earliest - _LOOK_BACK))
