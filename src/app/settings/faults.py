"""What is wrong with settings that are each well-formed."""

import re
from datetime import timedelta
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

from app.settings.fields import EXAMPLE_ADDRESS, Settings

DOCUMENTED_PASSWORD = "password"  # noqa: S105 (flask-base's; refused in production, below)
SECRET_LENGTH, SECRET_VARIETY = 32, 5  # characters, and how many different ones (ASVS 5.0, 11.2.3)
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
IN_DATABASE_URL = {"channel_binding", "host", "passfile", "port", "ssl", "sslmode", "target_session_attrs"}
ADDRESS = re.compile(r"[^\s@<>,]+@[^\s@<>,]+")
HOST = re.compile(r"\[[\da-f:]+\]|[^\s:/@]+", re.IGNORECASE)
CONTACT = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://\S+)")
AUDITED = timedelta(days=30)  # as the trigger on `audit_events` has it
REPORTING = {"SENTRY_DSN": "sentry_sdk", "RAYGUN_APIKEY": "raygun4py"}


class InvalidSettings(Exception):
    """The environment holds unknown, missing or malformed values: one line per fault."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("\n".join(faults.values()))


def find_faults(settings: Settings, *, on_a_dyno: bool) -> dict[str, str]:
    """One line per variable at fault, under its name; none when all is well."""
    faults = _of_database(settings, on_a_dyno=on_a_dyno)
    for look_for_faults in (_of_redis, _of_addresses, _of_mail, _of_reporting, _of_durations):
        faults |= look_for_faults(settings)
    if settings.jobs_lease < 2 * settings.jobs_beat:
        faults["JOBS_LEASE"] = "JOBS_LEASE must be at least twice JOBS_BEAT, or a job that runs is taken for dead"
    if settings.session_touch >= settings.session_idle:
        faults["SESSION_TOUCH"] = "SESSION_TOUCH must be shorter than SESSION_IDLE, or logins end while they are used"
    if settings.database_pool_size <= settings.jobs_parallel:
        faults["DATABASE_POOL_SIZE"] = (
            "DATABASE_POOL_SIZE must be larger than JOBS_PARALLEL, or jobs silence their worker"
        )
    if settings.audit_retention < AUDITED:
        faults["AUDIT_RETENTION"] = (
            "AUDIT_RETENTION must be at least 30 days (P30D): the database forgets nothing younger"
        )
    return faults | _of_production(settings) if settings.in_production else faults


def _of_database(settings: Settings, *, on_a_dyno: bool) -> dict[str, str]:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError):
        return {"DATABASE_URL": "DATABASE_URL must start with sqlite:///, postgresql:// or postgres://"}
    fault, asked = "", {"sslmode": "prefer"} | url.query
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres"}:
        fault = "must start with sqlite:///, postgresql:// or postgres://"
    elif url.get_backend_name() == "sqlite" and on_a_dyno:
        fault = "is SQLite, and a dyno loses its disk at every restart: add PostgreSQL"
    elif url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        fault = "must name a file, like sqlite:////srv/app.sqlite"
    elif url.get_backend_name() != "sqlite" and not url.query.keys() <= IN_DATABASE_URL:
        fault = f"may ask only for {', '.join(sorted(IN_DATABASE_URL))} behind its question mark"
    elif asked.get("ssl", asked["sslmode"]) not in SSL_MODES:
        fault = f"must have an sslmode of {', '.join(SSL_MODES)}"
    return {"DATABASE_URL": f"DATABASE_URL {fault}"} if fault else {}


def _of_redis(settings: Settings) -> dict[str, str]:
    parts, fault = split(settings.redis_url), ""
    if settings.redis_url and parts.scheme not in {"redis", "rediss", "unix"}:
        fault = "must start with redis://, rediss:// or unix://"
    elif not _has_possible_port(parts):
        fault = "must have a number from 1 to 65535 as its port"
    return {"REDIS_URL": f"REDIS_URL {fault}"} if fault else {}


def _of_addresses(settings: Settings) -> dict[str, str]:
    faults = {}
    if not is_web(settings.base_url):
        faults["BASE_URL"] = "BASE_URL must be like https://www.example.com"
    if not all(map(HOST.fullmatch, settings.allowed_hosts)):
        faults["ALLOWED_HOSTS"] = "ALLOWED_HOSTS must be names without scheme and port, like www.example.com"
    if settings.security_contact and not CONTACT.fullmatch(settings.security_contact):
        faults["SECURITY_CONTACT"] = (
            "SECURITY_CONTACT must be like mailto:security@example.com or https://example.com/security"
        )
    if settings.hibp_api_base and not is_web(settings.hibp_api_base):
        faults["HIBP_API_BASE"] = "HIBP_API_BASE must be like https://api.pwnedpasswords.com"
    return faults


def _of_mail(settings: Settings) -> dict[str, str]:
    faults = {}
    if settings.admin_email and not ADDRESS.fullmatch(settings.admin_email):
        faults["ADMIN_EMAIL"] = "ADMIN_EMAIL must be like admin@example.com"
    if not is_web(settings.mail_api_base):
        faults["MAIL_API_BASE"] = "MAIL_API_BASE must be like https://api.mailgun.net"
    if not ADDRESS.fullmatch(settings.mail_address):
        faults["MAIL_ADDRESS"] = f"MAIL_ADDRESS must be like {EXAMPLE_ADDRESS}; the name goes to MAIL_NAME"
    return faults


def _of_durations(settings: Settings) -> dict[str, str]:
    given = {name.upper(): getattr(settings, name) for name in settings.__struct_fields__}
    lengths = {variable: value for variable, value in given.items() if isinstance(value, timedelta)}
    faults = {variable: f"{variable} must not be negative" for variable in lengths if lengths[variable] < timedelta(0)}
    for variable in ("JOBS_SWEEP", "JOBS_BEAT"):
        if lengths[variable] == timedelta(0):
            faults[variable] = f"{variable} must be longer than nothing, or a worker never rests"
    return faults


def _of_reporting(settings: Settings) -> dict[str, str]:
    faults = {
        variable: f"{variable} needs {library}, which is not installed: uv sync --extra reporting"
        for variable, library in REPORTING.items()
        if getattr(settings, variable.lower()) and find_spec(library) is None
    }
    dsn = split(settings.sentry_dsn)
    if settings.sentry_dsn and not (is_web(settings.sentry_dsn) and dsn.username and dsn.path.strip("/")):
        faults["SENTRY_DSN"] = "SENTRY_DSN must be like https://key@host/number"
    return faults


def _of_production(settings: Settings) -> dict[str, str]:
    faults = {}
    if len(settings.secret_key) < SECRET_LENGTH or len(set(settings.secret_key)) < SECRET_VARIETY:
        faults["SECRET_KEY"] = f"SECRET_KEY must be random and at least {SECRET_LENGTH} characters long"
    if settings.admin_password == DOCUMENTED_PASSWORD:
        faults["ADMIN_PASSWORD"] = "ADMIN_PASSWORD is the one that everybody knows from the documentation"  # noqa: S105
    return faults


def split(address: str) -> SplitResult:
    """The parts of an address, or of an empty one when it makes no sense."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def is_web(address: str) -> bool:
    parts = split(address)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and _has_possible_port(parts)


def _has_possible_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False
