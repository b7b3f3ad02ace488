"""How long a login lasts, and how many there may be."""

import asyncio
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from app.accounts.models import UserSession
from app.database import from_now, session, transaction
from app.engine import Turns
from tests.people import Person

ACCOUNT = "/account/manage"


async def change(app: Quart, **columns: object) -> None:
    """Let time pass for the sessions that there are."""
    async with app.app_context(), transaction() as db:
        await db.execute(update(UserSession).values(columns))


async def remaining(app: Quart) -> timedelta:
    """How long the only session will live."""
    async with app.app_context():
        ends, now = (await session().execute(select(UserSession.expires_at, from_now()))).one()
        left: timedelta = ends - now
        return left


def updates(queries: list[str]) -> list[str]:
    return [query for query in queries if query.startswith("UPDATE")]


def about(**duration: int) -> Any:
    return pytest.approx(timedelta(**duration), abs=timedelta(minutes=1))


async def test_a_login_that_is_not_used_lasts_two_hours(app: Quart, grace: Person) -> None:
    await grace.log_in()
    assert await remaining(app) == about(hours=2)
    await change(app, expires_at=from_now(timedelta(seconds=-1)))
    assert (await grace.visit(ACCOUNT)).status == 302


async def test_one_that_is_used_goes_on(app: Quart, grace: Person) -> None:
    await grace.log_in()
    await change(app, expires_at=from_now(timedelta(minutes=10)))
    assert (await grace.visit(ACCOUNT)).status == 200
    assert await remaining(app) == about(hours=2)


async def test_that_it_is_used_is_written_down_once_in_a_while(app: Quart, grace: Person, queries: list[str]) -> None:
    await grace.log_in()
    await change(app, expires_at=from_now(timedelta(minutes=117)))
    queries.clear()
    await grace.visit(ACCOUNT)
    assert updates(queries) == []
    await change(app, expires_at=from_now(timedelta(minutes=113)))
    await grace.visit(ACCOUNT)
    assert await remaining(app) == about(minutes=120)


async def test_what_a_script_fetches_while_nobody_looks_is_no_use(app: Quart, grace: Person) -> None:
    await grace.log_in()
    await change(app, expires_at=from_now(timedelta(minutes=10)))
    assert (await grace.visit(ACCOUNT, headers={"Sec-Fetch-Mode": "cors"})).status == 200
    assert await remaining(app) == about(minutes=10)


async def test_a_page_is_not_lost_when_there_is_no_turn_to_write_down_that_it_is_used(
    app: Quart, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grace.log_in()
    await change(app, expires_at=from_now(timedelta(minutes=10)))
    monkeypatch.setitem(app.extensions, "turns", Turns(patience=0.1))
    async with app.extensions["turns"]:
        assert (await grace.visit(ACCOUNT)).status == 200
    assert await remaining(app) == about(minutes=10)


async def test_after_a_day_it_ends_however_much_it_is_used(app: Quart, grace: Person, queries: list[str]) -> None:
    await grace.log_in()
    await change(app, created_at=from_now(-timedelta(hours=23)), expires_at=from_now(timedelta(minutes=10)))
    assert (await grace.visit(ACCOUNT)).status == 200
    assert await remaining(app) == about(hours=1)
    queries.clear()
    assert (await grace.visit(ACCOUNT)).status == 200
    assert updates(queries) == [], "there is no more time to give"


async def test_one_that_is_to_be_remembered_lasts_thirty_days_used_or_not(app: Quart, grace: Person) -> None:
    await grace.log_in(remember_me="y")
    assert await remaining(app) == about(days=30)
    await change(app, expires_at=from_now(timedelta(minutes=10)))
    assert (await grace.visit(ACCOUNT)).status == 200
    assert await remaining(app) == about(minutes=10)


async def test_a_page_is_there_even_if_its_use_cannot_be_written_down(app: Quart, grace: Person) -> None:
    await grace.log_in()
    await change(app, expires_at=from_now(timedelta(minutes=10)))

    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE"):
            raise OperationalError(statement, {}, Exception("disk full"))

    engine = app.extensions["engine"].sync_engine
    event.listen(engine, "before_cursor_execute", fail)
    page = await grace.visit(ACCOUNT)
    event.remove(engine, "before_cursor_execute", fail)
    assert (page.status, page.heading) == (200, "Account information")


async def number_of_sessions(app: Quart) -> int:
    async with app.app_context():
        return (await session().scalars(select(func.count()).select_from(UserSession))).one()


async def test_with_the_eleventh_login_the_first_ends(app: Quart, grace: Person) -> None:
    browsers = []
    for _ in range(11):
        grace.browser = app.test_client()
        browsers.append(grace.browser)
        await grace.log_in()
    assert await number_of_sessions(app) == 10
    answers = [(await browser.get(ACCOUNT)).status_code for browser in browsers]
    assert answers == [302] + [200] * 10


async def test_those_that_are_over_do_not_end_another(app: Quart, grace: Person) -> None:
    await grace.log_in()
    first = grace.browser
    for _ in range(10):
        grace.browser = app.test_client()
        await grace.log_in()
        async with app.app_context(), transaction() as db:
            newest = select(func.max(UserSession.id)).scalar_subquery()
            over = update(UserSession).where(UserSession.id == newest)
            await db.execute(over.values(expires_at=from_now(timedelta(seconds=-1))))
    assert (await first.get(ACCOUNT)).status_code == 200


async def test_of_many_logins_at_once_ten_remain(app: Quart, grace: Person, tell: Callable[..., None]) -> None:
    tell(LIMIT_WRONG_BY_ACCOUNT_AND_IP="100/minute", LIMIT_WRONG_BY_IP="100/minute")

    async def log_in() -> int:
        elsewhere = copy(grace)
        elsewhere.browser = app.test_client()
        return (await elsewhere.log_in()).status

    assert await asyncio.gather(*(log_in() for _ in range(15))) == [302] * 15
    assert await number_of_sessions(app) == 10


async def test_logging_out_empties_the_browser_too(grace: Person) -> None:
    await grace.log_in()
    page = await grace.submit("/account/logout")
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.fixture
async def remembered(app: Quart, grace: Person) -> Person:
    """Grace, who is kept logged in, a week later."""
    await grace.log_in(remember_me="y")
    await change(app, issued_at=from_now(timedelta(days=-8)))
    return grace


def token(person: Person) -> str:
    [cookie] = [cookie for cookie in person.browser.cookie_jar or () if cookie.name == "auth"]
    return cookie.value or ""


async def test_whoever_is_remembered_gets_another_token_each_week(app: Quart, remembered: Person, eve: Person) -> None:
    copied = token(remembered)
    assert (await remembered.visit(ACCOUNT)).status == 200
    another = token(remembered)
    assert another != copied
    assert (await remembered.visit(ACCOUNT)).status == 200
    assert token(remembered) == another
    await change(app, issued_at=from_now(timedelta(minutes=-2)))
    eve.browser.set_cookie("localhost", "auth", copied)
    assert (await eve.visit(ACCOUNT)).status == 302
    assert (await remembered.visit(ACCOUNT)).status == 200
    assert await remaining(app) == about(days=30), "it does not last longer for that"


async def test_of_many_pages_that_are_opened_at_once_none_logs_out(app: Quart, remembered: Person) -> None:
    sent = token(remembered)
    pages = await asyncio.gather(*(remembered.visit(ACCOUNT) for _ in range(20)))
    given = [header for page in pages for header in page.headers.getlist("Set-Cookie") if header.startswith("auth=")]
    assert {page.status for page in pages} == {200}
    assert len(given) == 1
    remembered.browser.set_cookie("localhost", "auth", sent)
    assert (await remembered.visit(ACCOUNT)).status == 200, "it was on its way"


async def test_a_login_that_ends_with_the_browser_keeps_its_token(app: Quart, grace: Person) -> None:
    await grace.log_in()
    await change(app, issued_at=from_now(timedelta(days=-8)))
    before = token(grace)
    await grace.visit(ACCOUNT)
    assert token(grace) == before


async def test_the_token_on_its_way_logs_out_too(app: Quart, remembered: Person) -> None:
    sent = token(remembered)
    form = {"csrf_token": (await remembered.visit("/account/logout")).csrf_token}
    remembered.browser.set_cookie("localhost", "auth", sent)
    await remembered.post("/account/logout", form)
    async with app.app_context():
        assert await session().scalar(select(func.count()).select_from(UserSession)) == 0
