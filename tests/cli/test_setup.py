"""A database that people can come in to."""

import pytest
from quart import Quart

from tests.conftest import user_of
from tests.people import Person
from tests.terminal import run

ADMINISTRATOR = {"ADMIN_EMAIL": "boss@example.com", "ADMIN_PASSWORD": "the boss is here"}


async def test_setup_adds_the_administrator_once(app: Quart, ada: Person) -> None:
    assert (await run("setup-dev", **ADMINISTRATOR)).stdout == "Added administrator Admin Account\n"
    again = await run("setup-prod", **ADMINISTRATOR)
    assert (again.exit_code, again.stdout) == (0, "")
    boss = await user_of(app, "boss@example.com")
    assert boss is not None
    assert boss.confirmed
    assert (await ada.log_in(email="boss@example.com", password="the boss is here")).location == "/admin/"


@pytest.mark.usefixtures("app")
async def test_setup_says_what_is_missing() -> None:
    done = await run("setup-prod", ADMIN_EMAIL="boss@example.com", ADMIN_PASSWORD="")
    assert done.exit_code == 1
    assert done.stderr == "Error: ADMIN_PASSWORD must be set, for the first administrator.\n"


@pytest.mark.usefixtures("app")
async def test_in_production_the_administrator_has_a_password_like_everybody() -> None:
    production = {"QUART_CONFIG": "production", "ADMIN_EMAIL": "boss@example.com", "ADMIN_PASSWORD": "hunter2"}
    done = await run("setup-prod", **production)
    assert (done.exit_code, done.stderr) == (1, "Error: A password has at least 12 characters.\n")
