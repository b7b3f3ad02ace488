"""What is wrong with settings that are each well-formed."""

from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.settings.fields import Settings

DOCUMENTED_PASSWORD = "password"  # noqa: S105 (flask-base's; refused in production, below)
SECRET_LENGTH, SECRET_VARIETY = 32, 5  # characters, and how many different ones (ASVS 5.0, 11.2.3)


class InvalidSettings(Exception):
    """The environment holds unknown, missing or malformed values: one line per fault."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("\n".join(faults.values()))


def find_faults(settings: Settings, *, on_a_dyno: bool) -> dict[str, str]:
    """One line per variable at fault, under its name; none when all is well."""
    faults = _of_database(settings, on_a_dyno=on_a_dyno) | _of_addresses(settings)
    if settings.outbox_lease <= settings.mail_timeout:
        faults["OUTBOX_LEASE"] = "OUTBOX_LEASE must be longer than MAIL_TIMEOUT, or a slow mail is sent twice"
    return faults | _of_production(settings) if settings.in_production else faults


def _of_database(settings: Settings, *, on_a_dyno: bool) -> dict[str, str]:
    try:
        backend = make_url(settings.database_url).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in {"sqlite", "postgresql", "postgres"}:
        return {"DATABASE_URL": "DATABASE_URL must start with sqlite:///, postgresql:// or postgres://"}
    if backend == "sqlite" and on_a_dyno:
        return {"DATABASE_URL": "DATABASE_URL is SQLite, and a dyno loses its disk at every restart: add PostgreSQL"}
    return {}


def _of_addresses(settings: Settings) -> dict[str, str]:
    faults = {}
    if settings.redis_url and urlsplit(settings.redis_url).scheme not in {"redis", "rediss", "unix"}:
        faults["REDIS_URL"] = "REDIS_URL must start with redis://, rediss:// or unix://"
    base = urlsplit(settings.base_url)
    if base.scheme not in {"http", "https"} or not base.hostname:
        faults["BASE_URL"] = "BASE_URL must be like https://www.example.com"
    return faults


def _of_production(settings: Settings) -> dict[str, str]:
    faults = {}
    if len(settings.secret_key) < SECRET_LENGTH or len(set(settings.secret_key)) < SECRET_VARIETY:
        faults["SECRET_KEY"] = f"SECRET_KEY must be random and at least {SECRET_LENGTH} characters long"
    if settings.admin_password == DOCUMENTED_PASSWORD:
        faults["ADMIN_PASSWORD"] = "ADMIN_PASSWORD is the one that everybody knows from the documentation"  # noqa: S105
    return faults
