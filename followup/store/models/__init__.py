"""Every table of the service."""

from followup.store.models.alarm import Alarm
from followup.store.models.base import Base
from followup.store.models.case import Case, CaseEvent, Draft
from followup.store.models.check import Check
from followup.store.models.checkin import CheckIn, CheckInPhoto, CheckInTry
from followup.store.models.clinic import ApiKey, Clinic, Sender, SignInAttempt, Staff, StaffSession
from followup.store.models.communication import Attempt, Communication, Receipt
from followup.store.models.escalation import (
    ContactPoint,
    Drill,
    LadderRung,
    Page,
    PageAnswer,
    PageWebhook,
    RotaEntry,
)
from followup.store.models.patient import Consent, OptOut, Patient
from followup.store.models.plan_change import Expectation, PlanChange
from followup.store.models.procedure import ImportJob, ImportRefusal, Procedure, ProtocolVersion
from followup.store.models.reply import Attachment, Reply
from followup.store.models.steering import Correction, Review
from followup.store.models.system import AuditEntry, SignOfLife, Switch, WrappedKey

__all__ = [
    "Alarm",
    "ApiKey",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "Base",
    "Case",
    "CaseEvent",
    "Check",
    "CheckIn",
    "CheckInPhoto",
    "CheckInTry",
    "Clinic",
    "Communication",
    "Consent",
    "ContactPoint",
    "Correction",
    "Draft",
    "Drill",
    "Expectation",
    "ImportJob",
    "ImportRefusal",
    "LadderRung",
    "OptOut",
    "Page",
    "PageAnswer",
    "PageWebhook",
    "Patient",
    "PlanChange",
    "Procedure",
    "ProtocolVersion",
    "Receipt",
    "Reply",
    "Review",
    "RotaEntry",
    "Sender",
    "SignInAttempt",
    "SignOfLife",
    "Staff",
    "StaffSession",
    "Switch",
    "WrappedKey",
]
