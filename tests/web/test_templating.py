"""Parts of pages, which are rendered once for whatever they are told."""

from typing import Any

import pytest
from jinja2 import DictLoader, UndefinedError
from quart import Quart, g

from app.web.templating import PERSONAL, Parts
from tests.people import Person


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
        g.flashes = []
        assert environment.get_template("part.html").render() is not None
        with pytest.raises(UndefinedError, match=name):
            Parts(environment)("part.html")
