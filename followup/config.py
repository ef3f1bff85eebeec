"""Settings from the environment; every problem is reported at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from followup.domain.errors import ConfigurationError, InvalidInput
from followup.domain.patient import parse_email
from followup.domain.phone import parse_phone

PREFIX = "FOLLOWUP_"
SECRETS = frozenset(
    {
        "DATABASE_URL",
        "BROKER_URL",
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "SMTP_URL",
        "IMAP_URL",
        "OUTSIDE_READER_KEY",
    }
)
NAMES = SECRETS | {
    "DATA_DIR",
    "PUBLIC_URL",
    "TWILIO_FROM",
    "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_API_URL",
    "TWILIO_PAGES_FROM",
    "WEBHOOKS_INSIDE",
    "EMAIL_FROM",
    "LOG_LEVEL",
    "OPERATOR_EMAIL",
    "OPERATOR_PHONE",
    "DEMO",
    "OUTSIDE_READER_URL",
    "OUTSIDE_READER_MODEL",
}
# Read by the test suite alone; known here so that a shell set up for tests can still start the service.
TEST_NAMES = frozenset({"TEST_DATABASE_URL", "TEST_BROKER_URL", "REQUIRE_SERVERS"})
MINIMUM_SECRET = 32
_YES, _NO = ("yes", "true", "1"), ("", "no", "false", "0")


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process of the service is set up. URLs are empty where nothing was given."""

    data_dir: Path
    database_url: str
    broker_url: str
    public_url: str
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    twilio_account_sid: str = ""
    twilio_auth_token: str = field(default="", repr=False)
    twilio_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    # The number that texts and calls to staff leave from; empty: the patients' number.
    twilio_pages_from: str = ""
    # Pages may also be posted to addresses of this machine and network, and without encryption.
    webhooks_inside: bool = False
    smtp_url: str = field(default="", repr=False)
    email_from: str = ""
    imap_url: str = field(default="", repr=False)
    log_level: str = "INFO"
    # Who runs the service and is told of alarms; empty: the administrators of the clinics are.
    operator_email: str = ""
    operator_phone: str = ""
    # The address of the simulated phone's page; empty but in the demo.
    demo: str = ""
    # A language model that reads replies too (the base of its chat completions); empty: none.
    outside_reader_url: str = ""
    outside_reader_model: str = ""
    outside_reader_key: str = field(default="", repr=False)

    @property
    def embedded(self) -> bool:
        """True when the service keeps its own database file in the data directory."""
        return self.database_url.startswith("sqlite")


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Where the embedded service keeps its files when nothing was set."""
    if given := environ.get("FOLLOWUP_DATA_DIR"):
        return Path(given).expanduser()
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", ".")) / ".local" / "share")
    return Path(base) / "followup"


def load(environ: Mapping[str, str] | None = None, *, generated: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    `generated` holds secrets that the embedded service made for itself (see `followup.embedded`); what the
    environment says wins. Raises ConfigurationError that lists every problem: unknown names, unreadable secret
    files, missing or weak secrets, values of the wrong form.
    """
    environ = os.environ if environ is None else environ
    generated = generated or {}
    problems: list[str] = []
    values: dict[str, str] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX)
        if name in NAMES:
            values[name] = value.strip()
        elif name in TEST_NAMES:
            continue
        elif name.endswith("_FILE") and name.removesuffix("_FILE") in SECRETS:
            try:
                values.setdefault(name.removesuffix("_FILE"), Path(value).read_text(encoding="utf-8").strip())
            except OSError as error:
                problems.append(
                    f"{key}: cannot read the file it names ({error.strerror}); check the path and its rights"
                )
        else:
            problems.append(f"{key}: no such setting; check the spelling or remove it")

    def get(name: str, default: str = "") -> str:
        return values.get(name) or generated.get(name) or default

    data_dir = default_data_dir(environ)
    database_url = get("DATABASE_URL") or f"sqlite:///{data_dir / 'followup.sqlite'}"
    if database_url.startswith(("postgres://", "postgresql://")):
        database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
    if not database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("FOLLOWUP_DATABASE_URL: must begin with postgresql:// or sqlite:///")

    secret_key = get("SECRET_KEY")
    if len(secret_key) < MINIMUM_SECRET:
        problems.append(f"FOLLOWUP_SECRET_KEY: must be set to at least {MINIMUM_SECRET} random characters")
    keys = tuple(key.strip() for key in get("ENCRYPTION_KEYS").replace("\n", ",").split(",") if key.strip())
    if not keys or any(len(key) < MINIMUM_SECRET for key in keys):
        problems.append(
            f"FOLLOWUP_ENCRYPTION_KEYS: must hold keys of at least {MINIMUM_SECRET} characters, newest first, "
            "separated by commas"
        )
    public_url = get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        problems.append(f"FOLLOWUP_PUBLIC_URL: {public_url!r} must begin with https:// (or http:// on this machine)")
    if bool(get("TWILIO_ACCOUNT_SID")) != bool(get("TWILIO_AUTH_TOKEN")):
        problems.append("FOLLOWUP_TWILIO_ACCOUNT_SID and FOLLOWUP_TWILIO_AUTH_TOKEN: set both or neither")
    for name, schemes in (("SMTP_URL", ("smtp://", "smtps://")), ("IMAP_URL", ("imap://", "imaps://"))):
        if get(name) and not get(name).startswith(schemes):
            problems.append(f"FOLLOWUP_{name}: must begin with {schemes[1]} or {schemes[0]}")
    if get("SMTP_URL") and not get("EMAIL_FROM"):
        problems.append("FOLLOWUP_EMAIL_FROM: must name the sender's address when FOLLOWUP_SMTP_URL is set")
    if get("WEBHOOKS_INSIDE").lower() not in (*_YES, *_NO):
        problems.append("FOLLOWUP_WEBHOOKS_INSIDE: must be yes or no")
    problems += _outside_reader_problems(*(get(f"OUTSIDE_READER_{name}") for name in ("URL", "MODEL", "KEY")))
    operator = _operator(get("OPERATOR_EMAIL"), get("OPERATOR_PHONE"), problems)
    if problems:
        raise ConfigurationError("; ".join(problems))
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        broker_url=get("BROKER_URL"),
        public_url=public_url,
        secret_key=secret_key,
        encryption_keys=keys,
        twilio_account_sid=get("TWILIO_ACCOUNT_SID"),
        twilio_auth_token=get("TWILIO_AUTH_TOKEN"),
        twilio_from=get("TWILIO_FROM"),
        twilio_messaging_service_sid=get("TWILIO_MESSAGING_SERVICE_SID"),
        twilio_api_url=get("TWILIO_API_URL", "https://api.twilio.com").rstrip("/"),
        twilio_pages_from=get("TWILIO_PAGES_FROM"),
        webhooks_inside=get("WEBHOOKS_INSIDE").lower() in _YES,
        smtp_url=get("SMTP_URL"),
        email_from=get("EMAIL_FROM"),
        imap_url=get("IMAP_URL"),
        log_level=get("LOG_LEVEL", "INFO").upper(),
        operator_email=operator[0],
        operator_phone=operator[1],
        demo=get("DEMO").rstrip("/"),
        outside_reader_url=get("OUTSIDE_READER_URL").rstrip("/"),
        outside_reader_model=get("OUTSIDE_READER_MODEL"),
        outside_reader_key=get("OUTSIDE_READER_KEY"),
    )


def _operator(email: str, phone: str, problems: list[str]) -> tuple[str, str]:
    try:
        email = parse_email(email, "email") if email else ""
    except InvalidInput:
        problems.append("FOLLOWUP_OPERATOR_EMAIL: must be one mail address")
    try:
        phone = parse_phone(phone) if phone else ""
    except InvalidInput:
        problems.append("FOLLOWUP_OPERATOR_PHONE: must be one number that gets texts, like +13125550100")
    return email, phone


def _outside_reader_problems(url: str, model: str, key: str) -> list[str]:
    if not url:
        unused = [name for name, value in (("MODEL", model), ("KEY", key)) if value]
        return [f"FOLLOWUP_OUTSIDE_READER_{name}: does nothing without FOLLOWUP_OUTSIDE_READER_URL" for name in unused]
    problems = []
    host = urlsplit(url).hostname or ""
    if not host or not (url.startswith("https://") or (url.startswith("http://") and is_near(host))):
        problems.append(
            "FOLLOWUP_OUTSIDE_READER_URL: must begin with https:// (or http:// for a host of this machine or network)"
        )
    if not model:
        problems.append("FOLLOWUP_OUTSIDE_READER_MODEL: must name the model when FOLLOWUP_OUTSIDE_READER_URL is set")
    return problems


def is_near(host: str) -> bool:
    """True for a host of this machine or this network, which may be asked without encryption."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal"))
