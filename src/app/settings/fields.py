"""What can be set: one field per variable, named like it in lower case."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy.engine import URL, make_url

ROOT = Path(__file__).parents[3]
VAR = ROOT / "var"
IN_PRODUCTION = ("production", "heroku", "unix")
EXAMPLE_ADDRESS = "no-reply@example.com"

Name = Literal["development", "testing", "production", "heroku", "unix"]
Positive = Annotated[int, Meta(ge=1)]
Port = Annotated[int, Meta(ge=1, le=65535)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Durations are given in seconds or as ISO 8601 has them (`PT10M`), lists with commas."""

    quart_config: Name = "development"
    """Which configuration applies."""
    app_name: str = "Quart-Base"
    """In titles, mails and the subject prefix."""
    secret_key: str
    """Signs cookies and links; random per checkout in development."""
    secret_key_fallbacks: tuple[str, ...] = ()
    """Former keys that still verify, newest first, comma separated."""
    base_url: str
    """Every mailed link starts here."""
    allowed_hosts: tuple[str, ...] = ()
    """The names that browsers may call us by, besides the one in BASE_URL."""
    host: str = "127.0.0.1"
    """The address that the web server listens on."""
    port: Port = 5000
    """The port that the web server listens on."""
    web_concurrency: Positive = 1
    """Processes that serve pages."""
    trusted_hops: Annotated[int, Meta(ge=0, le=9)] = 0
    """Proxies in front that say truly whom they speak for; 1 with `heroku`."""
    ssl_disable: bool = True
    """`False`: HTTPS only, by redirect and HSTS, and cookies with the `__Host-` prefix."""

    database_url: str
    """SQLite or PostgreSQL."""
    redis_url: str = ""
    """The doorbell of the worker; without it the worker only sweeps."""

    admin_email: str = ""
    """The first administrator, made by setup-dev and setup-prod."""
    admin_password: str = ""
    """The first administrator's password."""

    mail_server: str = ""
    """The SMTP server's host name; `localhost` outside production."""
    mail_port: Port = 25
    """The SMTP server's port."""
    mail_username: str = ""
    """The user name for SMTP AUTH; without one, mail is sent unauthenticated."""
    mail_password: str = ""
    """The password for it."""
    mail_use_tls: bool = False
    """Insist on STARTTLS."""
    mail_use_ssl: bool = False
    """Speak TLS from the first byte."""
    mail_timeout: timedelta = timedelta(seconds=30)
    """How long one SMTP command may take."""
    mail_name: str = "My Visible Name"
    """The sender's visible name."""
    mail_address: str = EXAMPLE_ADDRESS
    """The sender's address."""
    mail_domain: str = ""
    """The right half of every Message-ID, and the domain at Mailgun; the host of MAIL_ADDRESS."""
    mail_key: str = ""
    """The key of Mailgun's API; with it, mail leaves that way instead of by SMTP."""
    mail_api_base: str = "https://api.mailgun.net"
    """Where Mailgun's API is; `https://api.eu.mailgun.net` in the EU."""

    maildir: str = str(VAR / "mail")
    """Where the mail catcher of `just dev` keeps mail."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged."""
    log_format: Literal["console", "json"] = "console"
    """For people or for machines."""
    syslog: str = ""
    """The socket of the system's log, which gets warnings too; `/dev/log` with `unix`."""
    sentry_dsn: str = ""
    """Where Sentry wants to hear of errors."""
    raygun_apikey: str = ""
    """The key under which Raygun hears of errors."""

    password_min: Positive = 12
    """Characters of a password, at least."""
    password_max: Positive = 256
    """Characters of a password, at most."""
    argon2_time_cost: Positive = 2
    """Passes over the memory (OWASP: 2)."""
    argon2_memory_kib: Positive = 19456
    """KiB of memory a hash (OWASP: 19456)."""
    hashing_threads: Positive = min(4, os.cpu_count() or 1)
    """Passwords hashed at once."""
    hashing_queue: Annotated[int, Meta(ge=0)] = 32
    """Passwords that may wait; more get 503."""

    session_lifetime: timedelta = timedelta(hours=24)
    """How long a login lasts."""
    remember_lifetime: timedelta = timedelta(days=30)
    """How long a login with “Keep me logged in” lasts."""
    sudo_lifetime: timedelta = timedelta(minutes=10)
    """How long after the password was given it is not asked for again before what could cost an account."""
    reset_lifetime: timedelta = timedelta(hours=1)
    """How long a link that resets a password works."""
    change_email_lifetime: timedelta = timedelta(hours=1)
    """How long a link that changes an address works."""
    invite_lifetime: timedelta = timedelta(days=7)
    """How long an invitation works."""
    confirm_lifetime: timedelta = timedelta(days=7)
    """How long a link that confirms an account works."""

    answer_time: Annotated[float, Meta(ge=0)] = 0.25
    """Seconds that an answer takes which must not tell whether an address is known."""
    max_content_length: Positive = 65536
    """Bytes of a request's body, at most."""
    editor_max_content_length: Positive = 524288
    """Bytes of a page that an administrator edits, at most."""
    body_timeout: Positive = 10
    """Seconds to receive a request's body in."""
    response_timeout: Positive = 25
    """Seconds to send a response in."""
    shutdown_timeout: Positive = 20
    """Seconds that requests and mails may take to finish."""
    database_pool_size: Positive = 6
    """Connections to PostgreSQL a process; more than JOBS_PARALLEL, so that a worker is heard beside its jobs."""
    redis_timeout: Annotated[float, Meta(gt=0)] = 0.5
    """Seconds until Redis counts as away."""

    jobs_sweep: timedelta = timedelta(seconds=2)
    """How often a worker looks for jobs without being rung."""
    jobs_beat: timedelta = timedelta(seconds=5)
    """How often a worker says that it lives, and starts what the clock asks for."""
    jobs_lease: timedelta = timedelta(seconds=60)
    """How long a worker may be silent before its jobs go to another."""
    jobs_parallel: Positive = 5
    """Jobs, and so mails, done at once by a worker."""
    jobs_per_lane: Positive = 2
    """Of these, how many mails to the same domain, or other jobs of the same name."""
    jobs_backoff: tuple[float, ...] = (5, 30, 120, 600, 1800, 3600, 10800, 21600)
    """Seconds to wait after each failed try; the last one repeats."""
    jobs_retry_for: timedelta = timedelta(hours=24)
    """How long after its first try a job that fails is tried again."""
    breaker_failures: Positive = 5
    """Failures in a row after which mails, or other jobs of the same name, pause."""
    breaker_pause: timedelta = timedelta(seconds=10)
    """How long they pause each time."""
    worker_in_web: bool = False
    """`True`: the web process does the jobs too, and needs no worker beside it and no Redis."""
    live_for: timedelta = timedelta(seconds=60)
    """How long a page is told of changes before its browser has to ask again."""
    retention: timedelta = timedelta(days=30)
    """How long what has ended is kept: jobs, mails, links and sessions."""
    audit_retention: timedelta = timedelta(days=365)
    """How long the audit trail reaches back; at least 30 days, within which the database refuses to forget."""
    readyz_token: str = ""
    """Who sends it as a bearer token sees the details of `/readyz`, as administrators do."""

    @property
    def in_production(self) -> bool:
        return self.quart_config in IN_PRODUCTION

    @property
    def cookie_prefix(self) -> str:
        """What makes a browser take a cookie from this very host over TLS only (RFC 6265bis, 4.1.3)."""
        return "" if self.ssl_disable else "__Host-"

    @property
    def database(self) -> URL:
        """The database's URL with the asynchronous driver that SQLAlchemy needs to be told."""
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
        return url.set(drivername="postgresql+asyncpg", query=query)

    def __repr__(self) -> str:
        return f"<Settings {self.quart_config!r}>"  # never the secrets
