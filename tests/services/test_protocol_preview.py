"""A preview shows each message as it would go."""

from dataclasses import dataclass, field
from typing import Any

from followup.domain.delivery import Channel
from followup.domain.schedule import ClinicRules, PlanReason
from followup.gateways.protocols import FolderProtocols
from followup.gateways.render import TemplateTexts
from followup.paths import templates_dir
from followup.services.protocol_preview import PreviewedMessage, preview
from tests.domain.plans import CHICAGO, at


@dataclass
class Clinic:
    sender_name: str = "Lakeside Clinic"
    phone: str = "+13125550100"
    zone: str = CHICAGO
    settings: dict[str, Any] = field(default_factory=dict)


def shown(language: str = "en", now: str = "2026-06-02 14:10", **other: Any) -> dict[tuple[str, str], PreviewedMessage]:
    folder = FolderProtocols(templates_dir() / "protocols")
    files = folder.current()["trigger-point-injection"]
    messages = preview(
        folder.read(files),
        files,
        TemplateTexts.from_folder(templates_dir() / "messages"),
        Clinic(),
        ClinicRules(),
        performed_at=at("2026-06-02 14:10"),
        zone=CHICAGO,
        language=language,
        now=at(now),
        **other,
    )
    return {(message.row.step, message.row.channel.value): message for message in messages}


def test_every_text_is_shown_with_its_hour_its_weight_and_its_words() -> None:
    messages = shown()
    activity = messages["activity-48h", "sms"]
    assert f"{activity.local_due:%a %H:%M}" == "Wed 10:00"
    assert "until Thursday at 3 pm" in activity.text
    assert activity.weight is not None
    assert activity.weight.segments == 1


def test_only_the_first_text_carries_the_first_contact_lines() -> None:
    firsts = [key for key, message in shown().items() if message.first]
    assert firsts == [("rest-today", "sms")]
    assert "Reply STOP to stop" in shown()["rest-today", "sms"].text
    assert "STOP" not in shown()["activity-48h", "sms"].text


def test_where_the_first_step_is_skipped_the_next_text_is_the_first() -> None:
    messages = shown(now="2026-06-03 09:30")
    assert messages["rest-today", "sms"].row.reason is PlanReason.ENTERED_LATE
    assert messages["activity-48h", "sms"].first
    assert not messages["rest-today", "sms"].first


def test_a_mail_is_shown_with_its_subject_and_screen() -> None:
    mail = shown("es")["rest-today", "email"]
    assert mail.subject == "Lakeside Clinic: su primer día en casa"
    assert "hasta el jueves a las 3 p. m." in mail.text.replace("Hasta", "hasta")
    assert (mail.html or "").startswith("<!doctype html>")
    assert mail.weight is None


def test_a_patient_of_email_only_is_shown_what_goes_by_email() -> None:
    messages = shown(channels=frozenset({Channel.EMAIL}))
    assert ("day-two-check", "email") in messages
    assert messages["day-two-check", "email"].row.reason is PlanReason.EMAIL_INSTEAD
