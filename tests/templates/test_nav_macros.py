"""The bar at the top, and its menus."""

import re
from typing import Any

import pytest
from quart import Quart

from app.accounts.models import Role, User
from app.settings import ROOT
from tests.people import Page, Person
from tests.templates.conftest import Show

LAYOUT = (ROOT / "templates/layouts/base.html").read_text()
MENUS = [
    ("<Outer>", [("account.login", "Inside", "key"), ("Inner", [("Innermost", [("main.index", "Deep", "")])])]),
    ("account.register", "A & B", ""),
]


def links(page: Page) -> dict[str, str]:
    return {link.get_text(strip=True): str(link["href"]) for link in page.soup.select("header a")}


async def test_visitors_can_go_home_register_and_log_in(ada: Person) -> None:
    page = await ada.visit("/account/login")
    ours = {"Quart-Base": "/", "Register": "/account/register", "Log In": "/account/login"}
    assert links(page).items() >= ours.items()  # a product has more
    assert not links(page).keys() & {"Your Account", "User Dashboard"}
    assert [link.get_text() for link in page.soup.select("[aria-current=page]")] == ["Log In"]


async def test_members_can_go_to_their_dashboard_and_their_account_and_log_out(grace: Person, root: Person) -> None:
    await grace.log_in()
    page = await grace.visit("/account/manage")
    assert links(page)["User Dashboard"] == "/"
    assert "Register" not in links(page)
    assert [link.get_text(strip=True) for link in page.soup.select(".navbar [aria-current=page]")] == ["Your Account"]
    [button] = page.soup.select("header button[form]")
    assert button.get_text() == "Log out"
    [form] = page.soup.select("form[method=POST][action='/account/logout']:has([name=csrf_token])")
    assert form["id"] == button["form"]

    await root.log_in()
    page = await root.visit("/admin/")
    assert links(page)["Administrator Dashboard"] == "/admin/"
    assert [link.get_text() for link in page.soup.select(".navbar [aria-current=page]")] == ["Administrator Dashboard"]


@pytest.mark.parametrize("role", [None, Role(name="Ghost", index="nowhere"), Role(name="<Odd>", index="")])
async def test_a_role_without_a_page_of_its_own_breaks_nothing(show: Show, role: Role | None) -> None:
    user = User(first_name="Ada", last_name="Lovelace", email="ada@example.com", role=role)
    page = await show("{% extends 'layouts/base.html' %}", to=user)
    assert "Your Account" in links(page)
    if role:
        assert links(page)[f"{role.name} Dashboard"] == "/"


async def test_menus_nest_to_any_depth_and_open_without_a_script(show: Show) -> None:
    page = await _nav(show, dropdown=MENUS, at="/account/login")
    [outer] = page.soup.select(".navbar-nav > li > details")
    assert [summary.get_text() for summary in outer.select("summary")] == ["<Outer>", "Inner", "Innermost"]
    assert links(page) | {"Inside": "/account/login", "Deep": "/", "A & B": "/account/register"} == links(page)
    assert outer.select("details details details a[href='/']") or outer.select("details details a[href='/']")
    assert {link.get_text(strip=True) for link in page.soup.select("[aria-current=page]")} == {"Inside", "Log In"}
    [icon] = page.soup.select("a > svg")
    assert icon["aria-hidden"] == "true"


async def test_menus_are_lists_or_tuples_and_macros_take_the_user(show: Show) -> None:
    menus = "[['Outer', [['account.login', 'Inside', 'key'], ['Inner', []]]]]"
    page = await show(f"{{% set dropdown = {menus} %}}{{% extends 'layouts/base.html' %}}")
    assert links(page)["Inside"] == "/account/login"
    user = User(first_name="Ada", last_name="Lovelace", email="ada@example.com", role=Role(name="User", index="main"))
    macros = "{% import 'macros/nav_macros.html' as nav %}"
    page = await show(macros + "{{ nav.render_nav(current_user, " + menus + ") }}", to=user)
    assert links(page).keys() >= {"Inside", "User Dashboard", "Your Account"}


async def test_menus_side_by_side_share_a_name_so_that_one_is_open_at_a_time(show: Show) -> None:
    page = await _nav(show, dropdown=[("One", [("Deep", [])]), ("Two", [])])
    names = {str(menu.summary.get_text()): menu["name"] for menu in page.soup.select(".dropdown") if menu.summary}
    assert names["One"] == names["Two"] != names["Deep"]


async def test_the_items_are_written_once_for_phone_and_desktop(show: Show) -> None:
    page = await _nav(show, dropdown=MENUS)
    [toggler] = page.soup.select("details.navbar-toggler")
    assert toggler.get_text(strip=True) == "Menu"
    following = toggler.find_next_sibling()
    assert following is not None
    assert following["class"] == ["navbar-nav"], "the style sheet hides what comes after a closed one"
    assert page.text.count("Log In") == 1
    assert not page.soup.select("header [id], header script, header [onclick]")


async def test_every_page_can_have_its_own_title_head_navigation_and_content(show: Show) -> None:
    page = await show("""
      {% extends 'layouts/base.html' %}
      {% block page_title %}Mine{% endblock %}
      {% block custom_head_tags %}<meta name="mine">{% endblock %}
      {% block nav %}<nav>Mine</nav>{% endblock %}
      {% block content %}<p>Mine</p>{% endblock %}
    """)
    assert [title.get_text() for title in page.soup.select("head > title")] == ["Mine"]
    assert page.soup.select("head > meta[name=mine]")
    assert not page.soup.select("header")
    assert page.soup.select("body > nav")
    assert page.soup.select("main > p")


async def test_the_menus_that_the_layout_shows_as_an_example_work_without_the_comment_signs(show: Show) -> None:
    uncommented, found = re.subn(r"\{#\n(\{% set dropdown .*?%\})\n#\}", r"\1", LAYOUT, flags=re.DOTALL)
    assert found == 1
    page = await show(uncommented)
    assert links(page) | {"Home again": "/", "Log out": "/account/logout"} == links(page)
    assert "Account stuff" not in (await show(LAYOUT)).text


async def test_about_is_there_where_the_product_has_such_a_page(app: Quart, show: Show) -> None:
    page = await _nav(show)
    assert ("About" in links(page)) == ("main.about" in app.view_functions)


async def _nav(show: Show, **options: Any) -> Page:
    return await show(
        """
        {% import 'macros/nav_macros.html' as nav %}
        {{ nav.render_nav(current_user, dropdown | default(none), here()) }}
        """,
        **options,
    )
