"""What is done with a password while it is being reset."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import func, select

from app.accounts import passwords, users
from app.accounts.models import UserSession
from app.database import session, transaction
from app.web import sudo
from app.web.account import login, manage
from tests.people import Person

Reset = Callable[[], Awaitable[None]]


@pytest.fixture
def reset(app: Quart, grace: Person) -> Reset:
    """What Grace does meanwhile, by the link in her mail."""

    async def reset() -> None:
        async with app.app_context(), transaction() as db:
            await passwords.replace(db, await users.find(db, grace.email), password_hash="of another password")

    return reset


async def sessions_of(app: Quart) -> int:
    async with app.app_context():
        return (await session().scalars(select(func.count()).select_from(UserSession))).one()


async def test_a_login_with_the_old_password_does_not_survive(
    app: Quart, grace: Person, reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def meanwhile(*_: object) -> None:
        await reset()

    monkeypatch.setattr(login, "_renew_hash", meanwhile)
    page = await grace.log_in()
    assert (page.status, page.messages) == (422, ["Invalid email or password."])
    assert await sessions_of(app) == 0


async def test_a_change_with_the_old_password_does_not_overwrite_the_new_one(
    app: Quart, grace: Person, reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grace.log_in()
    check_password = sudo.check_password

    async def meanwhile(*arguments: Any) -> None:
        await check_password(*arguments)
        await reset()

    monkeypatch.setattr(manage, "check_password", meanwhile)
    new = "a thief would like this one"
    form = {"old_password": grace.password, "new_password": new, "new_password2": new}
    page = await grace.submit("/account/manage/change-password", **form)
    assert str(page.location).startswith("/account/login")
    async with app.app_context():
        assert (await users.find(session(), grace.email)).password_hash == "of another password"
    assert await sessions_of(app) == 0


async def test_whoever_is_deactivated_or_deleted_meanwhile_is_not_logged_in(
    app: Quart, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for verb in (users.deactivate, users.delete):

        async def meanwhile(*_: object, verb: Any = verb) -> None:
            async with app.app_context(), transaction() as db:
                await verb(db, await users.find(db, grace.email), by=None)

        monkeypatch.setattr(login, "_renew_hash", meanwhile)
        assert (await grace.log_in()).status == 422
        assert await sessions_of(app) == 0
        async with app.app_context(), transaction() as db:
            if verb is users.deactivate:
                await users.activate(db, await users.find(db, grace.email))
