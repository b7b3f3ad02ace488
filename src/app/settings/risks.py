"""What starts well, but would be regretted in production."""

from datetime import timedelta

from app.settings.faults import SECRET_LENGTH, split
from app.settings.fields import EXAMPLE_ADDRESS, Settings

DOCUMENTED_EMAIL = "flask-base-admin@example.com"
OWN_HOSTS = {"localhost", "127.0.0.1", "::1"}
ARGON2 = {"argon2_memory_kib": 19456, "argon2_time_cost": 2}  # OWASP Password Storage Cheat Sheet
GUESSABLE = 8  # characters (ASVS 5.0, 6.2.1)
ROUTERS_PATIENCE = 30  # seconds, then it answers in our place, or the platform kills what still runs
ROUTERS_MEMORY = timedelta(seconds=60)  # for which most proxies keep a connection; Heroku's for 90 seconds

Risks = list[tuple[bool, str]]


def find_risks(settings: Settings) -> dict[str, str]:
    """One line per variable that should be set, or set differently, under its name."""
    risks = [*_of_site(settings), *_of_services(settings), *_of_mail(settings), *_of_secrets(settings)]
    risks += _of_passwords(settings) + _of_times(settings)
    return {sentence.partition(" ")[0]: sentence for is_so, sentence in risks if is_so}


def _of_site(settings: Settings) -> Risks:
    base = split(settings.base_url)
    return [
        (
            base.scheme != "https" or base.hostname in OWN_HOSTS,
            "BASE_URL must be like https://www.example.com: every mailed link starts with it",
        ),
        (settings.ssl_disable, "SSL_DISABLE must be False, or cookies travel unencrypted"),
        (
            not settings.ssl_disable and settings.trusted_hops == 0,
            "TRUSTED_HOPS is 0, so every request seems unencrypted and is redirected for ever: "
            "set it to the number of proxies in front",
        ),
        (
            settings.admin_email == DOCUMENTED_EMAIL,
            "ADMIN_EMAIL is the documented one: set it to your own address",
        ),
        (settings.log_format != "json", "LOG_FORMAT must be json, for machines to read"),
        (settings.log_level == "debug", "LOG_LEVEL must not be debug, which tells of what libraries send"),
    ]


def _of_services(settings: Settings) -> Risks:
    return [
        (
            settings.database_url.startswith("sqlite"),
            "DATABASE_URL is SQLite, which stays on one machine: set it to postgresql://user:password@host/name",
        ),
        (not settings.redis_url, "REDIS_URL is not set, so mail waits for the next sweep: set it to redis://host:6379"),
    ]


def _of_mail(settings: Settings) -> Risks:
    by_smtp = not settings.mail_key
    encrypted = settings.mail_use_tls or settings.mail_use_ssl or settings.mail_server in OWN_HOSTS
    return [
        (
            by_smtp and not settings.mail_server,
            "MAIL_SERVER is not set, so no mail can leave: set it, or MAIL_KEY for Mailgun",
        ),
        (by_smtp and not encrypted, "MAIL_USE_TLS or MAIL_USE_SSL must be True, or mailed links travel unencrypted"),
        (
            by_smtp and bool(settings.mail_username) and not settings.mail_password,
            "MAIL_PASSWORD is not set, so MAIL_USERNAME cannot log in",
        ),
        (
            not by_smtp and split(settings.mail_api_base).scheme != "https",
            "MAIL_API_BASE must start with https://, or the key travels unencrypted",
        ),
        (settings.mail_address == EXAMPLE_ADDRESS, "MAIL_ADDRESS is the example: set it to an address of your own"),
    ]


def _of_secrets(settings: Settings) -> Risks:
    tokens = {"READYZ_TOKEN": settings.readyz_token and [settings.readyz_token]}
    return [
        (
            any(len(secret) < SECRET_LENGTH for secret in secrets or ()),
            f"{variable} must be random and at least {SECRET_LENGTH} characters long",
        )
        for variable, secrets in (tokens | {"SECRET_KEY_FALLBACKS": settings.secret_key_fallbacks}).items()
    ]


def _of_passwords(settings: Settings) -> Risks:
    weak = [
        (getattr(settings, name) < least, f"{name.upper()} must be at least {least}, or stolen hashes are soon broken")
        for name, least in ARGON2.items()
    ]
    return [
        *weak,
        (settings.password_min < GUESSABLE, f"PASSWORD_MIN must be at least {GUESSABLE}, better 12"),
        (
            0 < len(settings.admin_password) < settings.password_min,
            f"ADMIN_PASSWORD must have at least {settings.password_min} characters",
        ),
        (
            settings.answer_time <= 0,
            "ANSWER_TIME is 0, so the time of an answer tells who has an account: set it to 0.25",
        ),
    ]


def _of_times(settings: Settings) -> Risks:
    too_long = f"must be less than {ROUTERS_PATIENCE}: a router waits no longer"
    return [
        (settings.body_timeout >= ROUTERS_PATIENCE, f"BODY_TIMEOUT {too_long}"),
        (settings.response_timeout >= ROUTERS_PATIENCE, f"RESPONSE_TIMEOUT {too_long}"),
        (
            settings.shutdown_timeout > ROUTERS_PATIENCE - 10,
            f"SHUTDOWN_TIMEOUT must be 20 or less: a platform kills what still runs after {ROUTERS_PATIENCE} seconds",
        ),
        (
            settings.trusted_hops > 0 and settings.keep_alive < ROUTERS_MEMORY,
            "KEEP_ALIVE must be longer than the router's, which else asks on a connection that is being closed: "
            "set it to 95",
        ),
    ]
