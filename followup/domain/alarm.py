"""When the service itself needs somebody: what must be wrong for how long, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from followup.domain.provider_outcomes import Verdict, outcome_of

SILENT_AFTER = timedelta(seconds=60)
LATE_AFTER = timedelta(minutes=5)
RECEIPTS_WITHIN = timedelta(minutes=15)  # a carrier says "sent" within seconds
TEXTS_WITHOUT = 3  # so many texts without any receipt are no chance
REFUSED_AT_LEAST, REFUSED_SHARE = 5, 0.25
GAP_SHOWN = timedelta(hours=1)


class AlarmKind(StrEnum):
    """What can be wrong."""

    OVERDUE = "overdue"
    NO_WORKER = "no_worker"
    NO_BEAT = "no_beat"
    NO_RECEIPTS = "no_receipts"
    REFUSED = "refused"
    SENDER_STOPPED = "sender_stopped"
    GAP = "gap"

    @property
    def label(self) -> str:
        """A short name for lists."""
        return _LABELS[self]

    @property
    def settles(self) -> timedelta:
        """How long it must stand before anybody is told: a restart or a leap of the demo's clock is no alarm."""
        sure = (AlarmKind.SENDER_STOPPED, AlarmKind.GAP, AlarmKind.REFUSED)
        return timedelta(0) if self in sure else timedelta(minutes=1)

    @property
    def quiet(self) -> timedelta:
        """How long it must be gone before it is over, so that what comes and goes is told once."""
        return timedelta(0) if self is AlarmKind.SENDER_STOPPED else timedelta(minutes=2)


_LABELS = {
    AlarmKind.OVERDUE: "due messages",
    AlarmKind.NO_WORKER: "worker",
    AlarmKind.NO_BEAT: "beat",
    AlarmKind.NO_RECEIPTS: "receipts",
    AlarmKind.REFUSED: "refusals",
    AlarmKind.SENDER_STOPPED: "senders",
    AlarmKind.GAP: "missed replies",
}

# kind: what is wrong, what to do; in both languages of staff.
_WORDS: dict[AlarmKind, dict[str, tuple[str, str]]] = {
    AlarmKind.OVERDUE: {
        "en": ("Messages are late to leave.", "Look at workers and senders, and whether sending is held."),
        "es": ("Hay mensajes que salen tarde.", "Revise los procesos, los remitentes y si los envíos están retenidos."),
    },
    AlarmKind.NO_WORKER: {
        "en": ("No worker runs: only emergency answers and pages leave.", "Start a worker, or followup serve."),
        "es": ("No hay procesos de envío: solo salen emergencias y avisos.", "Inicie un worker o followup serve."),
    },
    AlarmKind.NO_BEAT: {
        "en": ("Nothing starts the rounds (no beat runs).", "Start beat, or followup serve."),
        "es": ("Nada inicia las rondas (no hay beat).", "Inicie beat o followup serve."),
    },
    AlarmKind.NO_RECEIPTS: {
        "en": (
            "Texts leave, but the carrier does not tell whether they arrive.",
            "Check that the carrier can reach FOLLOWUP_PUBLIC_URL: replies may be missing too.",
        ),
        "es": (
            "Los mensajes salen, pero no se sabe si llegan.",
            "Revise que se pueda llegar a FOLLOWUP_PUBLIC_URL: pueden faltar respuestas.",
        ),
    },
    AlarmKind.REFUSED: {
        "en": ("The carrier or mail server refuses many messages.", "See Administration for why, and ask the carrier."),
        "es": ("Se rechazan muchos mensajes.", "Vea las causas en Administration y pregunte al proveedor."),
    },
    AlarmKind.SENDER_STOPPED: {
        "en": ("A number or address of the clinic is stopped.", "Mend the cause, then let it go again."),
        "es": ("Un remitente de la clínica está detenido.", "Corrija la causa y vuelva a activarlo."),
    },
    AlarmKind.GAP: {
        "en": (
            "The carrier held replies that had not reached us. They were fetched and read.",
            "Check the number's webhook at the carrier.",
        ),
        "es": (
            "Había respuestas que no nos llegaron. Ya se recogieron y leyeron.",
            "Revise el webhook del número en el proveedor.",
        ),
    },
}


def words_of(kind: AlarmKind, language: str) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    return _WORDS[kind][language if language in ("en", "es") else "en"]


@dataclass(frozen=True, slots=True)
class Health:
    """What the rows say about the service; instants but `overdue` (care time) are real."""

    signs: Mapping[str, datetime]  # the newest sign of life by kind of process
    overdue: Mapping[UUID, datetime]  # clinic: when its oldest late message was due
    texts_without_receipt: int
    attempts: Mapping[UUID, Mapping[tuple[str, str], int]]  # clinic: (outcome, code): how many lately
    stopped: Mapping[UUID, UUID]  # sender: clinic
    gap_found_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong now. `clinic_id` None: it concerns the whole service; `subject` is a sender."""

    kind: AlarmKind
    clinic_id: UUID | None = None
    subject: UUID | None = None

    @property
    def key(self) -> str:
        """What may be open only once."""
        return f"{self.kind}:{self.subject or self.clinic_id or 'service'}"


def what_is_wrong(health: Health, now: datetime, real_now: datetime) -> tuple[Wrong, ...]:
    """Everything that is wrong, the whole service first."""
    found: list[Wrong] = []
    for kind, process in ((AlarmKind.NO_WORKER, "worker"), (AlarmKind.NO_BEAT, "beat")):
        last = health.signs.get(process)
        if last is None or real_now - last >= SILENT_AFTER:
            found.append(Wrong(kind))
    if health.texts_without_receipt >= TEXTS_WITHOUT:
        found.append(Wrong(AlarmKind.NO_RECEIPTS))
    if health.gap_found_at is not None and real_now - health.gap_found_at < GAP_SHOWN:
        found.append(Wrong(AlarmKind.GAP))
    found += [Wrong(AlarmKind.OVERDUE, clinic) for clinic, due in health.overdue.items() if now - due >= LATE_AFTER]
    found += [Wrong(AlarmKind.REFUSED, clinic) for clinic, counts in health.attempts.items() if _refuses(counts)]
    found += [Wrong(AlarmKind.SENDER_STOPPED, clinic, sender) for sender, clinic in health.stopped.items()]
    return tuple(found)


def _refuses(counts: Mapping[tuple[str, str], int]) -> bool:
    """Numbers that do not exist and people who said stop are no refusal of ours."""
    refused = sum(
        count
        for (outcome, code), count in counts.items()
        if outcome in ("refused", "undelivered") and outcome_of(code).verdict not in (Verdict.DEAD, Verdict.OPTED_OUT)
    )
    return refused >= REFUSED_AT_LEAST and refused >= REFUSED_SHARE * sum(counts.values())
