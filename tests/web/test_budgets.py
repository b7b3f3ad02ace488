"""What a page may cost, counted: numbers that are the same on every machine, however busy it is."""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import Environment, Template
from quart import Quart

from app.accounts import hashing
from app.web.keeping import Parts
from tests.people import Page, Person

LANDING, LOGIN, ACCOUNT, USERS = "/", "/account/login", "/account/manage", "/admin/users"

Calls = list[tuple[Any, ...]]
Count = Callable[..., Calls]


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Count:
    """Note what a function of a class or module is called with from now on."""

    def count(owner: Any, name: str) -> Calls:
        calls: Calls = []
        original = getattr(owner, name)

        def noted(*args: Any, **options: Any) -> Any:
            calls.append(args)
            return original(*args, **options)

        monkeypatch.setattr(owner, name, noted)
        return calls

    return count


async def visits(boss: Person, path: str) -> Page:
    """The page, as somebody sees it who has been there before."""
    await boss.visit(path)
    return await boss.visit(path)


@pytest.mark.parametrize(("path", "number"), [(LANDING, 1), (LOGIN, 1), (ACCOUNT, 1), (USERS, 3)])
async def test_queries_of_a_page(boss: Person, queries: list[str], path: str, number: int) -> None:
    await visits(boss, path)
    queries.clear()
    await boss.visit(path)
    assert len(queries) == number, "the first one is for the session, its user and their role"


@pytest.mark.parametrize("path", [LANDING, LOGIN, "/account/register", "/no/such/page"])
async def test_visitors_cost_no_query(ada: Person, queries: list[str], path: str) -> None:
    await ada.visit(path)
    assert queries == []


async def test_only_a_form_sets_a_cookie_and_only_once(ada: Person, boss: Person) -> None:
    assert "Set-Cookie" not in (await ada.visit(LANDING)).headers
    assert len((await ada.visit(LOGIN)).headers.getlist("Set-Cookie")) == 1
    for person, path in ((ada, LANDING), (ada, LOGIN), (boss, ACCOUNT), (boss, USERS)):
        assert "Set-Cookie" not in (await visits(person, path)).headers


@pytest.mark.parametrize(("path", "kilobytes"), [(LANDING, 10), (LOGIN, 5), (ACCOUNT, 9), (USERS, 15)])
async def test_bytes_of_a_page_before_they_are_compressed(boss: Person, path: str, kilobytes: int) -> None:
    assert len((await visits(boss, path)).text.encode()) <= kilobytes * 1000


@pytest.mark.parametrize("path", [LANDING, ACCOUNT, USERS])
async def test_a_page_that_was_seen_before_compiles_no_template_and_renders_no_part_again(
    boss: Person, count: Count, path: str
) -> None:
    await visits(boss, path)
    compiled, rendered = count(Environment, "compile"), count(Parts, "__call__")
    await boss.visit(path)
    assert (compiled, rendered) == ([], [])


@pytest.mark.parametrize("path", [LANDING, LOGIN, "/account/register", "/account/reset-password"])
async def test_a_page_that_all_visitors_see_alike_is_rendered_once(
    ada: Person, eve: Person, count: Count, path: str
) -> None:
    await ada.visit(path)
    rendered = count(Template, "render")
    await eve.visit(path)
    assert rendered == []


async def test_statements_of_a_login_with_a_browser_that_is_known(boss: Person, queries: list[str]) -> None:
    await boss.submit("/account/logout")
    queries.clear()
    await boss.log_in()
    # Who it is; one login at a time, with what is known of the browser; sessions that end; and two rows.
    assert len(queries) == 5


async def test_a_login_hashes_once_be_it_right_or_wrong_or_for_nobody(grace: Person, ada: Person, count: Count) -> None:
    await ada.log_in()  # nobody's hash is made once
    asked = count(hashing, "_ask")
    await grace.log_in(password="wrong")
    await grace.log_in()
    await ada.log_in()
    assert [question for question, *_ in asked] == ["fits"] * 3


async def test_commands_to_redis_when_somebody_registers(app: Quart, ada: Person, eve: Person) -> None:
    async def commands() -> int:
        told = await app.extensions["doorbell"].info("stats")
        return int(told["total_commands_processed"])

    await eve.register()  # on connections that are open from then on, and need no look whether they still are
    before = await commands()
    await ada.register()
    # Counting the try by address and in all, ringing, leaving a job for arq, and being asked here.
    assert await commands() - before <= 14
