"""Invented people."""

import sys

import pytest
from quart import Quart
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts import fake
from app.accounts.models import Permission, Role, User
from app.database import transaction
from tests.people import Person
from tests.terminal import run

PRODUCTION = {"QUART_CONFIG": "production", "SECRET_KEY": "long enough to be taken for a secret"}


async def users(app: Quart) -> list[User]:
    async with app.app_context(), transaction() as db:
        return list(await db.scalars(select(User).options(joinedload(User.role))))


async def test_ten_are_added_unless_another_number_is_given(app: Quart) -> None:
    assert (await run("add-fake-data")).stdout.startswith("Added 10 users. ")
    assert (await run("add-fake-data", "-n", "3")).stdout.startswith("Added 3 users. ")
    assert (await run("add-fake-data", "--number-users", "600")).stdout.startswith("Added 600 users. ")
    assert len(await users(app)) == 613


async def test_they_can_log_in_and_are_no_administrators(app: Quart, ada: Person) -> None:
    async with app.app_context(), transaction() as db:
        db.add(Role(name="Editor", index="main", permissions=Permission.GENERAL | 0x02))
    try:
        printed = (await run("add-fake-data", "-n", "50")).stdout
        invented = await users(app)
        assert {user.role.name for user in invented} == {"User", "Editor"}
        assert all(user.confirmed and user.email.endswith("@example.com") for user in invented)
        password = printed.split()[-1]
        assert (await ada.log_in(email=invented[0].email, password=password)).location == "/"
    finally:
        async with app.app_context(), transaction() as db:
            for user in await db.scalars(select(User)):
                await db.delete(user)
            await db.delete((await db.scalars(select(Role).where(Role.name == "Editor"))).one())


async def test_an_address_that_is_taken_is_skipped(app: Quart, grace: Person) -> None:
    async with app.app_context(), transaction() as db:
        assert await fake.add(db, 3, email=grace.email) == 0
        assert await fake.add(db, 3, email="ada@example.com", last_name="Lovelace") == 1
    assert {user.last_name for user in await users(app)} == {"Hopper", "Lovelace"}


@pytest.mark.usefixtures("app")
async def test_less_than_one_is_refused() -> None:
    done = await run("add-fake-data", "-n", "0")
    assert done.exit_code == 2
    assert "0 is not in the range x>=1" in done.stderr


async def test_production_wants_to_be_forced(app: Quart) -> None:
    done = await run("add-fake-data", **PRODUCTION)
    assert (done.exit_code, await users(app)) == (1, [])
    assert "Give --force if you mean it." in done.stderr
    assert (await run("add-fake-data", "--force", **PRODUCTION)).exit_code == 0


@pytest.mark.usefixtures("app")
async def test_without_the_library_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app.accounts.fake")
    monkeypatch.delattr("app.accounts.fake")
    monkeypatch.setitem(sys.modules, "faker", None)
    done = await run("add-fake-data")
    assert done.exit_code == 1
    assert done.stderr == "Error: This needs Faker, which comes with the development dependencies.\n"
