"""Requests that another site makes a browser send."""

import re

import pytest
from quart import Quart

from app import create_app
from app.web import csrf
from tests.people import Person


async def test_a_form_without_a_token_is_refused_with_an_explanation(grace: Person) -> None:
    page = await grace.post("/account/login", {"email": grace.email, "password": grace.password})
    assert page.status == 400
    assert "This form was not sent from one of our pages" in page.text


@pytest.mark.parametrize("token", ["", "x", "é" * 128, "00" * 64, "00" * 63, "\x00"])
async def test_a_token_that_is_made_up_is_refused(grace: Person, token: str) -> None:
    await grace.visit("/account/login")
    assert (await grace.log_in_with(token)).status == 400


async def test_the_token_of_another_browser_is_refused(grace: Person, eve: Person) -> None:
    await grace.visit("/account/login")
    token = (await eve.visit("/account/login")).csrf_token
    assert (await grace.log_in_with(token)).status == 400


async def test_the_token_differs_in_every_response_and_each_one_works(grace: Person) -> None:
    first = (await grace.visit("/account/login")).csrf_token
    second = (await grace.visit("/account/login")).csrf_token
    assert first != second
    assert (await grace.log_in_with(first)).status == 302


async def test_the_token_from_before_the_login_is_worth_nothing_after_it(grace: Person) -> None:
    before = (await grace.visit("/account/login")).csrf_token
    await grace.log_in_with(before)
    assert (await grace.post("/account/logout", {"csrf_token": before})).status == 400


async def test_a_script_may_send_the_token_as_a_header(grace: Person) -> None:
    await grace.log_in()
    token = (await grace.visit("/account/logout")).csrf_token
    assert (await grace.post("/account/logout", headers={"X-CSRFToken": token})).status == 302


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Sec-Fetch-Site": "none"}, 302),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "http://["}, 400),
        ({"Origin": "http://localhost.evil.example"}, 400),
        ({"Origin": "http://localhost"}, 302),
        ({}, 302),
    ],
)
async def test_a_request_that_comes_from_elsewhere_is_refused_even_with_a_token(
    grace: Person, headers: dict[str, str], status: int
) -> None:
    token = (await grace.visit("/account/login")).csrf_token
    assert (await grace.log_in_with(token, headers=headers)).status == status


async def test_json_cannot_pass_for_a_form(grace: Person) -> None:
    await grace.visit("/account/login")
    response = await grace.browser.post("/account/login", json={"email": grace.email, "password": grace.password})
    assert response.status_code == 400


async def test_a_route_for_programs_can_do_without_a_token_and_no_other_can(app: Quart, ada: Person) -> None:
    other = create_app()

    @other.post("/api/exempt")
    @csrf.exempt
    async def for_programs() -> str:
        return "done"

    @other.post("/api/guarded")
    async def for_browsers() -> str:
        return "done"

    ada.browser = other.test_client()
    assert (await ada.post("/api/exempt")).status == 200
    assert (await ada.post("/api/guarded")).status == 400
    await other.extensions["engine"].dispose()


async def test_the_token_stands_in_forms_that_are_posted_and_nowhere_else(eve: Person, boss: Person) -> None:
    for person, path in [(eve, "/"), (eve, "/account/login"), (boss, "/account/manage"), (boss, "/admin/users")]:
        page = await person.visit(path)
        fields = page.soup.select("form[method=POST] input[type=hidden][name=csrf_token]")
        assert len(re.findall("[0-9a-f]{128}", page.text)) == len(fields), path
