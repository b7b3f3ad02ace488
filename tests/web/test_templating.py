"""Parts of pages, which are rendered once for whatever they are told, and pages that look alike to all visitors."""

from typing import Any

import pytest
from jinja2 import DictLoader, UndefinedError
from quart import Quart

from app.web.incoming import this_request
from app.web.keeping import PERSONAL, Pages, Parts
from tests.people import Person

PERHAPS = {"chosen_theme", "csrf_token", "here", "left_flashes", "take_flashes"}  # which a kept page may ask for


async def test_the_bar_shows_each_visitor_their_own_name(grace: Person, root: Person) -> None:
    for person in (grace, root, grace):
        await person.log_in()
        for _ in range(2):
            bar = (await person.visit("/account/manage")).soup.select_one("header .nav-name")
            assert bar is not None
            assert bar.get_text() == f"{person.first_name} {person.last_name}"


async def test_a_name_that_changes_changes_in_the_bar(grace: Person) -> None:
    await grace.log_in()
    await grace.submit("/account/manage", first_name="Amazing", last_name="Grace")
    bar = (await grace.visit("/")).soup.select_one("header .nav-name")
    assert bar is not None
    assert bar.get_text() == "Amazing Grace"


async def test_a_part_is_rendered_once_for_what_it_is_told(app: Quart) -> None:
    async with app.test_request_context("/"):
        part: Any = app.jinja_env.globals["part"]
        menu = {"here": "/account/manage"}
        assert part("partials/_account_menu.html", **menu) is part("partials/_account_menu.html", **menu)
        assert part("partials/_account_menu.html", here="/") != part("partials/_account_menu.html", **menu)


@pytest.mark.parametrize("name", sorted(PERSONAL))
async def test_a_part_cannot_look_at_who_asks(app: Quart, name: str) -> None:
    environment = app.jinja_env.overlay(loader=DictLoader({"part.html": f"{{{{ {name} }}}}"}))
    async with app.test_request_context("/"):
        this_request().flashes = []
        assert environment.get_template("part.html").render() is not None
        with pytest.raises(UndefinedError, match=name):
            Parts(environment)("part.html")


async def test_visitors_see_the_same_page_each_with_their_own_token(ada: Person, eve: Person) -> None:
    pages = [await person.visit("/account/login") for person in (ada, eve, ada)]
    assert len({page.csrf_token for page in pages}) == 3
    assert len({page.text.replace(page.csrf_token, "") for page in pages}) == 1


async def test_who_is_to_be_told_something_is_told_it_and_nobody_else_is(
    ada: Person, eve: Person, grace: Person
) -> None:
    await eve.visit("/account/login")
    assert "Invalid email or password." in (await ada.log_in(password="wrong")).text
    await grace.log_in()
    await grace.submit("/account/logout")
    assert "You have been logged out." in (await grace.visit("/")).text
    for person in (ada, eve, grace):
        assert "You have been logged out." not in (await person.visit("/")).text
        assert "Invalid email" not in (await person.visit("/account/login")).text


async def test_who_has_logged_in_sees_a_landing_page_of_their_own(ada: Person, grace: Person) -> None:
    await ada.visit("/")
    await grace.log_in()
    assert "Hello Grace Hopper," in (await grace.visit("/")).text
    assert "Hello world," in (await ada.visit("/")).text


async def test_a_page_that_is_kept_comes_in_the_colours_that_each_has_chosen(ada: Person) -> None:
    for cookies, found in [("theme=dark", 1), ("", 0), ("theme=dark", 1), ("theme=light", 0)]:
        page = await ada.visit("/", headers={"Cookie": cookies})
        assert page.text.count('<html lang="en" data-bs-theme="dark">') == found


@pytest.mark.parametrize("name", sorted(PERSONAL - PERHAPS))
async def test_a_page_that_is_kept_cannot_look_at_who_asks(app: Quart, name: str) -> None:
    environment = app.jinja_env.overlay(loader=DictLoader({"page.html": f"{{{{ {name} }}}}"}))
    async with app.test_request_context("/"):
        with pytest.raises(UndefinedError, match=name):
            Pages(environment)("page.html", "", "/", None)
