"""What every use case is given: the database and the doors out, made once a process by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from followup.gateways.calls import CallGateway
from followup.gateways.clock import Clock
from followup.gateways.email import EmailGateway
from followup.gateways.mailbox import MailboxGateway
from followup.gateways.outside_reader import OutsideReader
from followup.gateways.protocols import ProtocolSource
from followup.gateways.queue import QueueGateway
from followup.gateways.render import Texts
from followup.gateways.sms import SmsGateway
from followup.gateways.webhook import WebhookGateway
from followup.services.delivery.timing import TIMING, Timing
from followup.store.database import Database

if TYPE_CHECKING:
    from followup.domain.triage import Reader


@dataclass(frozen=True, slots=True)
class Services:
    """The doors of one process. `sms`, `email` and `mailbox` are None where the operator has set none up."""

    db: Database
    clock: Clock
    queue: QueueGateway
    sms: SmsGateway | None
    email: EmailGateway | None
    mailbox: MailboxGateway | None
    # Loaded at first use and once: sending workers never pay for it.
    reader: "Callable[[], Reader]"
    # Today's protocols as folders, and how any stored version of one is read.
    protocols: ProtocolSource
    # How every message gets its words.
    texts: Texts
    # Where the world reaches us, without a slash at the end; callbacks, links and signatures are built on it.
    public_url: str
    # Signs links and tokens; never stored.
    secret: bytes
    # Real time, for leases, sessions, tokens and backoff; care time is `clock`.
    real_now: Callable[[], datetime]
    # Another reader of replies, where the operator has set one up; each clinic still has to agree to it.
    outside_reader: OutsideReader | None = None
    # How long leases, graces and rounds are.
    timing: Timing = TIMING
    # Calls staff; None where no carrier is set up.
    calls: CallGateway | None = None
    # Tells other systems of pages; None where nothing may be posted.
    webhook: WebhookGateway | None = None

    # Who runs the service and hears of alarms: a mail address and an E.164 number, each may be empty.
    operator_email: str = ""
    operator_phone: str = ""

    def now(self) -> datetime:
        """The present care time."""
        return self.clock.now()
