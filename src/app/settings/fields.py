"""What can be set: one field per variable, named like it in lower case."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

ROOT = Path(__file__).parents[3]
VAR = ROOT / "var"
IN_PRODUCTION = ("production", "heroku", "unix")
EXAMPLE_ADDRESS = "no-reply@example.com"

Name = Literal["development", "testing", "production", "heroku", "unix"]
Positive = Annotated[int, Meta(ge=1)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=3600)]
RATE = r"[1-9]\d*/([1-9]\d* ?)?(second|minute|hour|day)s?"
Rate = Annotated[str, Meta(pattern=f"^{RATE}(, ?{RATE})*$")]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Durations are given in seconds or as ISO 8601 has them (`PT10M`), lists with commas, limits as `10/5 minutes`."""

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
    """Processes that serve pages; each has its own connections to the database."""
    keep_alive: timedelta = timedelta(seconds=5)
    """How long a connection is kept for another request, or for a slow one to begin; 95 s behind proxies, which keep
    theirs for up to 90."""
    trusted_hops: Annotated[int, Meta(ge=0, le=9)] = 0
    """Proxies in front that say truly whom they speak for; 1 with `heroku`."""
    ssl_disable: bool = True
    """`False`: HTTPS only, by redirect and HSTS, and cookies with the `__Host-` prefix."""
    maintenance: bool = False
    """`True`: administrators only; everybody else gets 503 and is asked to come back."""

    security_contact: str = ""
    """Whom to tell of a hole, `mailto:security@example.com` or a page, for `/.well-known/security.txt`."""

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
    password_score: Annotated[int, Meta(ge=0, le=4)] = 2
    """How hard a password must be to guess, as zxcvbn reckons: 2 is a million guesses, 4 ten thousand million."""
    hibp_api_base: str = ""
    """Where to ask which passwords have leaked, `https://api.pwnedpasswords.com`; without it, nobody is asked."""
    hibp_timeout: Seconds = 2
    """Seconds until a password that nobody has told of counts as one that has not leaked."""
    argon2_time_cost: Positive = 2
    """Passes over the memory (OWASP: 2)."""
    argon2_memory_kib: Annotated[int, Meta(ge=8)] = 19456
    """KiB of memory a hash (OWASP: 19456)."""
    hashing_threads: Positive = max(1, min(4, (os.cpu_count() or 1) // 2))
    """Passwords hashed at once; half as many as there are processors, which have other things to do, and at most 4."""
    hashing_queue: Annotated[int, Meta(ge=0)] = 32
    """Passwords that may wait; more get 503."""

    session_idle: timedelta = timedelta(hours=2)
    """How long a login lasts that is not used."""
    session_lifetime: timedelta = timedelta(hours=24)
    """How long a login lasts, however much it is used."""
    session_touch: timedelta = timedelta(minutes=5)
    """How often it is written down that a login is used."""
    sessions_per_user: Positive = 10
    """Browsers that one may be logged in with; one more, and the oldest is logged out."""
    remember_lifetime: timedelta = timedelta(days=30)
    """How long a login with “Keep me logged in” lasts, used or not."""
    remember_reissue: timedelta = timedelta(days=7)
    """How long such a login keeps its token, if it is used; then it gets another one."""
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

    limit_logins: Rate = "30/minute"
    """Passwords that somebody may send from one IP address, right or wrong; of IPv6, from one /64."""
    limit_wrong_by_ip: Rate = "10/5 minutes"
    """Wrong passwords from one IP address."""
    limit_wrong_by_account_and_ip: Rate = "5/5 minutes"
    """Wrong passwords for one account from one IP address."""
    limit_wrong_by_account: Rate = "50/hour"
    """Wrong passwords for one account, from wherever."""
    limit_wrong_at_all: Rate = "1000/5 minutes"
    """Wrong passwords for all accounts, from wherever; more are an attack, which is logged and slows logins down."""
    limit_alarms: Rate = "1/5 minutes"
    """How often such an attack is logged."""
    slow_mode: Annotated[float, Meta(ge=0, le=3600)] = 2
    """Seconds that every login waits during such an attack."""
    limit_registrations: Rate = "10/hour"
    """Registrations from one IP address."""
    limit_registration_mails: Rate = "3/hour"
    """Mails to one address because somebody registers it."""
    limit_resets: Rate = "20/minute"
    """Reset links that may be asked for from one IP address."""
    limit_reset_mails: Rate = "3/hour"
    """Reset links that are mailed to one address."""
    limit_confirmation_mails: Rate = "1/3 minutes, 5/day"
    """Further confirmation links that are mailed to one user."""
    limit_links: Rate = "20/minute"
    """Mailed links that may be opened or used from one IP address."""
    limit_password_changes: Rate = "5/minute"  # noqa: S105 (a number)
    """Tries of a user to change the password."""
    limit_email_changes: Rate = "5/hour"
    """Tries of a user to change the address."""
    limit_admin_mails: Rate = "30/hour"
    """Invitations and reset links that one administrator may have sent."""

    answer_time: Annotated[float, Meta(ge=0, le=3600)] = 0.25
    """Seconds that an answer takes which must not tell whether an address is known."""
    max_headers: Positive = 100
    """Headers of a request, at most."""
    max_headers_length: Positive = 16384
    """Bytes of a request's headers, at most."""
    max_content_length: Positive = 65536
    """Bytes of a request's body, at most."""
    editor_max_content_length: Positive = 524288
    """Bytes of a page that an administrator edits, at most."""
    body_timeout: Positive = 10
    """Seconds to receive a request's body in."""
    response_timeout: Positive = 25
    """Seconds in which a client takes its answer, or goes on taking a long one."""
    shutdown_timeout: Positive = 20
    """Seconds that requests and mails may take to finish."""
    database_pool_size: Positive = 6
    """Connections to PostgreSQL a process; more than JOBS_PARALLEL, so that a worker is heard beside its jobs."""
    database_timeout: Seconds = 2.5
    """Seconds to wait for a statement, or on SQLite for one's turn to write; a hanging server may cost two more."""
    redis_timeout: Seconds = 0.5
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
    jobs_backoff: tuple[Annotated[float, Meta(ge=0)], ...] = (5, 30, 120, 600, 1800, 3600, 10800, 21600)
    """Seconds to wait after each failed try; the last one repeats."""
    jobs_retry_for: timedelta = timedelta(hours=24)
    """How long after its first try a job that fails is tried again."""
    breaker_failures: Positive = 5
    """Failures in a row after which mails, or other jobs of the same name, pause."""
    breaker_pause: timedelta = timedelta(seconds=10)
    """How long they pause each time, and how long Redis is left alone once it was away."""
    worker_in_web: bool = False
    """`True`: the web process does the jobs too, and needs no worker beside it and no Redis."""
    live_for: timedelta = timedelta(seconds=60)
    """How long a page is told of changes before its browser has to ask again."""
    retention: timedelta = timedelta(days=30)
    """How long what has ended is kept: jobs, mails, links and sessions."""
    audit_retention: timedelta = timedelta(days=365)
    """How long the audit trail reaches back; at least 30 days, within which the database refuses to forget."""
    readyz_token: str = ""
    """Who sends it as a bearer token sees the details of `/readyz`, and `/metrics`, as administrators do."""

    @property
    def in_production(self) -> bool:
        return self.quart_config in IN_PRODUCTION

    @property
    def cookie_prefix(self) -> str:
        """What makes a browser take a cookie from this very host over TLS only (RFC 6265bis, 4.1.3)."""
        return "" if self.ssl_disable else "__Host-"

    @property
    def database(self) -> "URL":
        """The database's URL with the asynchronous driver that SQLAlchemy needs to be told."""
        from sqlalchemy.engine import make_url

        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
        query.pop("channel_binding", None)  # asyncpg has no word for it
        return url.set(drivername="postgresql+asyncpg", query=query)

    def __repr__(self) -> str:
        return f"<Settings {self.quart_config!r}>"  # never the secrets
