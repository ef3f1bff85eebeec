"""The composition root: from settings to services; the only place that knows every concrete class."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from followup import config
from followup.domain.triage import load_reader
from followup.gateways.clock import Clock, SystemClock
from followup.gateways.imap_mailbox import ImapMailbox
from followup.gateways.protocols import FolderProtocols, ProtocolSource
from followup.gateways.queue import QueueGateway, RecordingQueue
from followup.gateways.render import TemplateTexts
from followup.paths import templates_dir
from followup.services.context import Services
from followup.services.opening import open_checked
from followup.store import switches
from followup.store.database import Database
from followup.store.vault import Vault

if TYPE_CHECKING:
    from followup.domain.triage import Reader


def open_database(settings: config.Settings, *, pool_size: int = 10) -> Database:
    """The database of these settings, with the keys that open it. Nothing is connected yet."""
    return Database(settings.database_url, Vault(settings.encryption_keys), pool_size=pool_size)


def protocol_source() -> ProtocolSource:
    """The protocols that lie on this machine."""
    return FolderProtocols(templates_dir() / "protocols")


def message_texts() -> TemplateTexts:
    """The texts that no protocol owns."""
    return TemplateTexts.from_folder(templates_dir() / "messages")


def build_services(settings: config.Settings, *, check_database: bool = True) -> Services:
    """Every door of one process.

    With `check_database` the database must be at this version's revision (ConfigurationError says what to do).
    """
    from followup.gateways.celery_queue import CeleryQueue
    from followup.gateways.chat_reader import ChatReader
    from followup.gateways.http_webhook import HttpWebhook
    from followup.gateways.shared_clock import SharedClock
    from followup.gateways.smtp_email import SmtpEmail
    from followup.gateways.twilio_calls import TwilioCalls
    from followup.gateways.twilio_sms import TwilioSms

    database = open_database(settings)
    if check_database:
        open_checked(database)
    clock: Clock = SystemClock()
    if settings.demo:
        clock = SharedClock(
            lambda: switches.clock_offset(database),
            lambda seconds: switches.advance_clock(database, seconds, datetime.now(UTC)),
        )
    queue: QueueGateway = CeleryQueue(settings.broker_url) if settings.broker_url else RecordingQueue()
    return Services(
        db=database,
        clock=clock,
        queue=queue,
        sms=TwilioSms.from_settings(settings) if settings.twilio_account_sid else None,
        email=SmtpEmail.from_settings(settings) if settings.smtp_url else None,
        mailbox=ImapMailbox(settings.imap_url) if settings.imap_url else None,
        reader=once(load_reader),
        protocols=protocol_source(),
        texts=message_texts(),
        public_url=settings.public_url,
        secret=settings.secret_key.encode(),
        real_now=lambda: datetime.now(UTC),
        outside_reader=ChatReader(
            settings.outside_reader_url, settings.outside_reader_model, settings.outside_reader_key
        )
        if settings.outside_reader_url
        else None,
        calls=TwilioCalls.from_settings(settings) if settings.twilio_account_sid else None,
        operator_email=settings.operator_email,
        operator_phone=settings.operator_phone,
        webhook=HttpWebhook(inside=settings.webhooks_inside or bool(settings.demo)),
    )


def once(make: "Callable[[], Reader]") -> "Callable[[], Reader]":
    """Make the reader at first use and keep it.

    Several threads that ask first at the same moment wait for one: each reader made holds some 150 MB.
    """
    lock = Lock()
    kept = cache(make)

    def reader() -> "Reader":
        with lock:
            return kept()

    return reader


def services_from_environment() -> Services:
    """Services of a worker or a web process that was started with its settings in the environment."""
    return build_services(config.load(os.environ))
