"""What starts well, but would be regretted in production."""

from app.settings.faults import split
from app.settings.fields import EXAMPLE_ADDRESS, Settings

DOCUMENTED_EMAIL = "flask-base-admin@example.com"
OWN_HOSTS = {"localhost", "127.0.0.1", "::1"}


def find_risks(settings: Settings) -> dict[str, str]:
    """One line per variable that should be set, or set differently, under its name."""
    base, by_smtp = split(settings.base_url), not settings.mail_key
    encrypted = settings.mail_use_tls or settings.mail_use_ssl or settings.mail_server in OWN_HOSTS
    risks = [
        (
            base.scheme != "https" or base.hostname in OWN_HOSTS,
            "BASE_URL must be like https://www.example.com: every mailed link starts with it",
        ),
        (settings.ssl_disable, "SSL_DISABLE must be False, or cookies travel unencrypted"),
        (
            settings.database_url.startswith("sqlite"),
            "DATABASE_URL is SQLite, which stays on one machine: set it to postgresql://user:password@host/name",
        ),
        (not settings.redis_url, "REDIS_URL is not set, so mail waits for the next sweep: set it to redis://host:6379"),
        (
            by_smtp and not settings.mail_server,
            "MAIL_SERVER is not set, so no mail can leave: set it, or MAIL_KEY for Mailgun",
        ),
        (by_smtp and not encrypted, "MAIL_USE_TLS or MAIL_USE_SSL must be True, or mailed links travel unencrypted"),
        (
            not by_smtp and split(settings.mail_api_base).scheme != "https",
            "MAIL_API_BASE must start with https://, or the key travels unencrypted",
        ),
        (settings.mail_address == EXAMPLE_ADDRESS, "MAIL_ADDRESS is the example: set it to an address of your own"),
        (
            settings.admin_email == DOCUMENTED_EMAIL,
            "ADMIN_EMAIL is the documented one: set it to your own address",
        ),
        (settings.log_format != "json", "LOG_FORMAT must be json, for machines to read"),
    ]
    return {sentence.partition(" ")[0]: sentence for is_so, sentence in risks if is_so}
