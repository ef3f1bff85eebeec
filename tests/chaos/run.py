"""One run from its first process to its account: servers, service, traffic, trouble, and the quiet after it."""

import os
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError

from followup import bootstrap, config
from followup.domain.actor import OPERATOR
from followup.domain.delivery import Status
from followup.embedded.processes import free_port
from followup.services import api_keys, care_clock, clinics
from followup.services.clinics import NewSender
from followup.services.context import Services
from followup.services.delivery.timing import TIMING, Timing
from followup.store.models import Communication, Reply, Sender
from tests.chaos.account import Account, Carried, DueAt, draw_up
from tests.chaos.household import Commands, Company, migrate, start_carrier
from tests.chaos.servers import Broker, Postgres
from tests.chaos.traffic import Desk, Traffic, phone
from tests.chaos.trouble import Trouble

NUMBERS = ("+13125550100", "+13125550101", "+13125550102")
_ACCOUNT, _TOKEN = "AC" + "c4" * 16, "token-of-a-carrier-on-this-machine"
# A Tuesday morning in Chicago: texts may leave, and do so for eleven hours.
_MORNING = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything. Every procedure's plan holds three texts."""

    seed: int = 1
    procedures: int = 700
    texts: int = 1000
    seconds: float = 200.0
    kills: int = 24
    beat_kills: int = 4
    broker_kills: int = 3
    flushes: int = 4
    crashes: int = 3
    workers: int = 3
    webs: int = 2
    patience: float = 600.0  # seconds that what is left may take to settle
    timing: Timing = TIMING
    commands: Commands = field(default_factory=Commands)
    pause: tuple[float, float] = (0.2, 2.0)
    mood_every: float = 6.0


def run(plan: Plan, place: Path, say: Callable[[str], None]) -> Account:
    """Run it; every process of it has ended when this returns or raises. Logs stay in `place`."""
    postgres, broker = Postgres(place), Broker(place)
    traffic: Traffic | None = None
    trouble: Trouble | None = None
    draw = random.Random(plan.seed)
    ports = [free_port() for _ in range(plan.webs)]
    environment = _environment(postgres, broker, ports[0])
    company = Company(place, environment, plan.commands)
    try:
        postgres.start()
        broker.start()
        migrate(environment)
        carrier = start_carrier(company, _carrier_words(plan, ports))
        environment["FOLLOWUP_TWILIO_API_URL"] = carrier
        with _services(environment, plan) as services:
            desks = _clinics(services)
            company.start(ports=ports, workers=plan.workers, beats=2)
            due = DueAt((time.monotonic(), services.now()))
            webs = [f"http://127.0.0.1:{port}" for port in ports]
            traffic = Traffic(webs, carrier, desks, random.Random(draw.random()), _patient_now(services, due))
            trouble = Trouble(
                company, postgres, broker, carrier, random.Random(draw.random()), _mover(services, due),
                pause=plan.pause, mood_every=plan.mood_every,
                worst=lambda: traffic.emergency(phone(50_000), desks[0]),
            )  # fmt: skip
            say(f"trouble for {plan.seconds:.0f} s: {3 * plan.procedures} texts of plans, {plan.texts} from people")
            # What is recorded early is due soon and by the clock's first jumps; the last of it one day later.
            traffic.begin(plan.procedures, plan.texts, plan.seconds * 0.6)
            trouble.make(
                plan.seconds, kills=plan.kills, beat_kills=plan.beat_kills, broker_kills=plan.broker_kills,
                flushes=plan.flushes, crashes=plan.crashes,
                jumps={
                    **dict.fromkeys((0.25, 0.5, 0.65), timedelta(minutes=65)),
                    0.85: timedelta(hours=21),
                },
            )  # fmt: skip
            traffic.wait()
            say("the trouble is over; waiting until everything has settled")
            begun = time.monotonic()
            _settled(services, carrier, company, begun + plan.patience)
            trouble.repeat_everything()
            move = _mover(services, due)
            while (left := care_clock.next_event(services)) and time.monotonic() < begun + plan.patience:
                # What is left of all plans, from event to event, an hour at least, with everything well again.
                move(max(left.at - services.now(), timedelta(hours=1)))
                _settled(services, carrier, company, begun + plan.patience)
            say(f"settled {time.monotonic() - begun:.0f} s after the last trouble")
            trouble.done["processes that ended by themselves, and were started again"] = company.fallen
            for what, count in sorted(trouble.done.items()):
                say(f"  {what}: {count}")
            return draw_up(services, Carried.of(carrier), traffic.told, due)
    finally:
        for one in (traffic, trouble):
            if one is not None:
                one.end()
        company.stop()
        broker.kill()
        postgres.stop()


def _environment(postgres: Postgres, broker: Broker, port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
    root = str(Path(__file__).resolve().parents[2])
    return own | {
        "PYTHONPATH": os.pathsep.join(part for part in (root, own.get("PYTHONPATH", "")) if part),
        "FOLLOWUP_DATABASE_URL": postgres.url,
        "FOLLOWUP_BROKER_URL": broker.url,
        "FOLLOWUP_SECRET_KEY": secrets.token_urlsafe(48),
        "FOLLOWUP_ENCRYPTION_KEYS": secrets.token_urlsafe(48),
        "FOLLOWUP_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "FOLLOWUP_TWILIO_ACCOUNT_SID": _ACCOUNT,
        "FOLLOWUP_TWILIO_AUTH_TOKEN": _TOKEN,
        "FOLLOWUP_TWILIO_FROM": NUMBERS[0],
        "FOLLOWUP_LOG_LEVEL": "WARNING",
        # The care clock is the demo's: one for all processes, and it can be moved.
        "FOLLOWUP_DEMO": "http://127.0.0.1:9",
    }


def _carrier_words(plan: Plan, ports: Sequence[int]) -> list[str]:
    words = ["--account-sid", _ACCOUNT, "--auth-token", _TOKEN, "--seed", str(plan.seed), "--sent-after", "0.2"]
    for place, number in enumerate(NUMBERS):
        words += ["--number", f"{number}=http://127.0.0.1:{ports[place % len(ports)]}/hooks/twilio/inbound#rc=5&rp=all"]
    return words


@contextmanager
def _services(environment: dict[str, str], plan: Plan) -> Iterator[Services]:
    services = replace(bootstrap.build_services(config.load(environment)), timing=plan.timing)
    try:
        yield services
    finally:
        services.db.dispose()


def _clinics(services: Services) -> list[Desk]:
    """A clinic for each number, whose carriers let it send as fast as it can."""
    care_clock.begin_at(services, _MORNING)
    desks = []
    for place, number in zip(("lake", "hill", "shore"), NUMBERS, strict=True):
        clinic = clinics.add_clinic(
            services, slug=place, name=f"{place.title()} Clinic", zone="America/Chicago", phone="312-555-0190",
            senders=[NewSender("sms", number, pace_per_second=300)], actor=OPERATOR,
        )  # fmt: skip
        made = api_keys.create(services, clinic.id, "chaos", ["procedures:write", "procedures:read"], OPERATOR)
        desks.append(Desk(number, made.secret))
    with services.db.write() as tx:
        for sender in tx.scalars(select(Sender)):
            sender.daily_cap = 1_000_000
    return desks


def _patient_now(services: Services, due: DueAt) -> Callable[[], datetime]:
    """Care time as it is known here, also while the database is away."""

    def now() -> datetime:
        since, care = due.began
        if due.jumps:
            since, _, care = due.jumps[-1]
        return care + timedelta(seconds=time.monotonic() - since)

    return now


def _mover(services: Services, due: DueAt) -> Callable[[timedelta], None]:
    def move(by: timedelta) -> None:
        before = _patient_now(services, due)()
        services.clock.move(by)  # type: ignore[attr-defined]
        due.jumps.append((time.monotonic(), before, before + by))

    return move


def _settled(services: Services, carrier: str, company: Company, deadline: float) -> None:
    """Until nothing is on its way and every text that people wrote was read, or patience is at its end."""
    while time.monotonic() < deadline:
        company.tend()
        try:
            if not _moving(services) and _unread(services, carrier) == 0:
                return
        except DBAPIError:
            pass
        time.sleep(1)


def _moving(services: Services) -> bool:
    now = services.now()
    with services.db.read() as tx:
        due = (Communication.status == Status.PLANNED.value) & (Communication.due_at <= now)
        moving = Communication.status.in_([Status.QUEUED, Status.SENDING, Status.UNKNOWN])
        return bool(tx.scalar(select(func.count()).select_from(Communication).where(or_(due, moving))))


def _unread(services: Services, carrier: str) -> int:
    written = {text["sid"] for text in Carried.of(carrier).written}
    with services.db.read() as tx:
        return len(written - set(tx.scalars(select(Reply.provider_id).where(Reply.status != "received"))))
