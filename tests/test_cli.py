"""The commands, as somebody at a terminal runs them."""

import os
import socket
import subprocess

import pytest
from quart import Quart

from tests.conftest import user_of
from tests.people import Person
from tests.servers import quart

ADMINISTRATOR = {"ADMIN_EMAIL": "boss@example.com", "ADMIN_PASSWORD": "the boss is here"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        quart(*arguments), env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60
    )


async def test_setup_adds_the_administrator_once(app: Quart, ada: Person) -> None:
    assert run("setup-dev", **ADMINISTRATOR).stdout == "Added administrator Admin Account\n"
    again = run("setup-prod", **ADMINISTRATOR)
    assert (again.returncode, again.stdout) == (0, "")
    boss = await user_of(app, "boss@example.com")
    assert boss is not None
    assert boss.confirmed
    assert (await ada.log_in(email="boss@example.com", password="the boss is here")).location == "/admin/"


@pytest.mark.usefixtures("app")
def test_setup_says_what_is_missing() -> None:
    done = run("setup-prod", ADMIN_EMAIL="boss@example.com", ADMIN_PASSWORD="")
    assert done.returncode == 1
    assert done.stderr == "Error: ADMIN_PASSWORD must be set, for the first administrator.\n"


@pytest.mark.usefixtures("app")
def test_help_tells_every_command_in_a_line() -> None:
    printed = run("--help").stdout
    for command in ("web", "worker", "dev", "db", "migrate", "revision", "insert-roles", "setup-dev", "setup-prod"):
        assert f"\n  {command} " in printed


def test_dev_says_that_the_port_is_taken_and_starts_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("dev", QUART_APP="app", QUART_CONFIG="development", PORT=port)
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken. Stop what uses it, or choose another: PORT=8123 just dev\n"


def test_dev_refuses_to_run_in_production() -> None:
    production = {
        "QUART_CONFIG": "production",
        "SECRET_KEY": "long enough to be taken for a secret",
        "DATABASE_URL": "sqlite:////tmp/never.sqlite",
    }
    done = run("dev", QUART_APP="app", **production)
    assert done.returncode == 1
    assert "this is for development" in done.stderr
