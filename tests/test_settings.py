"""What can be set, and what happens when it is set wrongly."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.settings import InvalidSettings, read
from tests.servers import quart

STRONG = "correct horse battery staple, 32 and more"
PRODUCTION = {"QUART_CONFIG": "production", "SECRET_KEY": STRONG, "DATABASE_URL": "postgresql://db/app"}


def test_without_anything_set_it_is_development_on_sqlite() -> None:
    chosen = read({})
    assert chosen.quart_config == "development"
    assert chosen.database.get_backend_name() == "sqlite"
    assert chosen.base_url == "http://localhost:5000"
    assert (chosen.admin_email, chosen.admin_password) == ("flask-base-admin@example.com", "password")


def test_the_secret_of_a_checkout_stays_the_same() -> None:
    assert read({}).secret_key == read({}).secret_key
    assert len(read({}).secret_key) >= 32


def test_texts_become_what_they_stand_for() -> None:
    chosen = read({"PORT": "8123", "SSL_DISABLE": "False", "CONFIRM_LIFETIME": "PT10M", "JOBS_BACKOFF": "1, 2"})
    assert (chosen.port, chosen.ssl_disable) == (8123, False)
    assert chosen.confirm_lifetime == timedelta(minutes=10)
    assert chosen.jobs_backoff == (1.0, 2.0)
    assert read({"CONFIRM_LIFETIME": "90"}).confirm_lifetime == timedelta(seconds=90)


def test_an_empty_variable_is_an_unset_one() -> None:
    assert read({"PORT": "", "APP_NAME": " "}) == read({})


def test_the_old_names_are_understood_and_the_new_ones_win() -> None:
    assert read({"FLASK_CONFIG": "testing"}).quart_config == "testing"
    assert read({"FLASK_CONFIG": "testing", "QUART_CONFIG": "default"}).quart_config == "development"
    assert read({"REDISTOGO_URL": "redis://somewhere:1"}).redis_url == "redis://somewhere:1"
    assert read({"MAIL_API": "old"}).mail_key == "old"
    assert read({"MAIL_API": "old", "MAIL_KEY": "new"}).mail_key == "new"


def test_some_defaults_follow_from_what_is_set() -> None:
    assert read({}).allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert read(PRODUCTION).allowed_hosts == ()
    assert read({"ALLOWED_HOSTS": "acme.example, www.acme.example"}).allowed_hosts == (
        "acme.example",
        "www.acme.example",
    )
    assert read({}).mail_domain == "example.com"
    assert read({"MAIL_ADDRESS": "hello@acme.example"}).mail_domain == "acme.example"
    assert read({"MAIL_ADDRESS": "hello@acme.example", "MAIL_DOMAIN": "mg.acme.example"}).mail_domain == (
        "mg.acme.example"
    )


def test_heroku_has_a_proxy_in_front_and_unix_a_log_of_its_own() -> None:
    production, heroku, unix = (read(PRODUCTION | {"QUART_CONFIG": name}) for name in ("production", "heroku", "unix"))
    assert [chosen.trusted_hops for chosen in (production, heroku, unix)] == [0, 1, 0]
    assert [chosen.syslog for chosen in (production, heroku, unix)] == ["", "", "/dev/log"]
    assert all(chosen.in_production and not chosen.ssl_disable for chosen in (production, heroku, unix))


def test_only_on_heroku_the_certificate_of_redis_may_be_anybodys() -> None:
    redis = {"REDIS_URL": "rediss://:secret@host:6380"}
    assert read(PRODUCTION | redis).redis_url == "rediss://:secret@host:6380"
    heroku = PRODUCTION | redis | {"QUART_CONFIG": "heroku"}
    assert read(heroku).redis_url == "rediss://:secret@host:6380?ssl_cert_reqs=none"
    assert read(heroku | {"REDIS_URL": "redis://host"}).redis_url == "redis://host"
    assert read(PRODUCTION | {"QUART_CONFIG": "heroku"}).redis_url == ""


def test_connections_are_kept_for_longer_than_a_router_keeps_them() -> None:
    assert read(PRODUCTION).keep_alive == timedelta(seconds=5)
    assert read(PRODUCTION | {"TRUSTED_HOPS": "2"}).keep_alive == timedelta(seconds=95)
    assert read(PRODUCTION | {"QUART_CONFIG": "heroku"}).keep_alive == timedelta(seconds=95)
    assert read(PRODUCTION | {"TRUSTED_HOPS": "2", "KEEP_ALIVE": "7"}).keep_alive == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("given", "driver", "query"),
    [
        ("postgres://u:p@h:5432/d", "postgresql+asyncpg", {}),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+asyncpg", {"ssl": "require"}),
        ("postgresql://h/d?sslmode=require&channel_binding=require", "postgresql+asyncpg", {"ssl": "require"}),
        ("sqlite:////tmp/x.sqlite", "sqlite+aiosqlite", {}),
    ],
)
def test_a_database_is_named_as_a_paas_names_it(given: str, driver: str, query: dict[str, str]) -> None:
    url = read({"DATABASE_URL": given}).database
    assert (url.drivername, dict(url.query)) == (driver, query)


def test_development_and_testing_have_databases_of_their_own() -> None:
    named = {"DEV_DATABASE_URL": "sqlite:///d", "TEST_DATABASE_URL": "sqlite:///t", "DATABASE_URL": "sqlite:///x"}
    assert read(named).database_url == "sqlite:///d"
    assert read(named | {"QUART_CONFIG": "testing"}).database_url == "sqlite:///t"
    assert read(PRODUCTION | {"DEV_DATABASE_URL": "sqlite:///d"}).database_url == "postgresql://db/app"


def test_production_is_strict() -> None:
    chosen = read(PRODUCTION)
    assert not chosen.ssl_disable
    assert chosen.mail_use_tls
    assert chosen.log_format == "json"
    assert (chosen.admin_email, chosen.admin_password) == ("", "")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY IS NOT SET!"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random and at least 32 characters long"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY must be random and at least 32 characters long"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must start with"),
        ({"DATABASE_URL": "sqlite:///x", "DYNO": "web.1"}, "DATABASE_URL is SQLite, and a dyno loses its disk"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL must start with"),
        ({"BASE_URL": "www.example.com"}, "BASE_URL must be like"),
        ({"REDIS_URL": "redis://[x"}, "REDIS_URL must start with"),
        ({"BASE_URL": "https://[x"}, "BASE_URL must be like"),
        ({"MAIL_API_BASE": "api.mailgun.net"}, "MAIL_API_BASE must be like"),
        ({"MAIL_ADDRESS": "Acme <hello@acme.example>"}, "MAIL_ADDRESS must be like"),
        ({"SENTRY_DSN": "https://sentry.example/1"}, "SENTRY_DSN must be like"),
        ({"TRUSTED_HOPS": "-1"}, "TRUSTED_HOPS: expected `int` >= 0"),
        ({"TRUSTED_HOPS": "10"}, "TRUSTED_HOPS: expected `int` <= 9"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY: expected `int` >= 1"),
        ({"PORT": "70000"}, "PORT: expected `int` <= 65535"),
        ({"PORT": "five"}, "PORT: expected `int`"),
        ({"MAIL_USE_TLS": "perhaps"}, "MAIL_USE_TLS: expected `bool`"),
        ({"ADMIN_PASSWORD": "password"}, "ADMIN_PASSWORD is the one that everybody knows"),
        ({"LIMIT_LOGINS": "often"}, "LIMIT_LOGINS: expected a limit like 10/5 minutes"),
        ({"LIMIT_LOGINS": "0/minute"}, "LIMIT_LOGINS: expected a limit like 10/5 minutes"),
        ({"LOG_LEVEL": "INFO"}, "LOG_LEVEL: expected one of debug, info, warning, error"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL must name a file"),
        ({"DATABASE_URL": "postgresql://h/d?application_name=x"}, "DATABASE_URL may ask only for"),
        ({"DATABASE_URL": "postgresql://h/d?sslmode=bogus"}, "DATABASE_URL must have an sslmode of"),
        ({"DATABASE_TIMEOUT": "inf"}, "DATABASE_TIMEOUT: expected `float` <= 3600"),
        ({"REDIS_URL": "redis://h:abc/0"}, "REDIS_URL must have a number from 1 to 65535 as its port"),
        ({"BASE_URL": "http://localhost:abc"}, "BASE_URL must be like"),
        ({"ALLOWED_HOSTS": "acme.example:8080"}, "ALLOWED_HOSTS must be names without"),
        ({"ADMIN_EMAIL": "nonsense"}, "ADMIN_EMAIL must be like"),
        ({"MAIL_ADDRESS": "hello@"}, "MAIL_ADDRESS must be like"),
        ({"SECRET_KEY": " "}, "SECRET_KEY IS NOT SET!"),
        ({"RESET_LIFETIME": "-1"}, "RESET_LIFETIME must not be negative"),
        ({"JOBS_SWEEP": "0"}, "JOBS_SWEEP must be longer than nothing"),
        ({"JOBS_BACKOFF": "5,-5"}, "JOBS_BACKOFF: expected `float` >= 0"),
        ({"SESSION_TOUCH": "PT2H"}, "SESSION_TOUCH must be shorter than SESSION_IDLE"),
        ({"HIBP_API_BASE": "api.pwnedpasswords.com"}, "HIBP_API_BASE must be like"),
        ({"SECURITY_CONTACT": "security@acme.example"}, "SECURITY_CONTACT must be like mailto:"),
        ({"SECURITY_CONTACT": "https://acme.example\nExpires: 1"}, "SECURITY_CONTACT must be like mailto:"),
        ({"JOBS_PARALLEL": "6"}, "DATABASE_POOL_SIZE must be larger than JOBS_PARALLEL"),
        ({"JOBS_LEASE": "9"}, "JOBS_LEASE must be at least twice JOBS_BEAT"),
        ({"AUDIT_RETENTION": "P29D"}, "AUDIT_RETENTION must be at least 30 days"),
        ({"QUART_CONFIG": "prod"}, "QUART_CONFIG must be default or one of"),
    ],
)
def test_a_fault_is_said_in_one_line(changed: dict[str, str], fault: str) -> None:
    with pytest.raises(InvalidSettings) as raised:
        read(PRODUCTION | changed)
    [line] = str(raised.value).splitlines()
    assert line.startswith(fault)


@pytest.mark.parametrize(
    ("given", "library", "fault"),
    [
        ({"SENTRY_DSN": "https://key@sentry.example/1"}, "sentry_sdk", "SENTRY_DSN needs sentry_sdk, which is not"),
        ({"RAYGUN_APIKEY": "key"}, "raygun4py", "RAYGUN_APIKEY needs raygun4py, which is not"),
    ],
)
def test_a_library_that_is_needed_and_not_installed_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], library: str, fault: str
) -> None:
    read(given)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InvalidSettings) as raised:
        read(given)
    [line] = str(raised.value).splitlines()
    assert line.startswith(fault)


def test_all_faults_are_said_at_once_and_stop_the_start() -> None:
    faulty = PRODUCTION | {"SECRET_KEY": "hunter2", "PORT": "x", "REDIS_URL": "x"}
    done = subprocess.run(
        quart("routes"), env=os.environ | faulty | {"QUART_APP": "app"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 3
    assert "hunter2" not in done.stdout + done.stderr


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    assert STRONG not in repr(read(PRODUCTION))


def test_an_env_file_is_read_with_spaces_and_quotes_and_the_environment_wins(tmp_path: Path) -> None:
    checkout = Path(__file__).parents[1]
    for name in ("src", "alembic.ini"):
        (tmp_path / name).symlink_to(checkout / name)
    (tmp_path / ".env").write_text("MAIL_NAME = 'My Own Name'\nMAIL_ADDRESS=a=b@example.com\nAPP_NAME=File\n")
    (tmp_path / "config.env").write_text("MAIL_NAME=other\nMAIL_DOMAIN = mg.example.com\n")
    copied = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(checkout / "src"), str(copied)], check=True)
    code = (
        "import os; from app.settings import settings as s; c = s(); "
        "print(c.mail_name, c.mail_address, c.app_name, os.getenv('MAIL_DOMAIN'))"
    )
    done = subprocess.run(
        [quart()[0].replace("quart", "python"), "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "copy"), "APP_NAME": "Environment"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "My Own Name a=b@example.com Environment mg.example.com"
    assert "Importing environment from .env file" in done.stderr
