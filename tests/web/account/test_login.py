"""Logging in and out."""

from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import select, update

from app.accounts.models import UserSession
from app.database import from_now, transaction
from tests.conftest import another_app
from tests.people import Person


@pytest.mark.parametrize("fields", [{"password": "not her password"}, {"email": "nobody@example.com"}])
async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    grace: Person, fields: dict[str, str]
) -> None:
    page = await grace.log_in(**fields)
    assert page.status == 422
    assert page.messages == ["Invalid email or password."]
    assert "auth" not in page.headers.get("Set-Cookie", "")


async def test_the_case_of_an_address_does_not_matter(grace: Person) -> None:
    assert (await grace.log_in(email=" GRACE@example.com ")).location == "/"


async def test_a_login_ends_with_the_browser_unless_it_is_to_be_remembered(grace: Person, root: Person) -> None:
    cookies = (await grace.log_in()).headers.getlist("Set-Cookie")
    [cookie] = [cookie for cookie in cookies if cookie.startswith("auth=")]
    assert "Max-Age" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie

    cookies = (await root.log_in(remember_me="y")).headers.getlist("Set-Cookie")
    [cookie] = [cookie for cookie in cookies if cookie.startswith("auth=")]
    assert f"Max-Age={30 * 24 * 60 * 60}" in cookie


async def test_members_and_administrators_land_on_the_page_of_their_role(grace: Person, root: Person) -> None:
    assert (await grace.log_in()).location == "/"
    assert (await root.log_in()).location == "/admin/"


async def test_whoever_was_sent_to_log_in_goes_on_where_they_wanted_to(grace: Person) -> None:
    login = await grace.visit("/account/manage?tab=1")
    assert login.location == "/account/login?next=/account/manage?tab%3D1"
    assert (await grace.log_in(login.location)).location == "/account/manage?tab=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\/evil.example",
        "/%09/evil.example",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
        "evil.example",
        "/%E2%80%A8",
        "",
    ],
)
async def test_nobody_is_sent_to_another_site(grace: Person, target: str) -> None:
    assert (await grace.log_in(f"/account/login?next={target}")).location == "/"


async def test_following_an_address_does_not_log_out_but_shows_the_button(grace: Person) -> None:
    await grace.log_in()
    assert (await grace.visit("/account/logout")).heading == "Log out"
    assert (await grace.visit("/account/manage")).status == 200


async def test_after_logging_out_the_old_cookie_is_worth_nothing(grace: Person, eve: Person) -> None:
    await grace.log_in()
    stolen = _cookie(grace)
    landing = await grace.follow(await grace.submit("/account/logout"))
    assert landing.messages == ["You have been logged out."]
    eve.browser.set_cookie("localhost", "auth", stolen)
    assert (await eve.visit("/account/manage")).status == 302


async def test_a_cookie_that_was_there_before_the_login_is_worth_nothing_after_it(grace: Person, root: Person) -> None:
    await grace.log_in()
    before = _cookie(grace)
    await grace.submit("/account/logout")
    await grace.log_in()
    assert _cookie(grace) != before


async def test_a_session_ends_when_its_time_is_over(app: Quart, grace: Person) -> None:
    await grace.log_in()
    async with app.app_context(), transaction() as db:
        await db.execute(update(UserSession).values(expires_at=from_now(timedelta(seconds=-1))))
    assert (await grace.visit("/account/manage")).status == 302


async def test_the_database_keeps_a_hash_of_the_cookie_and_where_it_came_from(app: Quart, grace: Person) -> None:
    page = await grace.visit("/account/login")
    form = {"email": grace.email, "password": grace.password, "csrf_token": page.csrf_token}
    await grace.post("/account/login", form, headers={"User-Agent": "Mosaic/1.0"})
    async with app.app_context(), transaction() as db:
        [session] = await db.scalars(select(UserSession))
    assert session.agent == "Mosaic/1.0"
    assert session.token_hash not in _cookie(grace)


async def test_the_account_page_shows_who_it_is(grace: Person) -> None:
    await grace.log_in()
    for address in ("/account/manage", "/account/manage/info"):
        page = await grace.visit(address)
        facts = [fact.get_text() for fact in page.soup.select("dd")]
        assert facts == ["Grace Hopper", "grace@example.com", "User"]


def _cookie(person: Person) -> str:
    jar = person.browser.cookie_jar
    assert jar is not None
    return next(str(cookie.value) for cookie in jar if cookie.name == "auth")


async def test_a_login_goes_on_when_the_network_changes(grace: Person) -> None:
    await grace.log_in()
    for address in ("192.0.2.1", "2001:db8::1"):
        page = await grace.visit("/account/manage", scope_base={"client": (address, 1)})
        assert page.status == 200


async def test_a_former_key_still_lets_in_until_it_is_forgotten(
    app: Quart, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, new = "the key that signed until yesterday", "another one that signs from now on"
    async with another_app(monkeypatch, SECRET_KEY=former) as before:
        grace.browser = before.test_client()
        await grace.log_in()
    cookie = _cookie(grace)
    for fallbacks, status in ((former, 200), ("", 302)):
        async with another_app(monkeypatch, SECRET_KEY=new, SECRET_KEY_FALLBACKS=fallbacks) as after:
            grace.browser = after.test_client()
            grace.browser.set_cookie("localhost", "auth", cookie)
            assert (await grace.visit("/account/manage")).status == status
