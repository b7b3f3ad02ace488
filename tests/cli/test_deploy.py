"""What is to be set before a deploy."""

import pytest

from tests.terminal import run

READY = {
    "QUART_CONFIG": "heroku",
    "SECRET_KEY": "correct horse battery staple, 32 and more",
    "BASE_URL": "https://www.acme.example",
    "DATABASE_URL": "postgres://user:password@host/name",
    "REDIS_URL": "rediss://default:secret@host:6379",
    "MAIL_SERVER": "smtp.acme.example",
    "MAIL_PORT": "587",
    "MAIL_ADDRESS": "hello@acme.example",
    "TRUSTED_HOPS": "1",
    "ARGON2_MEMORY_KIB": "",  # which the tests of everything else make cheap
    "ARGON2_TIME_COST": "",
    "ANSWER_TIME": "",
    "LOG_LEVEL": "",
}

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    "changed",
    [{}, {"MAIL_USE_SSL": "True"}, {"MAIL_SERVER": "", "MAIL_KEY": "key"}, {"ADMIN_EMAIL": "boss@acme.example"}],
)
async def test_good_settings_are_ready(changed: dict[str, str]) -> None:
    done = await run("check-deploy", **READY | changed)
    assert (done.exit_code, done.stdout) == (0, "Ready to deploy.\n")


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"QUART_CONFIG": "development"}, "QUART_CONFIG is development, and must be one of production, heroku, unix"),
        ({"QUART_CONFIG": "prod"}, "QUART_CONFIG is prod, and must be one of production, heroku, unix"),
        ({"SECRET_KEY": ""}, "SECRET_KEY IS NOT SET!"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random and at least 32 characters long"),
        ({"BASE_URL": "http://www.acme.example"}, "BASE_URL must be like https://"),
        ({"BASE_URL": "https://localhost"}, "BASE_URL must be like https://"),
        ({"BASE_URL": "nonsense"}, "BASE_URL must be like https://"),
        ({"SSL_DISABLE": "True"}, "SSL_DISABLE must be False"),
        ({"DATABASE_URL": "sqlite:////tmp/x.sqlite"}, "DATABASE_URL is SQLite"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"MAIL_SERVER": ""}, "MAIL_SERVER is not set"),
        ({"MAIL_USE_TLS": "False"}, "MAIL_USE_TLS or MAIL_USE_SSL must be True"),
        ({"MAIL_KEY": "key", "MAIL_API_BASE": "http://api.acme.example"}, "MAIL_API_BASE must start with https://"),
        ({"MAIL_ADDRESS": "no-reply@example.com"}, "MAIL_ADDRESS is the example"),
        ({"ADMIN_EMAIL": "flask-base-admin@example.com"}, "ADMIN_EMAIL is the documented one"),
        ({"ADMIN_PASSWORD": "password"}, "ADMIN_PASSWORD is the one that everybody knows"),
        ({"LOG_FORMAT": "console"}, "LOG_FORMAT must be json"),
        ({"LOG_LEVEL": "debug"}, "LOG_LEVEL must not be debug"),
        ({"TRUSTED_HOPS": "0"}, "TRUSTED_HOPS is 0, so every request seems unencrypted"),
        ({"MAIL_USERNAME": "acme"}, "MAIL_PASSWORD is not set"),
        ({"READYZ_TOKEN": "guess me"}, "READYZ_TOKEN must be random and at least 32 characters long"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS must be random and at least 32 characters long"),
        ({"ARGON2_MEMORY_KIB": "8"}, "ARGON2_MEMORY_KIB must be at least 19456"),
        ({"ARGON2_TIME_COST": "1"}, "ARGON2_TIME_COST must be at least 2"),
        ({"PASSWORD_MIN": "4"}, "PASSWORD_MIN must be at least 8"),
        ({"ADMIN_PASSWORD": "short"}, "ADMIN_PASSWORD must have at least 12 characters"),
        ({"ANSWER_TIME": "0"}, "ANSWER_TIME is 0"),
        ({"BODY_TIMEOUT": "60"}, "BODY_TIMEOUT must be less than 30"),
        ({"RESPONSE_TIMEOUT": "30"}, "RESPONSE_TIMEOUT must be less than 30"),
        ({"SHUTDOWN_TIMEOUT": "30"}, "SHUTDOWN_TIMEOUT must be 20 or less"),
        ({"KEEP_ALIVE": "5"}, "KEEP_ALIVE must be longer than the router's"),
    ],
)
async def test_each_shortcoming_is_said_in_one_line(changed: dict[str, str], line: str) -> None:
    done = await run("check-deploy", **READY | changed)
    assert done.exit_code == 1
    [said] = done.stdout.splitlines()
    assert said.startswith(line)


async def test_all_shortcomings_are_said_at_once_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = {"PORT": "x", "SECRET_KEY": "hunter2", "BASE_URL": "http://[x", "SSL_DISABLE": "perhaps", "REDIS_URL": "x"}
    done = await run("check-deploy", **READY | faulty)
    assert done.exit_code == 1
    assert {line.split()[0].rstrip(":") for line in done.stdout.splitlines()} == set(faulty)
    assert "hunter2" not in done.output
