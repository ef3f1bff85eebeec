"""Where a message beside the steps of a plan goes: a question that is repeated, or one that staff ask for."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from followup.domain.patient import PatientFacts
from followup.domain.protocol import After, Delivery, Protocol, Step
from followup.domain.schedule import ClinicRules, PlannedCommunication, plan


def place_extra(
    protocol: Protocol,
    step: Step,
    patient: PatientFacts,
    clinic: ClinicRules,
    *,
    at: datetime,
    until: datetime,
    performed_at: datetime,
    now: datetime,
    already: Collection[datetime],
) -> PlannedCommunication:
    """The one message that asks `step` from `at` on, useful until `until`: planned, or skipped with the reason.

    Under the rules of every other one (domain/schedule.plan): quiet hours, caps, the first channel that reaches.
    `already` are all the patient's other unasked texts.
    """
    once = replace(
        step,
        due=After(at - performed_at),
        useful_until=After(until - performed_at),
        deliver=Delivery.FIRST,
    )
    return plan(replace(protocol, steps=(once,)), performed_at, patient, clinic, now=now, already=already)[0]


def asking(protocol: Protocol) -> Step | None:
    """The step whose question can be asked on any other day: the last of the protocol that asks one."""
    return next((step for step in reversed(protocol.steps) if step.asks is not None), None)
