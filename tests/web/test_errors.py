"""Refusals and failures, as pages."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
from quart import Quart
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from app.accounts.errors import TooBusy
from app.accounts.models import User
from app.database import session, transaction
from app.engine import writing
from tests.conftest import another_app
from tests.people import Person

SURROGATE = "%ED%A0%80"


async def test_an_address_that_leads_nowhere_says_so(ada: Person) -> None:
    page = await ada.visit("/no/such/page")
    assert (page.status, page.heading) == (404, "Page not found")
    assert "Nothing stands at this address." in page.text


async def test_a_method_that_a_page_does_not_know_is_refused_with_those_it_does(ada: Person) -> None:
    page = await ada.visit("/account/logout", headers={})
    response = await ada.browser.delete("/account/login")
    assert page.status == 302
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].replace(" ", "").split(","))


async def test_every_address_refuses_the_methods_that_it_does_not_know(app: Quart, ada: Person) -> None:
    known: defaultdict[str, set[str]] = defaultdict(set)
    for rule in app.url_map.iter_rules():
        _, path = rule.build(dict.fromkeys(rule.arguments, 1)) or ("", "")
        known[path] |= rule.methods or set()
    for path, methods in known.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            response = await ada.browser.open(path, method=method, json=None)
            assert response.status_code == 405, (method, path)
            assert set(response.headers["Allow"].split(", ")) == methods


@pytest.mark.parametrize(
    "fields",
    [
        {"first_name": "Ada\x00"},
        {"first_name": "A" * 10_000},
        {"last_name": "Love\x1b[31mlace"},
        {"email": "ada\x00@example.com"},
        {"email": "a" * 10_000 + "@example.com"},
        {"password": "difference\x00engine", "password2": "difference\x00engine"},
        {"password": "x" * 257, "password2": "x" * 257},
    ],
)
async def test_text_that_no_database_can_store_is_a_mistake_in_the_form(ada: Person, fields: dict[str, str]) -> None:
    assert (await ada.register(**fields)).status == 422


@pytest.mark.parametrize(
    ("content_type", "body", "statuses"),
    [
        ("application/x-www-form-urlencoded", f"first_name={SURROGATE}&csrf_token=", {422}),
        ("application/x-www-form-urlencoded", "first_name=%FF%FE&csrf_token=", {422}),
        ("application/x-www-form-urlencoded", "a=1&" * 10_000 + "csrf_token=", {422}),
        ("application/x-www-form-urlencoded", "x" * 70_000 + "&csrf_token=", {413}),
        ("multipart/form-data", "--broken", {400, 422}),
        ("multipart/form-data; boundary=", "", {400}),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx", {400}),
        ("multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="x"', {400}),
        ("text/plain", "csrf_token=", {400}),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(
    ada: Person, content_type: str, body: str, statuses: set[int]
) -> None:
    token = (await ada.visit("/account/register")).csrf_token
    response = await ada.browser.post("/account/register", data=body + token, headers={"Content-Type": content_type})
    assert response.status_code in statuses
    assert "<h1>" in await response.get_data(as_text=True)


async def test_a_file_where_text_belongs_counts_for_nothing(ada: Person) -> None:
    token = (await ada.visit("/account/register")).csrf_token
    file = b'--b\r\nContent-Disposition: form-data; name="first_name"; filename="f"\r\n\r\nAda\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b", "X-CSRFToken": token}
    response = await ada.browser.post("/account/register", data=file, headers=headers)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        f"/{SURROGATE}",
        "/account/login?next=%00",
        f"/account/login?next={SURROGATE}",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/" + "x" * 5000,
    ],
)
async def test_an_address_that_makes_no_sense_is_no_failure(ada: Person, path: str) -> None:
    assert (await ada.visit(path)).status in {200, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/pyproject.toml",
        "/static/",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/....//pyproject.toml",
        "/account/manage/x.css",
    ],
)
async def test_no_file_is_served_but_those_that_are_meant_to_be(ada: Person, path: str) -> None:
    assert (await ada.visit(path)).status == 404


async def test_a_cookie_that_makes_no_sense_is_forgotten(ada: Person) -> None:
    for nonsense in ("x", "a.b.c", "é", "x" * 3000):
        ada.browser.set_cookie("localhost", "auth", nonsense)
        ada.browser.set_cookie("localhost", "session", nonsense)
        assert (await ada.visit("/account/login")).status == 200


@pytest.fixture
async def broken(app: Quart, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    """Another application, with a route that fails in several ways."""

    async def fail(way: str) -> str:
        await session().scalar(select(User))
        if way == "rollback":
            async with transaction() as db:
                await db.scalar(select(User))
                raise RuntimeError
        raise {
            "database": OperationalError("SELECT", {}, Exception("gone")),
            "statement": ProgrammingError("SELECT", {}, Exception("no such column")),
            "lock": DBAPIError("SELECT", {}, _sqlstate("55P03")),
            "busy": TooBusy(),
            "connection": ConnectionRefusedError(),
        }.get(way, RuntimeError("the password is hunter2"))

    async with another_app(monkeypatch) as another:
        another.add_url_rule("/fail/<way>", view_func=fail)
        yield another


@pytest.mark.parametrize(
    ("way", "status"),
    [
        ("bug", 500),
        ("rollback", 500),
        ("statement", 500),
        ("database", 503),
        ("lock", 503),
        ("busy", 503),
        ("connection", 503),
    ],
)
async def test_a_failure_is_a_page_too_and_says_nothing_of_the_inside(
    broken: Quart, grace: Person, way: str, status: int
) -> None:
    grace.browser = broken.test_client()
    await grace.log_in()
    page = await grace.visit(f"/fail/{way}")
    assert page.status == status
    assert "hunter2" not in page.text
    assert "Your Account" in page.text, "it still knows who is asking"
    assert ("Retry-After" in page.headers) == (status == 503)


async def test_a_database_in_trouble_is_away_for_a_moment_and_then_back(
    app: Quart, grace: Person, ada: Person, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("there is no server to be in trouble")
    await grace.log_in()
    engine = app.extensions["engine"]
    async with engine.connect() as connection:
        await connection.execution_options(**writing(engine.dialect))
        await connection.execute(text("LOCK TABLE users IN ACCESS EXCLUSIVE MODE"))
        for page in await asyncio.gather(grace.visit("/account/manage"), ada.register(), ada.log_in()):
            assert (page.status, page.headers["Retry-After"]) == (503, "5")
    async with engine.connect() as connection:
        others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
        await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    async with asyncio.timeout(5):  # until the end of the connection is read, which may take this loop a turn
        while (await grace.visit("/account/manage")).status == 503:
            pass


def _sqlstate(code: str) -> Exception:
    error = Exception("canceling statement due to lock timeout")
    error.sqlstate = code  # type: ignore[attr-defined]
    return error


async def test_a_member_whose_change_has_to_wait_too_long_sees_a_page_of_ours(
    app: Quart, grace: Person, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("there, who writes waits before anything is loaded")
    await grace.log_in()
    token = (await grace.visit("/account/manage")).csrf_token
    engine = app.extensions["engine"]
    async with engine.connect() as connection:
        await connection.execution_options(**writing(engine.dialect))
        await connection.execute(text("SELECT * FROM users FOR UPDATE"))
        form = {"csrf_token": token, "first_name": "Amazing", "last_name": "Grace"}
        page = await grace.post("/account/manage", form)
    assert (page.status, page.headers["Retry-After"], page.heading) == (503, "5", "Back in a moment")
